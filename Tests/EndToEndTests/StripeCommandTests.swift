// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

@Suite(
  "Stripes between detectors", .enabled(if: OgiveTool.hasCommand("ice"), "needs a tool with the command 'ice'"))
struct StripeCommandTests {
  /// What each detector adds to the offsets to the right, px.
  private static let levels = [0.30, -0.25, 0.20, -0.30, 0.25, -0.20]

  private static let side = 288
  /// Six detectors, 60 px wide or less, along a track that leans.
  private static let detectors = Detectors(first: 1, edges: [-200, 72, 132, 192, 252, 312, 500], lean: -1.0 / 6)

  /// Before 04.00 footprints are polygons and numbers have no offset.
  private static func product(_ day: String, _ baseline: String, dark: Float, _ image: [UInt8]) -> SafeFixture {
    var fixture = SafeFixture(baseline: baseline, day: day, bands: ["B04"])
    (fixture.side, fixture.detectors) = (side, detectors)
    (fixture.tile, fixture.crs, fixture.east, fixture.north) = ("32TPS", 32_632, 600_000, 5_200_020)
    fixture.pixels = { _, _, window in
      let cells = (0..<window.rows * window.columns).map { index -> Float in
        let row = window.row + index / window.columns, column = window.column + index % window.columns
        return Float(image[row * side + column]) * 10 + dark
      }
      return Grid(rows: window.rows, columns: window.columns, cells: cells)
    }
    return fixture
  }

  private static func texture(dx: Double) -> [UInt8] {
    [UInt8](TestImage.texture(rows: side, columns: side, dx: dx).suffix(side * side))
  }

  /// Two products; in the second each detector is off.
  private func write(in folder: RunScratch) throws -> [SafeFixture] {
    let shifted = Self.levels.map { Self.texture(dx: $0) }
    let second = (0..<Self.side * Self.side).map { index in
      shifted[Self.detectors.number(index / Self.side, index % Self.side) - 1][index]
    }
    let products = [
      Self.product("20200101", "02.08", dark: 1000, Self.texture(dx: 0)),
      Self.product("20200111", "04.00", dark: 2000, second),
    ]
    for product in products { try product.write(to: folder.path) }
    return products
  }

  /// Medians of the offsets of each detector, px, away from its edges.
  private func medians(_ folder: RunScratch, _ out: String) throws -> [Double] {
    let image = try RasterImage.open("\(folder.path)/\(out)/pairs/2020-01-01_2020-01-11/dx.tif")
    let dx = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
    return (1...Self.levels.count).map { number in
      var values: [Float] = []
      for row in 8..<dx.rows - 8 {
        for column in 8..<dx.columns - 8
        where [-8, 8].allSatisfy({ Self.detectors.number(row, column + $0) == number }) {
          values.append(dx[row, column])
        }
      }
      return Double(median(values))
    }
  }

  @Test(
    "footprints of both dates, polygons and raster, take stripes out that are too narrow to be found in the field")
  func footprints() throws {
    let folder = try RunScratch(), names = try write(in: folder).map(\.name)
    func run(_ out: String, _ more: [String]) throws -> [Double] {
      let outcome = try OgiveTool.run(
        ["ice"] + names + ["--out", out, "--deshift=false", "--deramp=false", "--quiet"] + more, in: folder.path)
      #expect(outcome.code == 0, "\(outcome)")
      return try medians(folder, out)
    }
    let before = try run("raw", ["--destripe=false"]), after = try run("out", [])
    for (found, level) in zip(before, Self.levels) { #expect(abs(found - level) < 0.05, "\(before)") }
    let middle = after.reduce(0, +) / Double(after.count)
    for found in after { #expect(abs(found - middle) < 0.15 * 0.25, "\(after)") }
    let summary = try #require(folder.text("out/summary.json"))
    // The footprints belong to what the result is made from.
    let lock = try #require(folder.text("out/config.lock.json"))
    #expect(lock.components(separatedBy: "MSK_DETFOO_B04").count == 3, "\(lock)")
    // Detector 2 of both dates.
    #expect(summary.contains("detector 514"), "\(summary)")
  }

  @Test("a footprint that is damaged is named, and stripes are taken out by that of the other date")
  func damagedFootprint() throws {
    let folder = try RunScratch(), products = try write(in: folder), names = products.map(\.name)
    let file = "\(folder.path)/\(names[0])/\(products[0].granule)/QI_DATA/MSK_DETFOO_B04.gml"
    try Data("<eop:Mask".utf8).write(to: URL(filePath: file))
    let outcome = try OgiveTool.run(["ice"] + names + ["--out", "out", "--quiet"], in: folder.path)
    #expect(outcome.code == 3 && outcome.errors.contains("MSK_DETFOO_B04"), "\(outcome)")
    let summary = try #require(folder.text("out/summary.json"))
    #expect(summary.contains("detector 2 "), "\(summary)")
  }
}
