// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

@Suite(
  "Ground and terrain in stacks", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct TerrainCommandTests {
  /// A ridge of 150 m along the middle column, 60 m wide at its foot on each side.
  private static func ridge(_ east: Double, _ south: Double) -> Double { 150 * max(0, 1 - abs(east - 640) / 90) }

  @Test("a ridge takes trust from the ground in its shadow, on either date, and from no other")
  func shadow() throws {
    // In the afternoon the sun stands in the south-west, so the shadow falls to the right and up.
    let scratch = try TerrainScratch(
      names: ["20200110T140000.tif", "20200120T140000.tif"], dx: [0, 0], height: Self.ridge)
    let plan = try scratch.run(["--dem", "dem.tif", "--terrain-shadow", "--dry-run", "--quiet"])
    #expect(plan.output.contains(", terrain 0"), "\(plan)")
    let outcome = try scratch.run(["--dem", "dem.tif", "--terrain-shadow", "--quiet"])
    #expect(outcome.code == 0, "\(outcome)")
    let dx = try scratch.values("out/pairs/2020-01-10_2020-01-20/dx.tif")
    // 46.9° N, 10.3° E: the sun stands 13 to 16 degrees high, so shadows are longer than 400 m.
    for column in [74, 90] { #expect(dx[60, column].isNaN, "\(column)") }
    for column in [10, 40, 54] { #expect(dx[60, column].isFinite, "\(column)") }
    // 500 m to the right the sun shines over the ridge.
    #expect(dx[60, 115].isFinite)
    // What it is made from, with the elevation model.
    let lock = try #require(scratch.folder.text("out/config.lock.json"))
    for name in ["dem.tif", "20200110T140000.tif", "20200120T140000.tif"] { #expect(lock.contains(name), "\(lock)") }
    #expect(lock.matches(of: /"sha256": *"[0-9a-f]{64}"/).count == 3, "\(lock)")
    let items = try FileManager.default.contentsOfDirectory(atPath: "\(scratch.folder.path)/out/stac")
    let pair = try #require(items.first { $0.contains("__20200110") })
    let item = try #require(scratch.folder.text("out/stac/\(pair)"))
    #expect(item.contains("dem.tif"), "\(item)")
    let report = try #require(scratch.folder.text("out/report.html"))
    #expect(report.contains("Vectors that masks and filters took out") && report.contains("terrain"))
    let again = try scratch.run(["--dem", "dem.tif", "--quiet"])
    #expect(again.code == 0)
    #expect(try scratch.values("out/pairs/2020-01-10_2020-01-20/dx.tif")[60, 74].isFinite)
    // Nothing was matched again for it.
    let log = try #require(scratch.folder.text("out/log.jsonl"))
    #expect(log.split(separator: "\n").count { $0.contains("\"match\"") && $0.contains("\"unit\"") } <= 1, "\(log)")
  }

  @Test("without a time of day the shadow stays unknown, and that is said")
  func noTime() throws {
    let scratch = try TerrainScratch(names: ["20200110.tif", "20200120.tif"], dx: [0, 0], height: Self.ridge)
    let outcome = try scratch.run(["--dem", "dem.tif", "--terrain-shadow"])
    #expect(outcome.code == 0 && outcome.errors.contains("where the sun stood on 2020-01-10"), "\(outcome)")
    #expect(try scratch.values("out/pairs/2020-01-10_2020-01-20/dx.tif")[60, 74].isFinite)
  }

  @Test("slopes outside the range are left out, from a raster and from a folder of tiles alike")
  func slopes() throws {
    let scratch = try TerrainScratch(names: ["20200110.tif", "20200120.tif"], dx: [0, 0], height: Self.ridge)
    #expect(try scratch.run(["--dem", "dem.tif", "--maximum-slope", "30", "--quiet"]).code == 0)
    let dx = try scratch.values("out/pairs/2020-01-10_2020-01-20/dx.tif")
    for column in [58, 69] { #expect(dx[48, column].isNaN, "\(column)") }
    for column in [20, 45, 85, 110] { #expect(dx[48, column].isFinite, "\(column)") }
    // The same ground as two tiles in a folder, beside a mask that is no elevation model.
    let whole = try scratch.values("dem.tif")
    try FileManager.default.createDirectory(
      atPath: "\(scratch.folder.path)/tiles/AUXFILES", withIntermediateDirectories: true)
    for (index, name) in ["tiles/W_DEM.tif", "tiles/E_DEM.tif"].enumerated() {
      let part = whole.cropped(to: Window(row: 0, column: 45 * index, rows: 90, columns: 45))
      let place = GeoTransform(
        originEast: 599_400 + 1350 * Double(index), originNorth: 5_200_600, eastPerColumn: 30, northPerRow: -30)
      try scratch.write(name, part, place, .float32)
    }
    try scratch.write("tiles/AUXFILES/W_WBM.tif", whole.map { _ in 1 }, TerrainScratch.place, .float32)
    #expect(try scratch.run(["--dem", "tiles", "--maximum-slope", "30", "--quiet"], out: "tiled").code == 0)
    let tiled = try scratch.values("tiled/pairs/2020-01-10_2020-01-20/dx.tif")
    #expect(zip(dx.cells, tiled.cells).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
  }

  @Test(
    "an elevation model behind an address is read in parts; one that cannot be reached is said before anything runs")
  func address() throws {
    let scratch = try TerrainScratch(names: ["20200110.tif", "20200120.tif"], dx: [0, 0], height: Self.ridge)
    let server = try RangeServer(scratch.folder.path)
    let outcome = try scratch.run(["--dem", server.address("dem.tif"), "--maximum-slope", "30", "--quiet"])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(try scratch.values("out/pairs/2020-01-10_2020-01-20/dx.tif")[48, 58].isNaN)
    let gone = try scratch.run(["--dem", server.address("none.tif"), "--maximum-slope", "30"], out: "gone")
    #expect(gone.code == 1 && gone.errors.contains("check the address and the network"), "\(gone)")
    server.stop()
    let silent = try scratch.run(["--dem", server.address("other.tif"), "--maximum-slope", "30"], out: "gone")
    #expect(silent.code == 1 && silent.errors.contains("check the address and the network"), "\(silent)")
    #expect(!scratch.folder.has("gone"))
  }

  @Test("terrain without heights, heights elsewhere and an empty folder are refused with what to do")
  func wrongInput() throws {
    let scratch = try TerrainScratch(names: ["20200110.tif", "20200120.tif"], dx: [0, 0], height: Self.ridge)
    let none = try scratch.run(["--terrain-shadow"])
    #expect(none.code == 2 && none.errors.contains("--dem"), "\(none)")
    let order = try scratch.run(["--dem", "dem.tif", "--minimum-slope", "40", "--maximum-slope", "30"])
    #expect(order.code == 2 && order.errors.contains("--maximum-slope"), "\(order)")
    let far = GeoTransform(originEast: 700_000, originNorth: 5_000_000, eastPerColumn: 30, northPerRow: -30)
    try scratch.write("far.tif", Grid(rows: 9, columns: 9, filledWith: 1), far, .float32)
    let elsewhere = try scratch.run(["--dem", "far.tif"])
    #expect(elsewhere.code == 1 && elsewhere.errors.contains("does not reach the images"), "\(elsewhere)")
    try FileManager.default.createDirectory(
      atPath: "\(scratch.folder.path)/empty", withIntermediateDirectories: true)
    let empty = try scratch.run(["--dem", "empty"])
    #expect(empty.code == 1 && empty.errors.contains("holds no elevation model"), "\(empty)")
    #expect(!scratch.folder.has("out"))
  }

  @Test("vectors up the slope are taken out in both directions of a pair, those down the slope stay")
  func slopeDirection() throws {
    // Ground that moves to the right falls to the right in the left half and rises in the right one.
    let scratch = try TerrainScratch(names: ["20200110.tif", "20200120.tif"], dx: [0, 0.8]) { east, _ in
      abs(east - 640) * 0.4
    }
    let outcome = try scratch.run([
      "--dem", "dem.tif", "--slope-filter", "--pair-direction", "both", "--quiet",
    ])
    #expect(outcome.code == 0, "\(outcome)")
    for pair in ["2020-01-10_2020-01-20", "2020-01-20_2020-01-10"] {
      let dx = try scratch.values("out/pairs/\(pair)/dx.tif")
      #expect(dx[48, 30].isFinite && dx[48, 100].isNaN, "\(pair)")
    }
    let summary = try #require(scratch.folder.text("out/summary.json"))
    #expect(summary.contains("direction against slope") && summary.contains("forward-backward"), "\(summary)")
  }

  @Test("a pair of which too much is masked is not matched and named with its share; where none is left that is said")
  func maskedShare() throws {
    let scratch = try TerrainScratch(
      names: ["20200110.tif", "20200120.tif", "20200130.tif"], dx: [0, 0, 0], height: Self.ridge)
    // Six tenths of the second date are black fill.
    var image = try scratch.values("20200120.tif")
    for row in 0..<58 { for column in 0..<image.columns { image[row, column] = 0 } }
    try scratch.write("20200120.tif", image, TerrainScratch.place, .uint8)
    let limited = ["--maximum-masked-share", "0.5", "--cloud-weighting", "none", "--quiet"]
    let outcome = try scratch.run(limited)
    #expect(outcome.code == 0 && outcome.output.contains("1 of 1 pairs"), "\(outcome)")
    let summary = try #require(scratch.folder.text("out/summary.json")).replacing("\u{202F}", with: " ")
    #expect(summary.contains("60 % of the area masked"), "\(summary)")
    #expect(try #require(scratch.folder.text("out/report.html")).contains("Pairs left out"))
    let none = try OgiveTool.run(
      ["mpic", "20200110.tif", "20200120.tif", "--out", "none"] + limited, in: scratch.folder.path)
    #expect(none.code != 0 && none.errors.contains("--maximum-masked-share"), "\(none)")
  }
}
