// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

/// Real pairs whose motion is known from other work.
@Suite("Real pairs", .enabled(if: OgiveTool.hasCommand("match"), "needs a tool with the command 'match'"))
struct RealPairTests {
  private static let ice = "sea_ice_s1/clip_HH_S1B_EW_GRDM_1SDH_2020030"
  private static let iceFiles = [
    ice + "1T083237_20200301T083346_020496_026D68_5471_adjusted.tif",
    ice + "2T073529_20200302T073629_020510_026DD5_27F9_adjusted.tif",
  ]
  private static let perito = ["20200101", "20200121", "20200131"].map { "perito_moreno_s2/\($0).jpg" }

  private static func has(_ files: [String]) -> Bool { files.allSatisfy { SharedData.file($0) != nil } }

  private func match(_ files: [String], _ folder: RunScratch, as name: String) throws -> OgiveTool.Outcome {
    let paths = try files.map { try #require(SharedData.file($0)).path }
    let outcome = try OgiveTool.run(["match"] + paths + ["--out", name, "--quiet"], in: folder.path)
    #expect(outcome.code == 0, "\(outcome)")
    return outcome
  }

  private func read(_ folder: RunScratch, _ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder.path)/\(name).tif", band: nil)
    return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
  }

  @Test(
    "sea ice drifting 46 px is found: median within 0.5 px of (-28.5, +36.1), at least 95 % of the reachable points",
    .enabled(if: has(iceFiles), "needs ../shared/data"))
  func seaIce() throws {
    let folder = try RunScratch()
    _ = try match(Self.iceFiles, folder, as: "out")
    let dx = try read(folder, "out/products/dx"), dy = try read(folder, "out/products/dy")
    #expect(abs(median(dx.cells) + 28.5) < 0.5 && abs(median(dy.cells) - 36.1) < 0.5)
    let text = try #require(folder.data("out/summary.json"))
    let summary = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    #expect(try #require(summary["validShare"] as? Double) >= 0.95)
  }

  @Test(
    "Perito Moreno: 5.1 px in 20 days within 0.3 px in the central tongue, half of it in 10; no zero at the polygon",
    .enabled(if: has(perito), "needs ../shared/data"))
  func peritoMoreno() throws {
    let folder = try RunScratch()
    _ = try match([Self.perito[0], Self.perito[1]], folder, as: "twenty")
    _ = try match([Self.perito[1], Self.perito[2]], folder, as: "ten")
    let twenty = try tongue(folder, "twenty"), ten = try tongue(folder, "ten")
    #expect((4.8...5.4).contains(twenty), "\(twenty) px")
    #expect(abs(ten / twenty - 0.5) < 0.08, "\(ten) px of \(twenty) px")

    // Half of the picture is fill: masked, and never measured.
    let flags = try read(folder, "twenty/products/flags"), image = try read(folder, "twenty/products/dx")
    let reference = try RasterImage.open(try #require(SharedData.file(Self.perito[0])).path, band: 1)
    let pixels = try reference.read(Window(row: 0, column: 0, rows: reference.rows, columns: reference.columns))
    var fill = 0
    for row in 0..<flags.rows {
      for column in 0..<flags.columns where isFill(pixels, row: 4 + 8 * row, column: 4 + 8 * column) {
        fill += 1
        #expect(!image[row, column].isFinite && flags[row, column] != 0, "row \(row), column \(column)")
      }
    }
    #expect(fill > 10_000)
    #expect(image.cells.count { $0.isFinite } > 12_500, "of 18 100 points on ice")
  }

  /// Whether all pixels around are black but for what compression left.
  private func isFill(_ image: Grid<Float>, row: Int, column: Int) -> Bool {
    for r in max(0, row - 3)...min(image.rows - 1, row + 3) {
      for c in max(0, column - 3)...min(image.columns - 1, column + 3) where image[r, c] > 10 { return false }
    }
    return true
  }

  /// Median offset to the right in the middle of the tongue, px.
  private func tongue(_ folder: RunScratch, _ name: String) throws -> Float {
    let dx = try read(folder, name + "/products/dx")
    var values: [Float] = []
    for row in 40..<60 {
      for column in 150..<190 where dx[row, column].isFinite { values.append(dx[row, column]) }
    }
    return median(values)
  }
}
