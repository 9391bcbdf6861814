// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite(
  "Stripes between detectors", .enabled(if: OgiveTool.hasCommand("ice"), "needs a tool with the command 'ice'"))
struct StripeCommandTests {
  /// What each detector adds to the offsets to the right, px.
  private static let levels = [0.30, -0.25, 0.20, -0.30, 0.25, -0.20]

  private func write(in folder: RunScratch) throws -> [String] {
    let first = SafeScene(day: "20200101", baseline: "02.08"), second = SafeScene(day: "20200111", baseline: "04.00")
    try first.write(in: folder, TestImage.texture(rows: first.rows, columns: first.columns))
    let shifted = Self.levels.map { TestImage.texture(rows: first.rows, columns: first.columns, dx: $0) }
    var image = Data(shifted[0])
    let start = image.count - first.rows * first.columns
    for index in 0..<first.rows * first.columns {
      let detector = SafeScene.detector(index / first.columns, index % first.columns)
      image[start + index] = shifted[detector - 1][start + index]
    }
    try second.write(in: folder, image)
    return [first.name, second.name]
  }

  /// Medians of the offsets of each detector, px, away from its edges.
  private func medians(_ folder: RunScratch, _ out: String) throws -> [Double] {
    let image = try RasterImage.open("\(folder.path)/\(out)/pairs/2020-01-01_2020-01-11/dx.tif")
    let dx = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
    return (1...Self.levels.count).map { number in
      var values: [Float] = []
      for row in 8..<dx.rows - 8 {
        for column in 8..<dx.columns - 8
        where [-8, 8].allSatisfy({ SafeScene.detector(row, column + $0) == number }) {
          values.append(dx[row, column])
        }
      }
      return Double(median(values))
    }
  }

  @Test(
    "footprints of both dates, polygons and raster, take stripes out that are too narrow to be found in the field")
  func footprints() throws {
    let folder = try RunScratch(), names = try write(in: folder)
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
    let folder = try RunScratch(), names = try write(in: folder)
    let file = "\(folder.path)/\(names[0])/GRANULE/L1C_T32TPS_A012345_20200101T101024/QI_DATA/MSK_DETFOO_B04.gml"
    try Data("<eop:Mask".utf8).write(to: URL(filePath: file))
    let outcome = try OgiveTool.run(["ice"] + names + ["--out", "out", "--quiet"], in: folder.path)
    #expect(outcome.code == 3 && outcome.errors.contains("MSK_DETFOO_B04"), "\(outcome)")
    let summary = try #require(folder.text("out/summary.json"))
    #expect(summary.contains("detector 2 "), "\(summary)")
  }
}
