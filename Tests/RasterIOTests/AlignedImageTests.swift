// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

@Suite("Aligned image")
struct AlignedImageTests {
  private func place(
    _ name: String, _ rows: Int, _ columns: Int, east: Double, north: Double, size: Double = 10, crs: CRS?
  ) -> Georeference {
    Georeference(
      name: name, rows: rows, columns: columns,
      transform: GeoTransform(originEast: east, originNorth: north, eastPerColumn: size, northPerRow: -size), crs: crs
    )
  }

  private func ramp(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Int) -> GridSource {
    GridSource(
      Grid(rows: rows, columns: columns, cells: (0..<rows * columns).map { Float(value($0 / columns, $0 % columns)) })
    )
  }

  @Test("the same grid and a shift by whole pixels change no bit")
  func wholePixels() throws {
    let crs = try utm(33), grid = counting(50, 40)
    let reference = place("a", 50, 40, east: 4e5, north: 5e6, crs: crs)
    let same1 = try AlignedImage(GridSource(grid), at: reference, onto: reference)
    #expect(same1.report.method == .identicalGrid && same1.report.overlap == reference.window)
    #expect(same(try same1.read(reference.window), grid))
    let moved = place("b", 50, 40, east: 4e5 - 70, north: 5e6 + 30, crs: crs)
    let shifted = try AlignedImage(GridSource(grid), at: moved, onto: reference)
    #expect(shifted.report.method == .wholePixelShift(rows: 3, columns: 7))
    #expect(shifted.report.overlap == Window(row: 0, column: 0, rows: 47, columns: 33))
    let window = Window(row: -2, column: 5, rows: 55, columns: 60)
    let expected = GridSource(grid).read(Window(row: 1, column: 12, rows: 55, columns: 60))
    #expect(same(try shifted.read(window), expected))
  }

