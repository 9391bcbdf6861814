// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

private let scenesFolder = ProcessInfo.processInfo.environment["OGIVE_SCENES"]

/// Measures docs/results/scenes.md: whole Sentinel-2 products through `ogive mpic`.
///
/// `OGIVE_SCENES` names a folder with `reference.tif` and `secondary.tif`, as `ogive-bench --write-scenes` leaves them; the
/// products are written beside them, once.
@Suite(
  "Whole products", .serialized,
  .enabled(
    if: scenesFolder != nil && OgiveTool.hasCommand("mpic"),
    "measures only when OGIVE_SCENES names simulated scenes"))
struct FullTileMeasurements {
  /// Ground of two simulated dates, as numbers of a product.
  private struct Ground: Sendable {
    let image: RasterImage
    let isNew: Bool
    var isCloudy = false

    /// From 0 clear to 1 under a cloud: banks of 3 to 20 km with soft edges.
    private static func cloud(_ row: Double, _ column: Double) -> Double {
      let waves =
        cos(row / 310 + 1) * cos(column / 420) + 0.6 * cos(row / 97 + column / 151) + 0.2
        * cos(column / 23 - row / 31)
      return min(1, max(0, (waves - 0.75) / 0.3))
    }

    func numbers(_ band: String, _ metres: Int, _ window: Window) throws -> Grid<Float> {
      let step = metres / 10
      let fine = try image.read(
        Window(
          row: window.row * step, column: window.column * step, rows: window.rows * step,
          columns: window.columns * step))
      var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float(0))
      let (share, bright): (Float, Float) = band == "B11" ? (0.5, 5500) : band == "B02" ? (0.9, 8500) : (1, 8000)
      for row in 0..<window.rows {
        for column in 0..<window.columns {
          var sum: Float = 0
          for r in 0..<step {
            for c in 0..<step { sum += fine[row * step + r, column * step + c] }
          }
          var value = sum / Float(step * step)
          let place = (Double((window.row + row) * step), Double((window.column + column) * step))
          let cover = isCloudy ? Float(Self.cloud(place.0, place.1)) : 0
          if band == "SCL" {
            out[row, column] = cover > 0.5 ? 9 : 5
            continue
          }
          value = value * share * (1 - cover) + (bright + 300 * Float(sin(place.0 / 9) * cos(place.1 / 7))) * cover
          out[row, column] = (value + (isNew ? 1000 : 0)).rounded()
        }
      }
      return out
    }
  }

  /// Three dates: level 1C before and after baseline 04.00, and level 2A with clouds.
  private static func products(_ folder: String) throws -> [String] {
    let plans: [(level: String, baseline: String, day: String, source: String)] = [
      ("1C", "03.01", "20200101", "reference"), ("1C", "05.09", "20200111", "secondary"),
      ("2A", "05.09", "20200121", "reference"),
    ]
    return try plans.map { plan in
      var fixture = SafeFixture(
        level: plan.level, baseline: plan.baseline, day: plan.day, bands: ["B02", "B04", "B11"])
      let image = try RasterImage.open("\(folder)/\(plan.source).tif")
      let ground = Ground(image: image, isNew: plan.baseline >= "04.00", isCloudy: plan.level == "2A")
      (fixture.tile, fixture.crs, fixture.east, fixture.north) = ("32TLQ", 32_632, 300_000, 5_000_040)
      fixture.side = image.columns
      fixture.pixels = { try ground.numbers($0, $1, $2) }
      let path = "\(folder)/products/\(fixture.name)", done = path + ".complete"
      if !FileManager.default.fileExists(atPath: done) {
        try fixture.write(to: "\(folder)/products")
        try Data().write(to: URL(filePath: done))
      }
      return path
    }
  }

  private func run(_ scenes: [String], _ more: [String]) throws -> String {
    let folder = try RunScratch()
    let outcome = try OgiveTool.run(
      ["mpic"] + scenes + ["--out", "out", "--quiet", "--threads", "2"] + more, in: folder.path, limit: 7200)
    #expect(outcome.code == 0, "\(outcome)")
    let bytes = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/out").reduce(into: [0, 0]) {
      let size = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/out/\($1)")[.size] as? Int ?? 0
      $0[$1.hasPrefix(".ogive") ? 0 : 1] += size
    }
    func mega(_ bytes: Int) -> Int { bytes / 1_000_000 }
    print(
      "\(more.joined(separator: " ")): \(Int(outcome.seconds)) s, \(Int(outcome.cpuSeconds)) s of CPU, peak "
        + "\(mega(outcome.peakBytes)) MB, units \(mega(bytes[0])) MB, files \(mega(bytes[1])) MB; \(outcome.output)")
    return folder.path
  }

  @Test("three dates, one with clouds, of folders and of archives")
  func stack() throws {
    let folder = try #require(scenesFolder), folders = try Self.products(folder)
    for spacing in ["4", "1"] { _ = try run(folders, ["--spacing", spacing, "--search-range", "2"]) }
    let archives = folders.map { path in
      FileManager.default.fileExists(atPath: path + ".zip") ? path + ".zip" : ImageFile.zip(path)
    }
    _ = try run(archives, ["--spacing", "4", "--search-range", "2"])
  }
}
