// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import Products
import RasterIO
import TestSupport
import Testing

@Suite("Sentinel-2 products")
struct Sentinel2ReaderTests {
  private let scratch = Scratch()

  @Test(
    "reflectance is exact before and after baseline 04.00", arguments: ["1C", "2A"], ["03.01", "04.00", "05.11"])
  func reflectance(level: String, baseline: String) throws {
    let path = try SafeFixture(level: level, baseline: baseline).write(in: scratch)
    let found = Sentinel2Reader.read(path)
    #expect(found.problems == [])
    let scene = try #require(found.scenes.first).checked()
    #expect(scene.processingBaseline == baseline && scene.level == "L\(level)")
    #expect(scene.bands.map(\.id) == ["B04", "B08", "B11"])
    let red = try #require(scene.band(.red)), image = try red.open()
    let grid = try image.read(image.window)
    #expect(red.resolution == 10 && grid.rows == 24)
    #expect(grid[0, 0].isNaN, "0 stands for no data whatever the offset")
    let offset = baseline >= "04.00" ? -1000.0 : 0
    #expect(abs(Double(grid[2, 3]) - (1000 + 51 + offset) / 10_000) < 1e-7)
    #expect(try red.open(isCalibrated: false).read(image.window)[2, 3] == 1051)
    #expect(scene.masks(.sceneClassification).count == (level == "2A" ? 1 : 0))
  }

  @Test("what the metadata of a small product say is read")
  func metadata() throws {
    let scene = try #require(Sentinel2Reader.read(try SafeFixture().write(in: scratch)).scenes.first)
    #expect(scene.id == SafeFixture().name.replacing(".SAFE", with: ""))
    #expect(scene.platform == "Sentinel-2B" && scene.mission == .sentinel2)
    #expect(scene.date.iso8601 == "2022-04-13T15:08:07Z")
    #expect(scene.relativeOrbit == 25 && scene.isAscending == true && scene.tile == "33XWJ")
    #expect(scene.pass == "GS2B_20220413T150759_026649")
    #expect(scene.cloudCover == 0.125)
    #expect(scene.footprint.count == 3 && scene.footprint[0] == GeographicPoint(longitude: 17.7, latitude: 80.1))
    #expect(scene.grids.map(\.rows) == [24, 12])
    let image = try #require(scene.band(.red)).open()
    #expect(scene.grids[0].transform == image.image.info.transform)
    #expect(scene.grids[0].crs.map { $0.isSame(as: image.image.info.crs ?? $0) } == true)
    #expect(scene.angles.sun == SkyDirection(zenith: 63, azimuth: 0.5))
  }

  @Test("a direction between nodes goes past north and keeps to the arc within 0.01 degrees")
  func angleGrid() throws {
    let scene = try #require(Sentinel2Reader.read(try SafeFixture().write(in: scratch, images: false)).scenes.first)
    let grid = try #require(scene.angles.sunGrid)
    let corner = try #require(grid.direction(right: 0, down: 0))
    #expect(abs(corner.zenith - 60) < 1e-4 && abs(corner.azimuth - 350) < 1e-4)
    let east = try #require(grid.direction(right: 5000, down: 2500))
    #expect(abs(east.zenith - 64) < 0.01 && abs(east.azimuth - 10) < 0.01)
    // 60 degrees at 350 and 62 at 10, half way: the chord's middle, computed by hand.
    let middle = try #require(grid.direction(right: 2500, down: 0))
    #expect(middle.azimuth < 0.2 && abs(middle.zenith - 60.63) < 0.01)
    #expect(grid.direction(right: 9e9, down: -1) != nil)
  }

  @Test("detector footprints are the same from polygons and from a raster", arguments: ["03.01", "05.11"])
  func detectors(baseline: String) throws {
    let path = try SafeFixture(baseline: baseline).write(in: scratch)
    let scene = try #require(Sentinel2Reader.read(path).scenes.first).checked()
    let mask = try #require(scene.masks(.detectorFootprint, band: "B04").first)
    #expect(mask.form == (baseline < "04" ? .polygons : .raster))
    let grid = try DetectorFootprint(mask).detectors(
      Window(row: 3, column: 8, rows: 4, columns: 16), of: scene.grids[0])
    #expect(Array(grid.cells[..<16]) == [5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 0, 0, 0, 0])
    let coarse = try DetectorFootprint(mask).detectors(
      Window(row: 0, column: 0, rows: 2, columns: 12), of: scene.grids[1])
    #expect(Array(coarse.cells[..<12]) == [5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 0, 0])
  }

  @Test("a zip archive gives the same scene as the folder")
  func zipped() throws {
    let fixture = SafeFixture(level: "2A", baseline: "05.11")
    let folder = try #require(Sentinel2Reader.read(try fixture.write(in: scratch)).scenes.first)
    let found = SceneFinder().find([try scratch.zip(fixture.name)])
    #expect(found.problems == [])
    let scene = try #require(found.scenes.first)
    #expect(scene.id == folder.id && scene.bands.map(\.calibration) == folder.bands.map(\.calibration))
    let a = try #require(scene.band(.swir1)).open(), b = try #require(folder.band(.swir1)).open()
    #expect(try a.read(a.window).cells.dropFirst() == b.read(b.window).cells.dropFirst())
  }

