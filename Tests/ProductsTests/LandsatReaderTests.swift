// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO
import TestSupport
import Testing

/// A small Landsat 8 product of level 1 with the red, the panchromatic and a thermal band.
enum LandsatFixture {
  static let id = "LC08_L1TP_005009_20150710_20200908_02_T1"

  static func write(in scratch: Scratch) throws -> String {
    for band in ["B4", "B8", "B10"] { try scratch.tiff("\(id)_\(band).TIF", numbers(8, 8), side: 30) }
    try scratch.tiff("\(id)_QA_PIXEL.TIF", numbers(8, 8), side: 30)
    return scratch.write("\(id)_MTL.txt", text)
  }

  static let text = """
    GROUP = LANDSAT_METADATA_FILE
      GROUP = PRODUCT_CONTENTS
        LANDSAT_PRODUCT_ID = "\(id)"
        PROCESSING_LEVEL = "L1TP"
        FILE_NAME_BAND_4 = "\(id)_B4.TIF"
        FILE_NAME_BAND_8 = "\(id)_B8.TIF"
        FILE_NAME_BAND_10 = "\(id)_B10.TIF"
        FILE_NAME_QUALITY_L1_PIXEL = "\(id)_QA_PIXEL.TIF"
        FILE_NAME_ANGLE_SOLAR_ZENITH_BAND_4 = "\(id)_SZA.TIF"
      END_GROUP = PRODUCT_CONTENTS
      GROUP = IMAGE_ATTRIBUTES
        SPACECRAFT_ID = "LANDSAT_8"
        SENSOR_ID = "OLI_TIRS"
        WRS_PATH = 5
        WRS_ROW = 9
        DATE_ACQUIRED = 2015-07-10
        SCENE_CENTER_TIME = "14:34:35.9783990Z"
        CLOUD_COVER = 54.65
        ROLL_ANGLE = -0.001
        SUN_AZIMUTH = -177.5
        SUN_ELEVATION = 30.0
      END_GROUP = IMAGE_ATTRIBUTES
      GROUP = PROJECTION_ATTRIBUTES
        MAP_PROJECTION = "UTM"
        UTM_ZONE = 33
        GRID_CELL_SIZE_PANCHROMATIC = 15.00
        GRID_CELL_SIZE_REFLECTIVE = 30.00
        GRID_CELL_SIZE_THERMAL = 30.00
        PANCHROMATIC_LINES = 15
        PANCHROMATIC_SAMPLES = 15
        REFLECTIVE_LINES = 8
        REFLECTIVE_SAMPLES = 8
        THERMAL_LINES = 8
        THERMAL_SAMPLES = 8
        CORNER_UL_PROJECTION_X_PRODUCT = 499995.000
        CORNER_UL_PROJECTION_Y_PRODUCT = 8900025.000
      END_GROUP = PROJECTION_ATTRIBUTES
      GROUP = LEVEL1_RADIOMETRIC_RESCALING
        RADIANCE_MULT_BAND_10 = 3.3420E-04
        RADIANCE_ADD_BAND_10 = 0.10000
        REFLECTANCE_MULT_BAND_4 = 2.0000E-05
        REFLECTANCE_ADD_BAND_4 = -0.100000
      END_GROUP = LEVEL1_RADIOMETRIC_RESCALING
      GROUP = LEVEL1_THERMAL_CONSTANTS
        K1_CONSTANT_BAND_10 = 774.8853
        K2_CONSTANT_BAND_10 = 1321.0789
      END_GROUP = LEVEL1_THERMAL_CONSTANTS
    END_GROUP = LANDSAT_METADATA_FILE
    END
    """
}

@Suite("Landsat products")
struct LandsatReaderTests {
  private let scratch = Scratch()

