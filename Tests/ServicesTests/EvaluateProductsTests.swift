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
    let products = try MeasuredRasters(folder, pointLimit: 300)
    #expect(products.step == 4 && products.rows == 13 && products.columns == 18)
    let thin = try #require(try products.read("dx"))
    for row in 0..<13 { for column in 0..<18 { #expect(thin[row, column] == grid[row * 4, column * 4]) } }
    #expect(try products.read("dx_sigma") == nil)
    #expect(try MeasuredRasters(folder).step == 1)
  }

  @Test("thins long lists evenly: 10 points under a limit of 4 become the first, fourth, seventh and tenth")
  func thinList() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-list-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/products", withIntermediateDirectories: true)
    let writer = try GeoPackageWriter.create(
      folder + "/vectors.gpkg", VectorLayout(layer: "points", geometry: .point, fields: []))
    var table = "point,row,col,flag,dx,dy\n"
    for index in 0..<10 {
      table += "\(index + 1),\(index).5,7,measured,\(index)," + (index == 3 ? "" : "1") + "\n"
      try writer.write([MapPoint(east: 0, north: 0)], [])
    }
    try writer.finish()
    try Data(table.utf8).write(to: URL(filePath: folder + "/products/points.csv"))
    try Data(#"{"quantities": {"dx": {"unit": "px"}, "dy": {"unit": "px"}}}"#.utf8)
      .write(to: URL(filePath: folder + "/summary.json"))
    let list = try MeasuredList(folder, pointLimit: 4)
    #expect(list.step == 3 && list.rows == 4 && list.columns == 1 && list.crs == nil)
    #expect(list.read("dx")?.cells == [0, 3, 6, 9])
    #expect(list.read("dy")?.cells.map(\.isNaN) == [false, true, false, false])
    #expect(list.coordinate(1) == MapPoint(east: 7.5, north: 4))
    #expect(list.read("ncc") == nil && list.unit(of: "dx") == "px")
  }

  /// Points at any places, px.
  private struct Places: MeasuredProducts {
    let places: [MapPoint]
    let folder = "run", crs: CRS? = nil, columns = 1, step = 1, parts = ""
    let extent = Extent(west: 0, south: 0, east: 0, north: 0)
    var rows: Int { places.count }
    func coordinate(_ index: Int) -> MapPoint { places[index] }
    func read(_ name: String) -> Grid<Float>? { nil }
    func unit(of name: String) -> String { "" }
  }

  @Test("samples the truth at points in any order, band by band of it, as in one piece and within 1e-4 of a plane")
  func bands() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-bands-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var plane = Grid<Float>(rows: 61, columns: 50, filledWith: 0)
    for row in 0..<61 { for column in 0..<50 { plane[row, column] = Float(row) + Float(column) / 8 } }
    for name in ["dx", "dy"] {
      let writer = try RasterWriter.create("\(folder)/truth_\(name).tif", RasterLayout(rows: 61, columns: 50))
      try writer.write(plane)
      try writer.finish()
    }
    // Corners and whole rows, which end bands, among places by irrational steps; some outside.
    var places = [MapPoint(east: 0.5, north: 0.5), MapPoint(east: 49.5, north: 60.5)]
    for step in 1...500 {
      let a = Double(step) * 0.618_034, b = Double(step) * 0.754_878
      let row = (a - a.rounded(.down)) * 66 - 3
      places.append(
        MapPoint(east: (b - b.rounded(.down)) * 54 - 1.5, north: step % 5 == 0 ? row.rounded() + 0.5 : row))
    }
    let points = Places(places: places)
    let whole = try TruthRasters(folder, for: points, margin: 0)
    #expect(whole.inside.cells.count { $0 } > 350 && whole.inside.cells.contains(false))
    let expected = try #require(try whole.sample("dx"))
    for bandPixels in [1, 50, 350, 2000] {
      let bands = try TruthRasters(folder, for: points, margin: 0, bandPixels: bandPixels)
      let found = try #require(try bands.sample("dx"))
      for (index, place) in places.enumerated() {
        guard whole.inside.cells[index] else {
          #expect(found.cells[index].isNaN)
          continue
        }
        #expect(found.cells[index] == expected.cells[index])
        let value = place.north - 0.5 + (place.east - 0.5) / 8
        #expect(abs(Double(found.cells[index]) - value) < 1e-4, "\(place)")
      }
    }
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
