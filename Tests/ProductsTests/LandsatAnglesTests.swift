// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Angles from Landsat's orbit")
struct LandsatAnglesTests {
  private static let folder = SharedData.file("landsat_c2_l2")?.path

  /// Degrees between two directions.
  private func angle(_ a: SkyDirection, _ b: SkyDirection) -> Double {
    func vector(_ d: SkyDirection) -> SIMD3<Double> {
      let (z, t) = (d.zenith * .pi / 180, d.azimuth * .pi / 180)
      return SIMD3(sin(z) * sin(t), sin(z) * cos(t), cos(z))
    }
    let difference = vector(a) - vector(b)
    return 2 * asin(min(1, (difference * difference).sum().squareRoot() / 2)) * 180 / .pi
  }

  @Test(
    "sun and view in the middle agree with the stated means within 0.1° and 0.35°", .enabled(if: folder != nil),
    arguments: [
      "scene/LC08_L2SP_005009_20150710_20200908_02_T2", "metadata_oli-tirs/LC08_L2SP_047027_20201204_20210313_02_T1",
      "metadata_oli-tirs/LC08_L2SR_084024_20160111_20201016_02_T1",
      "metadata_oli-tirs/LC09_L2SP_010065_20220129_20220131_02_T1",
    ])
  func means(stem: String) throws {
    let scene = try LandsatReader.read(try #require(Self.folder) + "/\(stem)_MTL.txt")
    let angles = scene.angles, sun = try #require(angles.sun), place = try #require(scene.grids.last)
    let side = place.transform?.pixelSize.width ?? 30
    let (right, down) = (Double(place.columns) * side / 2, Double(place.rows) * side / 2)
    let own = try #require(angles.sunGrid?.direction(right: right, down: down))
    #expect(angle(own, sun) < 0.1, "\(own) \(sun)")
    #expect(angles.views.map(\.band).prefix(3) == ["B1", "B2", "B3"])
    let red = try #require(angles.views.first { $0.band == "B4" }).direction
    let view = try #require(angles.viewGrid?.direction(right: right, down: down))
    #expect(angle(view, red) < 0.35, "\(view) \(red)")
    // Half a swath of 185 km seen from 705 km: 7.5°, toward the satellite from either side.
    let west = try #require(angles.viewGrid?.direction(right: right - 80_000, down: down))
    let east = try #require(angles.viewGrid?.direction(right: right + 80_000, down: down))
    #expect((6...8).contains(west.zenith) && (6...8).contains(east.zenith), "\(west) \(east)")
    #expect((60...130).contains(west.azimuth) && (240...310).contains(east.azimuth), "\(west) \(east)")
  }

  @Test("rasters of angles are read where a product brings them, between their nodes and across south, within 0.02°")
  func rasters() throws {
    let scratch = Scratch(), path = try LandsatFixture.write(in: scratch), id = LandsatFixture.id
    let names = [
      ("SOLAR_ZENITH", "SZA"), ("SOLAR_AZIMUTH", "SAA"), ("SENSOR_ZENITH", "VZA"), ("SENSOR_AZIMUTH", "VAA"),
    ]
    let lines = names.dropFirst().map { "    FILE_NAME_ANGLE_\($0.0)_BAND_4 = \"\(id)_\($0.1).TIF\"\n" }.joined()
    scratch.write(
      URL(filePath: path).lastPathComponent,
      LandsatFixture.text.replacing("    FILE_NAME_BAND_4", with: lines + "    FILE_NAME_BAND_4"))
    // 800 × 700 px of 30 m: hundredths of a degree that change evenly, the sun's azimuth through 180°.
    func numbers(_ quantity: String) -> Grid<Float> {
      var out = Grid(rows: 700, columns: 800, filledWith: Float(0))
      for row in 0..<700 {
        for column in 0..<800 {
          let azimuth = 17_990 + Float(column) / 40
          out[row, column] =
            switch quantity {
            case "SZA": (4500 + Float(row) / 10).rounded()
            case "SAA": (azimuth > 18_000 ? azimuth - 36_000 : azimuth).rounded()
            case "VZA": (300 + Float(column) / 4).rounded()
            default: -8000
            }
        }
      }
      return out
    }
    for (_, name) in names {
      var layout = RasterLayout(
        rows: 700, columns: 800, type: .int16,
        transform: GeoTransform(originEast: 499_980, originNorth: 8_900_040, eastPerColumn: 30, northPerRow: -30),
        crs: try CRS("EPSG:32633"))
      layout.nodata = nil
      try ImageFile.tiff(scratch["\(id)_\(name).TIF"], layout) { numbers(name).cropped(to: $0) }
    }
    let angles = try LandsatReader.read(path).angles
    let suns = try #require(angles.sunGrid), views = try #require(angles.viewGrid)
    for (row, column) in [(0, 0), (350, 410), (100, 399), (690, 790)] {
      let (right, down) = ((Double(column) + 0.5) * 30, (Double(row) + 0.5) * 30)
      let sun = try #require(suns.direction(right: right, down: down))
      let azimuth = 179.9 + Double(column) / 4000
      #expect(angle(sun, SkyDirection(zenith: 45 + Double(row) / 1000, azimuth: azimuth)) < 0.02, "\(row) \(sun)")
      let view = try #require(views.direction(right: right, down: down))
      #expect(angle(view, SkyDirection(zenith: 3 + Double(column) / 400, azimuth: 280)) < 0.02, "\(column) \(view)")
    }
  }

  @Test("a scene without the file, or with a broken one, has the sun of its metadata and no grids")
  func absent() throws {
    let scratch = Scratch()
    let path = try LandsatFixture.write(in: scratch)
    let text = LandsatFixture.text.replacing(
      "    FILE_NAME_BAND_4", with: "    FILE_NAME_ANGLE_COEFFICIENT = \"a_ANG.txt\"\n    FILE_NAME_BAND_4")
    scratch.write(URL(filePath: path).lastPathComponent, text)
    for content in [nil, "GROUP = EPHEMERIS\n  EPHEMERIS_TIME = ( 0.0, 1.0,\n   2.0"] {
      if let content { scratch.write("a_ANG.txt", content) }
      let angles = try LandsatReader.read(path).angles
      #expect(angles.sun != nil && angles.sunGrid == nil && angles.viewGrid == nil && angles.views.isEmpty)
    }
  }
}