  @Test("reflectance of level 1 is divided by the sine of the sun's elevation, and thermal bands give kelvin")
  func calibration() throws {
    let scene = try LandsatReader.read(try LandsatFixture.write(in: scratch)).checked()
    let red = try #require(scene.band(.red)).open()
    // (2e-5 x 1009 - 0.1) / sin 30
    #expect(abs(try red.read(red.window)[1, 1] - Float((2e-5 * 1009 - 0.1) / 0.5)) < 1e-6)
    #expect(try red.read(red.window)[0, 0].isNaN)
    let thermal = try #require(scene.band(.thermal1)?.calibration)
    let radiance = 3.342e-4 * 20_000 + 0.1
    #expect(abs(thermal.value(of: 20_000) - 1321.0789 / log(774.8853 / radiance + 1)) < 1e-9)
    #expect(thermal.value(of: 20_000) > 250 && thermal.value(of: 20_000) < 290)
    #expect(scene.band(.panchromatic)?.calibration == nil)
    #expect(scene.notices.contains { $0.hasSuffix("no reflectance can be had of B8") })
  }

  @Test("place, time and angles are read from the text")
  func metadata() throws {
    let scene = try LandsatReader.read(try LandsatFixture.write(in: scratch))
    #expect(scene.id == LandsatFixture.id && scene.platform == "Landsat 8" && scene.level == "L1TP")
    #expect(scene.date.iso8601 == "2015-07-10T14:34:35Z" && scene.tile == "005009" && scene.relativeOrbit == 5)
    #expect(scene.angles.sun == SkyDirection(zenith: 60, azimuth: 182.5) && scene.angles.roll == -0.001)
    #expect(scene.angles.rasters.map(\.quantity) == [.sunZenith])
    #expect(scene.masks(.qualityPixel).count == 1 && scene.cloudCover.map { abs($0 - 0.5465) < 1e-12 } == true)
    let file = try #require(scene.band(.red)).open().image.info
    #expect(scene.grids.map(\.rows) == [15, 8])
    #expect(scene.grids[1].transform == file.transform && scene.grids[1].crs?.code == "EPSG:32633")
    #expect(scene.grids[0].transform?.originEast == 499_987.5)
  }

  @Test("a text that breaks off, a foreign one and one of Collection 1 say what they are")
  func problems() {
    let cut = scratch.write("a_MTL.txt", String(LandsatFixture.text.prefix(700)))
    #expect(failure { () throws(SceneError) in try LandsatReader.read(cut) }?.message.contains("breaks off") == true)
    let old = scratch.write("b_MTL.txt", "GROUP = L1_METADATA_FILE\nEND_GROUP = L1_METADATA_FILE\nEND\n")
    #expect(
      failure { () throws(SceneError) in try LandsatReader.read(old) }?.message
        == "\(old) is of Landsat Collection 1, which is not read; the USGS gives the same scene in Collection 2")
    let foreign = scratch.write("c_MTL.json", "{\"type\": \"Feature\"}")
    #expect(
      failure { () throws(SceneError) in try LandsatReader.read(foreign) }?.message
        == "\(foreign) is no metadata of a Landsat Collection 2 product")
    let undated = scratch.write(
      "d_MTL.txt", LandsatFixture.text.replacing("    DATE_ACQUIRED = 2015-07-10\n", with: ""))
    #expect(failure { () throws(SceneError) in try LandsatReader.read(undated) }?.kind == .noDate)
  }

  @Test("a broken document is replaced by the next of the product, and images of a product are no plain scenes")
  func fallback() throws {
    let text = try LandsatFixture.write(in: scratch)
    scratch.write("\(LandsatFixture.id)_MTL.json", "{\"LANDSAT_METADATA_FILE\": {")
    let found = SceneFinder().find([scratch.folder])
    #expect(found.problems == [] && found.scenes.map(\.path) == [text])
  }
}