  @Test("a grid off by a part of a pixel is resampled at the right places within 0.0002 px")
  func partOfPixel() throws {
    let crs = try utm(33)
    let reference = place("a", 60, 70, east: 4e5, north: 5e6, crs: crs)
    let secondary = place("b", 160, 170, east: 4e5 - 503.5, north: 5e6 + 498, crs: crs)
    let columns = try AlignedImage(ramp(160, 170) { $1 }, at: secondary, onto: reference)
    let rows = try AlignedImage(ramp(160, 170) { r, _ in r }, at: secondary, onto: reference)
    let window = Window(row: 3, column: 4, rows: 40, columns: 50)
    let (x, y) = (try columns.read(window), try rows.read(window))
    for r in 0..<40 {
      for c in 0..<50 {
        #expect(abs(x[r, c] - (Float(c) + 4 + 50.35)) < 2e-4 && abs(y[r, c] - (Float(r) + 3 + 49.8)) < 2e-4)
      }
    }
    #expect(
      columns.report.summary
        == "the secondary image was resampled with a quintic spline because its pixels lie between those of the reference"
    )
  }

  @Test("another CRS: Web Mercator in longitude and latitude, positions within 0.001 px of the closed form")
  func closedForm() throws {
    let radius = 6_378_137.0, degree = Double.pi / 180
    let reference = place("a", 400, 500, east: 1_000_000, north: 8_400_000, size: 20, crs: try CRS("EPSG:3857"))
    let step = 20 / radius / degree
    let secondary = Georeference(
      name: "b", rows: 400, columns: 700,
      transform: GeoTransform(originEast: 8.97, originNorth: 60.01, eastPerColumn: step, northPerRow: -step / 2),
      crs: .longitudeLatitude)
    let columns = try AlignedImage(ramp(400, 700) { $1 }, at: secondary, onto: reference)
    let rows = try AlignedImage(ramp(400, 700) { r, _ in r }, at: secondary, onto: reference)
    #expect(columns.report.positionError < 0.001)
    let (x, y) = (try columns.read(columns.window), try rows.read(rows.window))
    var worst = 0.0, count = 0
    for r in stride(from: 0, to: 400, by: 7) {
      for c in stride(from: 0, to: 500, by: 7) where !x[r, c].isNaN {
        let east = 1_000_000 + 20 * (Double(c) + 0.5), north = 8_400_000 - 20 * (Double(r) + 0.5)
        let longitude = east / radius / degree
        let latitude = (2 * atan(exp(north / radius)) - Double.pi / 2) / degree
        let column = (longitude - 8.97) / step - 0.5, row = (60.01 - latitude) / (step / 2) - 0.5
        // Near its border a ramp is not a ramp to the spline: what lies outside is filled by a mean.
        if min(column, row, 699 - column, 399 - row) < 12 { continue }
        worst = max(worst, abs(Double(x[r, c]) - column), abs(Double(y[r, c]) - row))
        count += 1
      }
    }
    print("closed form: worst \(worst) px of \(count), stated \(columns.report.positionError)")
    #expect(count > 500 && worst < 0.001)
  }

  @Test("reading by tiles gives the same bits as reading at once, with a CRS to cross")
  func tiles() throws {
    let reference = place("a", 300, 280, east: 747_000, north: 5_100_000, crs: try utm(32))
    var grid = counting(500, 500).map { ($0 * 1.618).truncatingRemainder(dividingBy: 997) }
    for row in 200..<230 { for column in 200..<260 { grid[row, column] = .nan } }
    let secondary = place("b", 500, 500, east: 281_800, north: 5_099_400, crs: try utm(33))
    let image = try AlignedImage(GridSource(grid), at: secondary, onto: reference)
    guard case .resampled(.spline, let reason) = image.report.method else {
      Issue.record("\(image.report.method)")
      return
    }
    #expect(reason == "it is in another CRS (EPSG:32633, not EPSG:32632)")
    let whole = try image.read(image.window)
    #expect(whole.cells.count { !$0.isNaN } > 40_000 && whole.cells.contains(where: \.isNaN))
    for (row, column, size) in [(0, 0, 64), (33, 47, 100), (250, 200, 77), (129, 131, 1)] {
      let window = Window(row: row, column: column, rows: size, columns: size)
      #expect(same(try image.read(window), GridSource(whole).read(window)))
    }
  }

  @Test("a secondary with finer pixels is averaged over those of the reference within 0.01 of the exact mean")
  func finer() throws {
    let crs = try utm(33)
    let reference = place("a", 60, 60, east: 4e5, north: 5e6, size: 10, crs: crs)
    let secondary = place("b", 400, 400, east: 4e5 - 201, north: 5e6 + 201, size: 2.5, crs: crs)
    let image = try AlignedImage(ramp(400, 400) { r, c in 3 * r + c }, at: secondary, onto: reference)
    #expect(
      image.report.method
        == .resampled(
          .areaMean(rows: 4, columns: 4),
          reason: "its pixels are smaller (a pixel of the reference covers 4.0 x 4.0 of its pixels)"))
    let value = try image.read(Window(row: 10, column: 20, rows: 1, columns: 1))[0, 0]
    let row = (201 + 10 * 10.5) / 2.5 - 0.5, column = (201 + 10 * 20.5) / 2.5 - 0.5
    #expect(abs(Double(value) - (3 * row + column)) < 0.01)
  }

  @Test("without any georeference the upper left pixels are one place, and the user is told")
  func pixels() throws {
    let a = Georeference(name: "a", rows: 20, columns: 30), b = Georeference(name: "b", rows: 25, columns: 10)
    let image = try AlignedImage(GridSource(counting(25, 10)), at: b, onto: a)
    #expect(image.report.method == .pixelsOnly)
    #expect(image.report.overlap == Window(row: 0, column: 0, rows: 20, columns: 10))
    #expect(
      image.report.notices == [
        "neither image is georeferenced: the upper left pixels of both are taken as the same place",
        "the images differ in size (20 x 30 and 25 x 10 rows x columns): only the part that both have is used",
      ])
    #expect(try image.read(Window(row: 1, column: 1, rows: 1, columns: 1))[0, 0] == 11)
  }

  @Test("no overlap, one CRS missing, and a CRS of another planet are refused with both values")
  func errors() throws {
    let crs = try utm(33), source = GridSource(counting(10, 10))
    let a = place("a.tif", 10, 10, east: 4e5, north: 5e6, crs: crs)
    func error(_ b: Georeference) -> RasterError? {
      failure { () throws(RasterError) in try AlignedImage(source, at: b, onto: a) }
    }
    let apart = error(place("b.tif", 10, 10, east: 5e5, north: 5e6, crs: crs))
    #expect(apart?.kind == .noOverlap)
    #expect(
      apart?.message
        == "the images do not overlap: a.tif covers 400000..400100, 4999900..5000000 (EPSG:32633) and b.tif "
        + "500000..500100, 4999900..5000000 (EPSG:32633), east then north; check that both show the same place")
    let bare = error(Georeference(name: "b.tif", rows: 10, columns: 10))
    #expect(bare?.kind == .gridMismatch)
    #expect(
      bare?.message
        == "a.tif is georeferenced (EPSG:32633) and b.tif has no CRS: georeference it, or take the georeference from "
        + "both to work in pixels (gdal_edit.py)")
    let moon = try CRS("+proj=longlat +R=1737400 +no_defs")
    let far = try CRS(
      """
      GEOGCRS["Moon",DATUM["Moon",ELLIPSOID["Moon",1737400,0,LENGTHUNIT["metre",1]]],CS[ellipsoidal,2],
      AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]
      """)
    for other in [moon, far] {
      let refused = error(place("b.tif", 10, 10, east: 13, north: 45, size: 0.0001, crs: other))
      #expect(refused?.kind == .noTransformation)
      #expect(
        refused?.message.hasPrefix("there is no transformation from EPSG:32633 to ") == true
          || refused?.message.hasPrefix("there is no transformation from ") == true)
    }
  }

  @Test("the real Sentinel-1 pair is put on one grid by the report it gives", .enabled(if: seaIce.count == 2))
  func seaIcePair() throws {
    let images = try seaIce.map { try RasterImage.open($0.path) }
    let aligned = try AlignedImage(images[1], onto: images[0])
    #expect(aligned.rows == images[0].rows && aligned.report.overlap.rows > 500)
    #expect(try aligned.read(Window(row: 300, column: 300, rows: 50, columns: 50)).cells.contains { !$0.isNaN })
    print(aligned.report.summary, aligned.report.overlap)
  }

  @Test("resampling takes less than 60 ns of processor time a pixel")
  func speed() throws {
    let reference = place("a", 1024, 1024, east: 747_000, north: 5_100_000, crs: try utm(32))
    let secondary = place("b", 1600, 1600, east: 281_000, north: 5_100_000, crs: try utm(33))
    let image = try AlignedImage(GridSource(counting(1600, 1600)), at: secondary, onto: reference)
    let seconds = try (0..<3).map { _ in
      try processorTime { _ = try image.read(Window(row: 256, column: 256, rows: 512, columns: 512)) }
    }.min()!
    print("resampling: \(seconds / 262_144 * 1e9) ns/px")
    #expect(seconds / 262_144 < 60e-9)
  }
}

private let seaIce = [
  "clip_HH_S1B_EW_GRDM_1SDH_20200301T083237_20200301T083346_020496_026D68_5471_adjusted.tif",
  "clip_HH_S1B_EW_GRDM_1SDH_20200302T073529_20200302T073629_020510_026DD5_27F9_adjusted.tif",
].compactMap { SharedData.file("sea_ice_s1/\($0)") }
