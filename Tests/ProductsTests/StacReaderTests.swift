// SPDX-License-Identifier: Apache-2.0
import Grids
import Products
import RasterIO
import TestSupport
import Testing

@Suite("STAC items as scenes")
struct StacReaderTests {
  private let scratch = Scratch()

  private func item(_ id: String, _ date: String?, href: String, platform: String = "landsat-8") -> String {
    """
    {"type": "Feature", "stac_version": "1.0.0", "id": "\(id)", "geometry": {"type": "Polygon", "coordinates":
     [[[15, 80], [15, 79], [16, 79], [15, 80]]]}, "properties": {"datetime": \(date.map { "\"\($0)\"" } ?? "null"),
     "platform": "\(platform)", "landsat:wrs_path": "005", "landsat:wrs_row": "009", "landsat:correction": "L2SP",
     "eo:cloud_cover": 12.5, "view:sun_elevation": 30, "view:sun_azimuth": -10},
     "assets": {"red": {"href": "\(href)", "eo:bands": [{"name": "OLI_B4", "common_name": "red"}],
       "raster:bands": [{"scale": 0.0001, "offset": -0.1, "nodata": 0, "spatial_resolution": 10}]},
      "qa_pixel": {"href": "\(href)"}, "thumbnail": {"href": "t.jpg", "roles": ["thumbnail"]}}}
    """
  }

  @Test("a collection of items gives scenes whose pixels can be read; items without a date or an image are problems")
  func collection() throws {
    try scratch.tiff("images/a.tif", numbers(8, 8))
    let path = scratch.write(
      "items.json",
      "{\"type\": \"FeatureCollection\", \"features\": ["
        + [
          item("second", "2020-02-01T10:20:30Z", href: "./images/a.tif"),
          item("first", "2020-01-01T10:20:30Z", href: "images/a.tif"),
          item("dateless", nil, href: "images/a.tif"), item("lost", "2020-03-01T10:20:30Z", href: "images/none.tif"),
        ].joined(separator: ",") + "]}")
    let found = SceneFinder().find([path])
    #expect(found.scenes.map(\.id) == ["first", "second"])
    #expect(found.problems.map(\.kind) == [.noDate, .noImages])
    let scene = try #require(found.scenes.first)
    #expect(scene.mission == .landsat && scene.platform == "Landsat 8" && scene.level == "L2SP")
    #expect(scene.tile == "005009" && scene.relativeOrbit == 5 && scene.cloudCover == 0.125)
    #expect(scene.pass == "landsat-8_2020-01-01_5" && scene.angles.sun == SkyDirection(zenith: 60, azimuth: 350))
    #expect(scene.footprint.count == 3 && scene.masks(.qualityPixel).count == 1)
    let pixels = try #require(scene.band(.red)).open().read(Window(row: 0, column: 0, rows: 1, columns: 2))
    #expect(pixels[0, 0].isNaN && abs(pixels[0, 1] - (0.1001 - 0.1)) < 1e-6)
  }

  @Test("files on the net and in buckets get the names by which GDAL reads them")
  func remote() throws {
    for (href, path) in [
      ("https://example.org/a.tif", "/vsicurl/https://example.org/a.tif"),
      ("s3://bucket/a.tif", "/vsis3/bucket/a.tif"),
      ("file:///data/a.tif", "/data/a.tif"), ("/data/a.tif", "/data/a.tif"),
      ("../a.tif", "\(scratch.folder)/../a.tif"),
    ] {
      let file = scratch.write("one.json", item("one", "2020-01-01T00:00:00Z", href: href))
      #expect(try StacReader.read(file).scenes[0].band(.red)?.path == path)
    }
  }

  @Test("other JSON is refused with a message")
  func notStac() {
    let found = SceneFinder().find([
      scratch.write("other.json", "{\"type\": \"FeatureCollection\", \"features\": []}")
    ])
    #expect(found.problems.first?.kind == .unknown)
    #expect(found.problems.first?.message.contains("is no STAC item and no collection of items") == true)
    #expect(SceneFinder().find([scratch.write("broken.json", "{")]).problems.first?.kind == .badMetadata)
  }

  @Test(
    "an item of other software and the product's own metadata give the same scene",
    .enabled(if: SharedData.file("stac_sentinel2") != nil))
  func agreement() throws {
    let name = "S2B_MSIL2A_20220413T150759_N0400_R025_T33XWJ_20220414T082126.SAFE"
    let folder = try #require(SharedData.file("stac_sentinel2/tests/data-files/\(name)")).path
    let item = try #require(try StacReader.read("\(folder)/expected_output.json").scenes.first)
    let scene = try #require(Sentinel2Reader.read(folder).scenes.first)
    #expect(item.mission == scene.mission && item.platform == scene.platform && item.level == scene.level)
    #expect(item.relativeOrbit == scene.relativeOrbit && item.tile == scene.tile && item.pass == scene.pass)
    #expect(item.isAscending == scene.isAscending && item.processingBaseline == scene.processingBaseline)
    for band in scene.bands {
      let name = try #require(band.name)
      let other = try #require(item.band(name))
      #expect(other.id == band.id && other.resolution == band.resolution && other.missing == band.missing)
      #expect(abs((other.calibration?.value(of: 3000) ?? 9) - (band.calibration?.value(of: 3000) ?? 0)) < 1e-9)
    }
    #expect(item.masks(.sceneClassification).count == 1)
    #expect(ScenePass.grouped([scene, item]).count == 1)
  }
}
