// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import RasterIO
import Services
import Testing

@Suite("Commands of the services")
struct EvaluateProductsTests {
  @Test("thins large products evenly: 50 × 70 points under a limit of 300 become 13 × 18, each unchanged")
  func thinning() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-thin-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/products", withIntermediateDirectories: true)
    let grid = Grid(rows: 50, columns: 70, cells: (0..<3500).map(Float.init))
    for name in ["dx", "dy"] {
      let writer = try RasterWriter.create("\(folder)/products/\(name).tif", RasterLayout(rows: 50, columns: 70))
      try writer.write(grid)
      try writer.finish()
    }
    let products = try MeasuredProducts(folder, pointLimit: 300)
    #expect(products.step == 4 && products.rows == 13 && products.columns == 18)
    let thin = try #require(try products.read("dx"))
    for row in 0..<13 { for column in 0..<18 { #expect(thin[row, column] == grid[row * 4, column * 4]) } }
    #expect(try products.read("dx_sigma") == nil)
    #expect(try MeasuredProducts(folder).step == 1)
  }

  @Test("declare their parameters soundly")
  func declarations() {
    #expect(SimulateCommand.Parameters.declarationProblems.isEmpty)
    #expect(EvaluateCommand.Parameters.declarationProblems.isEmpty)
    #expect(InfoCommand.Parameters.declarationProblems.isEmpty)
    let tool = CommandLineTool(
      ToolIdentity(name: "ogive", version: "0", summary: "test"),
      commands: [SimulateCommand(), EvaluateCommand(), InfoCommand()])
    #expect(tool.declarationProblems.isEmpty, "\(tool.declarationProblems)")
  }
}
