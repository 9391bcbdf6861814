// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO
import Testing

/// Two neighbouring tiles of each pass, written as products and matched as one image.
@Suite("Passes of two tiles", .enabled(if: OgiveTool.hasCommand("mpic"), "needs a tool with the command 'mpic'"))
struct TilePassTests {
  private let folder: RunScratch
  private static let ground = GroundTexture(shortest: 70)
  private static let side = 160, overlap = 44
  /// The corner of the first tile, in UTM zone 32, near the border of zone 33.
  private static let east = 734_000, north = 5_000_040
  /// Motion of all ground, px of 10 m, to the right and down.
  private static let right = 0.4, down = -0.3

  init() throws { folder = try RunScratch() }

  /// Writes a pass of two tiles, the second in another zone if asked for, on ground that has moved so many px.
  private func write(_ day: String, zone: Int, moved: Double) throws {
    for isSecond in [false, true] {
      var fixture = SafeFixture(baseline: day == "20200101" ? "03.01" : "05.09", day: day, bands: ["B04"])
      let crs = isSecond ? 32_600 + zone : 32_632
      (fixture.side, fixture.crs, fixture.tile) = (Self.side, crs, isSecond ? "33TUL" : "32TQR")
      var corner = (east: Self.east, north: Self.north)
      if isSecond {
        var east = [Double(Self.east + (Self.side - Self.overlap) * 10)], north = [Double(Self.north)]
        let from = try CRS("EPSG:32632"), to = try CRS("EPSG:\(crs)")
        try CoordinateTransformation(from: from, to: to).transform(east: &east, north: &north)
        corner = (Int(east[0] / 20) * 20, Int(north[0] / 20) * 20)
      }
      (fixture.east, fixture.north) = corner
      let place = GeoTransform(
        originEast: Double(corner.east), originNorth: Double(corner.north), eastPerColumn: 10, northPerRow: -10)
      let offset: Float = fixture.baseline >= "04.00" ? 1000 : 0
      let way = crs == 32_632 ? nil : try CoordinateTransformation(from: CRS("EPSG:\(crs)"), to: CRS("EPSG:32632"))
      fixture.pixels = { _, _, window in
        var easts: [Double] = [], norths: [Double] = []
        for row in window.row..<window.endRow {
          for column in window.column..<window.endColumn {
            let point = place.coordinate(row: Double(row), column: Double(column))
            easts.append(point.east)
            norths.append(point.north)
          }
        }
        try way?.transform(east: &easts, north: &norths)
        return Grid(
          rows: window.rows, columns: window.columns,
          cells: zip(easts, norths).map {
            Float(Self.ground.value(east: $0 - Self.right * moved * 10, north: $1 + Self.down * moved * 10)).rounded()
              + offset
          })
      }
      try fixture.write(to: "\(folder.path)/scenes")
    }
  }

  @Test("the motion has no step where one tile ends, in the same zone and in the next", arguments: [32, 33])
  func seam(zone: Int) throws {
    try write("20200101", zone: zone, moved: 0)
    try write("20200111", zone: zone, moved: 1)
    let outcome = try OgiveTool.run(
      ["mpic", "scenes", "--out", "out", "--quiet", "--deshift=false", "--deramp=false", "--search-range", "2"],
      in: folder.path)
    #expect(outcome.code == 0 && outcome.output.contains("1 of 1 pairs of 2 dates"), "\(outcome)")
    let dx = try RasterImage.open("\(folder.path)/out/pairs/2020-01-01_2020-01-11/dx.tif")
    let dy = try RasterImage.open("\(folder.path)/out/pairs/2020-01-01_2020-01-11/dy.tif")
    // The first column of the first tile, counted in the mosaic, and its last one.
    let first = Int(((Double(Self.east) - (dx.info.georeference.transform?.originEast ?? 0)) / 10).rounded())
    #expect(dx.columns > Self.side + 80)
    for (image, truth) in [(dx, Self.right), (dy, Self.down)] {
      func error(_ columns: Range<Int>) throws -> (mean: Double, largest: Double) {
        let window = Window(row: 24, column: columns.lowerBound, rows: 100, columns: columns.count)
        let errors = try image.read(window).cells.filter(\.isFinite).map { Double($0) - truth }
        #expect(errors.count > 100 * columns.count * 9 / 10)
        return (errors.reduce(0, +) / Double(max(1, errors.count)), errors.map(abs).max() ?? .nan)
      }
      // Both sides of the edge, in which windows hold pixels of both tiles, against the middle of the first tile.
      let edge = first + Self.side
      let seam = try error(edge - 6..<edge + 6), inside = try error(first + 30..<first + 90)
      print("zone \(zone): at the edge mean \(seam.mean), largest \(seam.largest); inside \(inside)")
      #expect(abs(seam.mean) < 0.01 && abs(seam.mean - inside.mean) < 0.01, "\(seam) \(inside)")
      #expect(seam.largest < max(0.05, 2 * inside.largest), "\(seam) \(inside)")
    }
  }
}