  @Test("a product without granule, without image, or with a broken document says so")
  func problems() throws {
    let fixture = SafeFixture()
    let path = try fixture.write(in: scratch, images: false)
    let bare = SceneFinder().find([path]).problems.first
    #expect(
      bare?.message
        == "\(path) has metadata and no image; fetch the whole product, or give the folder that it is in")
    try scratch.truncate("\(fixture.name)/\(fixture.granule)/MTD_TL.xml", to: 0.5)
    let broken = Sentinel2Reader.read(path).problems.first
    #expect(broken?.kind == .badMetadata && broken?.message.contains("is no whole XML document") == true)
    try FileManager.default.removeItem(atPath: "\(path)/GRANULE")
    let empty = Sentinel2Reader.read(path).problems.first
    #expect(
      empty?.message
        == "\(path) has no granule: its folder GRANULE is absent or empty; fetch the product again")
  }

  @Test("a Sentinel-1 product is named as what it is")
  func radar() {
    scratch.write("S1A_IW_GRDH_1SDV_20200301T083237.SAFE/annotation/a.xml", "<product/>")
    let path = scratch["S1A_IW_GRDH_1SDV_20200301T083237.SAFE"]
    #expect(
      SceneFinder().find([scratch.folder]).problems.map(\.message)
        == ["\(path) is a Sentinel-1 product: radar images are not read as scenes yet"])
  }

  @Test("a truncated band is left out and named, and a product of truncated bands is refused")
  func truncated() throws {
    let fixture = SafeFixture(bands: ["B04", "B08"])
    let path = try fixture.write(in: scratch)
    try scratch.truncate("\(fixture.name)/\(fixture.image("B08")).jp2", to: 0.9)
    let found = SceneFinder().find([path])
    #expect(found.scenes.first?.bands.map(\.id) == ["B04"])
    #expect(found.scenes.first?.notices.contains { $0.contains("B08.jp2 is cut off after") } == true)
    try scratch.truncate("\(fixture.name)/\(fixture.image("B04")).jp2", to: 0.6)
    let lost = SceneFinder().find([path])
    #expect(lost.scenes.isEmpty && lost.problems.map(\.kind) == [.damaged])
  }
}

/// Real metadata of products of five processing baselines.
@Suite("Sentinel-2 metadata of real products")
struct RealSentinel2Tests {
  static let folder = SharedData.file("stac_sentinel2/tests/data-files")?.path

  @Test("each product of the collection is read, or its lack is named", .enabled(if: folder != nil))
  func all() throws {
    let folder = try #require(Self.folder)
    let products = VirtualFile.entries(of: folder).filter { $0.hasSuffix(".SAFE") || $0.hasPrefix("S2A_MSIL2A_2015") }
    #expect(products.count == 12)
    for name in products {
      let found = Sentinel2Reader.read("\(folder)/\(name)")
      if ["S2A_MSIL2A_2018", "S2A_MSIL2A_2015"].contains(where: name.hasPrefix) {
        #expect(found.problems.map(\.kind) == [.noGranule], "\(name)")
        continue
      }
      #expect(found.problems == [], "\(name)")
      let scene = try #require(found.scenes.first, "\(name)")
      let parts = name.replacing("esa_", with: "").split(separator: "_")
      #expect(scene.platform == "Sentinel-2\(parts[0].suffix(1))", "\(name)")
      #expect(scene.level == "\(parts[1].suffix(3))")
      #expect(scene.tile == name.firstMatch(of: /_T([0-9]{2}[A-Z]{3})_/).map { String($0.1) })
      #expect(scene.relativeOrbit == name.firstMatch(of: /_R([0-9]{3})_/).flatMap { Int($0.1) })
      #expect(scene.date.day.filter { $0 != "-" } == parts[2].prefix(8), "\(name)")
      let isNew = (scene.processingBaseline ?? "") >= "04.00"
      #expect(scene.band(.red)?.calibration == .reflectance(scale: 1e-4, offset: isNew ? -0.1 : 0), "\(name)")
      #expect(scene.bands.count == (scene.level == "L1C" ? 13 : 12), "\(name): \(scene.bands.map(\.id))")
      #expect(scene.band(.red)?.resolution == 10)
      #expect(scene.footprint.count >= 4 && scene.grids.map(\.columns) == [10_980, 5_490, 1_830])
      // Of one product most bands have NaN for the mean direction: its data take a corner of the tile.
      let isCorner = name.hasPrefix("S2A_MSIL2A_20230625T234621_N0509_R073_T01WCP_20230626T022158")
      #expect((scene.angles.views.count < 13) == isCorner && scene.angles.sunGrid?.zenith.rows == 23, "\(name)")
      #expect(scene.masks(.detectorFootprint, band: "B04").count == 1, "\(name)")
      #expect(scene.masks(.clouds).count + scene.masks(.cloudsAndSnow).count >= 1)
    }
  }

  @Test("angles of T33XWJ are those in the file, and its grid gives their mean", .enabled(if: folder != nil))
  func angles() throws {
    let path = try #require(Self.folder) + "/S2B_MSIL2A_20220413T150759_N0400_R025_T33XWJ_20220414T082126.SAFE"
    let angles = try #require(Sentinel2Reader.read(path).scenes.first).angles
    #expect(angles.sun == SkyDirection(zenith: 76.5286190227361, azimuth: 246.540424743604))
    let sun = try #require(angles.sunGrid)
    #expect(sun.zenith[0, 0] == 76.3089 && sun.spacing == 5000)
    let middle = try #require(sun.direction(right: 54_900, down: 54_900))
    #expect(abs(middle.zenith - 76.5286) < 0.01 && abs(middle.azimuth - 246.5404) < 0.05)
    #expect(angles.detectors.count == 13 && Set(angles.detectors.map(\.detector)) == [12])
    let view = try #require(angles.detectors.first { $0.band == "B01" })
    #expect(view.grid.zenith[0, 0] == 11.4824 && view.grid.zenith[22, 22].isNaN)
  }
}
