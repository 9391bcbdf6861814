// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import RasterIO
import Services
import Testing
import TimeSeries

@Suite("Export under GEP's names")
struct GEPExportTests {
  private let fixture: PublishFixture

  init() throws { fixture = try PublishFixture() }

  @Test("an offset to the east and north is positive in Px1 and negative in Px2: south is positive there")
  func signs() throws {
    // Up in the image, that is to the north.
    let pair = PublishFixture.pair(try PublishFixture.place(), dx: 1.5, dy: -0.5)
    let names = try GEPExport(.mpic, folder: fixture.folder).write(pair)
    #expect(
      names == [
        "Px1_20200101_20200206.tif", "Px2_20200101_20200206.tif", "Correl_20200101_20200206.tif",
        "cloud_masks_assembled_20200101_20200206.tif",
      ])
    #expect(fixture.files == names.sorted())
    #expect(try fixture.raster(names[0])[5, 5] == 1.5)
    #expect(try fixture.raster(names[1])[5, 5] == -0.5)
    #expect(try fixture.raster(names[0])[0, 0].isNaN)
    #expect(try RasterImage.open("\(fixture.folder)/\(names[1])").info.description == "offset, south positive")
  }

  @Test("where rows run to the north, south is up")
  func upsideDown() throws {
    let place = Georeference(
      name: "flipped", rows: 30, columns: 40,
      transform: GeoTransform(originEast: 5e5, originNorth: 5e6, eastPerColumn: 20, northPerRow: 20),
      crs: try CRS("EPSG:32632"))
    let names = try GEPExport(.mpic, folder: fixture.folder).write(PublishFixture.pair(place, dx: 1, dy: -0.5))
    #expect(try fixture.raster(names[1])[5, 5] == 0.5)
  }

  @Test("correlations 0 to 1 are 128 to 255 and missing ones 0; clouds are 255")
  func bytes() throws {
    let coded = [0, 0.5, 1, -1].map { GEPExport.byte(ofCorrelation: $0) }
    #expect(coded == [128, 192, 255, 1])
    let names = try GEPExport(.mpic, folder: fixture.folder).write(
      PublishFixture.pair(try PublishFixture.place(), dx: 1, dy: 1))
    #expect(try fixture.raster(names[2])[3, 3] == 192)
    let clouds = try fixture.raster(names[3])
    #expect(clouds[0, 1] == 255 && clouds[0, 2] == 0 && clouds[0, 0] == 0)
  }

  @Test("a backward pair has the date of its templates first")
  func backward() throws {
    var pair = PublishFixture.pair(try PublishFixture.place(), dx: 1, dy: 1)
    pair.isBackward = true
    #expect(try GEPExport(.mpic, folder: fixture.folder).write(pair)[0] == "Px1_20200206_20200101.tif")
  }

  @Test("ICE and SLIDE: MM names, and a second copy without offsets beyond the filter's limit")
  func motionPairs() throws {
    let pair = PublishFixture.pair(try PublishFixture.place(), dx: 3, dy: 4)
    let export = GEPExport(.motion(tile: "T32TLR"), folder: fixture.folder)
    let names = try export.write(pair, largestOffset: 4.9)
    #expect(
      names == [
        "MM_EW_displ_T32TLR_20200101_vs_20200206_corrected.tif",
        "MM_NS_displ_T32TLR_20200101_vs_20200206_corrected.tif",
        "MM_EW_displ_T32TLR_20200101_vs_20200206_corrected_FILTER_Displmax.tif",
        "MM_NS_displ_T32TLR_20200101_vs_20200206_corrected_FILTER_Displmax.tif",
        "MM_Corr_T32TLR_20200101_vs_20200206.tif",
      ])
    #expect(try fixture.raster(names[1])[2, 2] == 4)
    #expect(try fixture.raster(names[3])[2, 2].isNaN)
    let kept = try export.write(pair, largestOffset: 5.1)
    #expect(try fixture.raster(kept[3])[2, 2] == 4)
  }

  @Test("means of a stack are in metres a day, the north-south velocity of ICE positive to the south")
  func stack() throws {
    let place = try PublishFixture.place()
    let fused = try fused(place, east: 3, north: 2)
    let dates = (first: PublishFixture.scene("2020-01-01"), last: PublishFixture.scene("2020-12-31"))
    let ice = try GEPExport(.motion(tile: "T32TLR"), folder: fixture.folder).write(place, dates: dates, rows: fused)
    #expect(ice.contains("MM_Mean_velocity_NS_T32TLR_20200101_to_20201231.tif"))
    let velocity = { (name: String) in
      try fixture.raster("MM_Mean_velocity_\(name)_T32TLR_20200101_to_20201231.tif")[4, 4]
    }
    // 10 days between the scenes: 0.3 m/d to the east, 0.2 m/d to the north.
    #expect(try abs(velocity("EW") - 0.3) < 1e-6 && abs(velocity("NS") + 0.2) < 1e-6)
    #expect(try abs(velocity("magnitude") - (0.13 as Float).squareRoot()) < 1e-6)
    let mpic = try GEPExport(.mpic, folder: fixture.folder).write(place, dates: dates, rows: fused)
    #expect(
      mpic
        == ["vector_coherence", "mean_displacement", "mean_veloc_ew", "mean_veloc_ns"].map {
          $0 + "_20200101_20201231.tif"
        })
    #expect(try abs(fixture.raster(mpic[3])[4, 4] - 0.2) < 1e-6, "a mean of absolute values")
    #expect(try abs(fixture.raster(mpic[1])[4, 4] - (13 as Float).squareRoot()) < 1e-5)
    #expect(try abs(fixture.raster(mpic[0])[4, 4] - 1) < 1e-6)
  }

  @Test("ETQ: displacements in metres, to the south positive, and the quality of an event")
  func event() throws {
    let place = try PublishFixture.place()
    let dates = (first: PublishFixture.scene("2020-01-01"), last: PublishFixture.scene("2020-12-31"))
    let names = try GEPExport(.event(tile: "T32TLR"), folder: fixture.folder).write(
      place, dates: dates, rows: fused(place, east: 3, north: 4))
    let span = "T32TLR_20200101_to_20201231.tif"
    #expect(
      names
        == ["Mean_displacement_magnitude", "Mean_displacement_EW", "Mean_displacement_NS", "Quality_index"].map {
          "MM_\($0)_\(span)"
        })
    #expect(try names.map { try fixture.raster($0)[4, 4] } == [5, 3, -4, 100])
  }

  /// The fusion of one pair of 10 days that moved everywhere by the same.
  private func fused(_ place: Georeference, east: Float, north: Float) throws -> (Range<Int>) throws -> FusedMotion {
    { rows in
      let shape = Grid(rows: rows.count, columns: place.columns, filledWith: Float(0))
      let layers = PairLayers(
        east: shape.map { _ in east }, north: shape.map { _ in north }, ncc: shape.map { _ in 0.9 })
      let scenes = [0, 10].map { DatedScene(id: "s\($0)", date: CalendarDate(dayNumber: 18_262 + $0)) }
      let network = PairNetwork(scenes: scenes, pairs: [ScenePair(earlier: 0, later: 1, separation: 10)])
      return try PairFusion(network: network, isEvent: true).fuse([layers])
    }
  }
}
