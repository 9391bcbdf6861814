// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

/// The figures of `docs/results/masks.md` on the shadow of real mountains. Not a check: run only when `OGIVE_MEASURE` is set.
@Suite(
  "Shadow of the terrain, measured",
  .enabled(
    if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil
      && SharedData.file("oggm_sample/hef_srtm.tif") != nil, "set OGIVE_MEASURE; needs the shared data"))
struct TerrainMeasurements {
  private static let rows = 700, columns = 800
  /// Morning passes over Hintereisferner and where the sun stood then, degrees: azimuth, elevation.
  private static let dates: [(name: String, sun: (Double, Double))] = [
    ("20200110T102000.tif", (164.18, 19.68)), ("20200220T102000.tif", (159.85, 30.04)),
    ("20200401T102000.tif", (157.92, 46.00)),
  ]

  /// Light on a place that nothing moves: none of the sun's where a straight line toward it meets the ground.
  private static func light(_ ground: Grid<Float>, _ row: Int, _ column: Int, _ sun: (Double, Double)) -> Double {
    let azimuth = sun.0 * .pi / 180, rise = tan(sun.1 * .pi / 180) * 10
    for step in 1..<1200 {
      let r = Double(row) - cos(azimuth) * Double(step), c = Double(column) + sin(azimuth) * Double(step)
      guard r >= 0, c >= 0, Int(r) < ground.rows, Int(c) < ground.columns else { break }
      if Double(ground[Int(r), Int(c)]) > Double(ground[row, column]) + rise * Double(step) { return 0.2 }
    }
    return 1
  }

  @Test("wrong offsets of still ground with and without the mask")
  func mountains() throws {
    let dem = try #require(SharedData.file("oggm_sample/hef_srtm.tif")).path
    let folder = try RunScratch(), crs = try CRS("EPSG:32632")
    let place = GeoTransform(originEast: 631_000, originNorth: 5_189_000, eastPerColumn: 10, northPerRow: -10)
    // 4 km more on every side than the images show.
    let wide = Georeference(
      name: "ground", rows: Self.rows + 800, columns: Self.columns + 800,
      transform: place.grid(row: -400, column: -400, spacing: 1), crs: crs)
    let model = try RasterImage.open(dem)
    let ground = try AlignedImage(model, at: model.info.georeference, onto: wide).read(wide.window)
    let texture = Array(TestImage.texture(rows: Self.rows, columns: Self.columns).suffix(Self.rows * Self.columns))
    for date in Self.dates {
      var image = Grid<Float>(rows: Self.rows, columns: Self.columns, filledWith: 0)
      for row in 0..<Self.rows {
        for column in 0..<Self.columns {
          let light = Self.light(ground, row + 400, column + 400, date.sun)
          let grey = 20 + 0.8 * Double(texture[row * Self.columns + column]) * light
          // A grain of its own in every date.
          let noise = Double((row * 7919 + column * 104_729 + Int(date.sun.1 * 100) * 31) % 7) - 3
          image[row, column] = Float(min(255, max(1, (grey + noise).rounded())))
        }
      }
      var layout = RasterLayout(rows: Self.rows, columns: Self.columns, type: .uint8)
      (layout.transform, layout.crs) = (place, crs)
      let writer = try RasterWriter.create("\(folder.path)/\(date.name)", layout)
      try writer.write(image)
      try writer.finish()
    }
    for (name, more) in [("none", []), ("--terrain-shadow", ["--terrain-shadow"])] {
      let outcome = try OgiveTool.run(
        ["mpic"] + Self.dates.map(\.name) + [
          "--out", "out", "--dem", dem, "--deshift=false", "--deramp=false", "--minimum-correlation", "0", "--quiet",
        ] + more, in: folder.path, limit: 600)
      #expect(outcome.code == 0, "\(outcome)")
      for pair in ["2020-01-10_2020-02-20", "2020-01-10_2020-04-01", "2020-02-20_2020-04-01"] {
        func values(_ file: String) throws -> [Float] {
          let image = try RasterImage.open("\(folder.path)/out/pairs/\(pair)/\(file).tif")
          return try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns)).cells
        }
        let lengths = zip(try values("dx"), try values("dy")).map { hypot($0, $1) }
        let measured = lengths.filter(\.isFinite)
        let wrong = measured.count { $0 > 0.3 }
        let rms = (measured.reduce(0) { $0 + Double($1 * $1) } / Double(measured.count)).squareRoot()
        print(
          "| \(pair) | \(name) | \(100 * measured.count / lengths.count) % "
            + "| \((Double(wrong) / Double(measured.count) * 1e4).rounded() / 100) % | \((rms * 1e3).rounded() / 1e3) |"
        )
      }
      if let keep = ProcessInfo.processInfo.environment["OGIVE_MEASURE"], keep.hasPrefix("/") {
        try? FileManager.default.removeItem(atPath: "\(keep)/terrain-\(more.count)")
        try? FileManager.default.copyItem(atPath: "\(folder.path)/out", toPath: "\(keep)/terrain-\(more.count)")
      }
    }
  }
}