/// The error that a block throws.
func failure<Value>(_ body: () throws(SceneError) -> Value) -> SceneError? {
  do throws(SceneError) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

@Suite("Landsat metadata of real products")
struct RealLandsatTests {
  static let folder = SharedData.file("landsat_c2_l2")?.path
  static let stem = "scene/LC08_L2SP_005009_20150710_20200908_02_T2"

  @Test("JSON, text and XML of one product say the same", .enabled(if: folder != nil))
  func forms() throws {
    let folder = try #require(Self.folder)
    let scenes = try ["json", "txt", "xml"].map { try LandsatReader.read("\(folder)/\(Self.stem)_MTL.\($0)") }
    let first = scenes[0]
    for scene in scenes {
      #expect(scene.id == first.id && scene.date == first.date && scene.bands == first.bands)
      #expect(scene.masks == first.masks && scene.angles.sun == first.angles.sun)
      #expect(scene.footprint == first.footprint && scene.footprint.count == 4)
    }
    #expect(first.bands.map(\.id) == ["B1", "B2", "B3", "B4", "B5", "B6", "B7", "ST_B10"])
    #expect(first.band(.red)?.calibration == .reflectance(scale: 2.75e-5, offset: -0.2))
    #expect(first.band(.thermal1)?.calibration == .temperature(scale: 0.00341802, offset: 149))
    #expect(first.masks.map(\.kind) == [.qualityPixel, .saturation, .aerosol])
  }

  @Test(
    "the grid of the metadata covers what the images cover, and reflectance is plausible", .enabled(if: folder != nil)
  )
  func scene() throws {
    let found = SceneFinder().find([try #require(Self.folder) + "/scene"])
    #expect(found.problems == [])
    let scene = try #require(found.scenes.first)
    #expect(found.scenes.count == 1 && scene.bands.count == 8)
    let red = try #require(scene.band(.red)).open(), extent = red.image.info.georeference.extent
    let stated = try #require(scene.grids.first).extent
    // The images are overviews of 512 pixels.
    #expect(abs(extent.west - stated.west) < 1 && abs(extent.north - stated.north) < 1, "\(extent) \(stated)")
    #expect(abs(extent.east - stated.east) < 600 && abs(extent.south - stated.south) < 600)
    let values = try red.read(red.window).cells.filter { !$0.isNaN }.sorted()
    #expect(values.count > 50_000 && values[values.count / 2] > 0.01 && values[values.count / 2] < 1.2)
  }

  @Test("Landsat 1 to 9 are read, bands by what they see", .enabled(if: folder != nil))
  func satellites() throws {
    let folder = try #require(Self.folder)
    var read: Set<String> = []
    for part in ["metadata_mss", "metadata_tm", "metadata_etm", "metadata_oli-tirs"] {
      for name in VirtualFile.entries(of: "\(folder)/\(part)") where name.hasSuffix("_MTL.xml") {
        let scene = try LandsatReader.read("\(folder)/\(part)/\(name)")
        #expect(scene.id == name.replacing("_MTL.xml", with: ""))
        #expect(scene.date.day.filter { $0 != "-" } == name.split(separator: "_")[3], "\(name)")
        #expect(scene.tile == String(name.split(separator: "_")[2]), "\(name)")
        // One was taken at night, and of one the metadata give NULL for a band.
        let isNight = (scene.angles.sun?.zenith ?? 0) >= 90
        #expect(isNight == name.hasPrefix("LM01_L1GS_005037"))
        for band in [BandName.green, .red, .nir] {
          let isUnknown = isNight || (band == .green && name.hasPrefix("LM01_L1GS_007019"))
          #expect((scene.band(band)?.calibration == nil) == isUnknown, "\(name) \(band)")
          #expect(scene.notices.isEmpty != isUnknown || band != .green, "\(scene.notices)")
        }
        #expect((scene.band(.swir1) != nil) == !name.hasPrefix("LM"))
        read.insert(scene.platform ?? "")
      }
    }
    #expect(read == Set([1, 2, 3, 4, 5, 7, 8, 9].map { "Landsat \($0)" }))
  }
}
