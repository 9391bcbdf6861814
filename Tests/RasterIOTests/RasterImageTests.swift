// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import TestSupport
import Testing

@Suite("Raster image")
struct RasterImageTests {
  let scratch = Scratch()

  @Test("reads a window and gives NaN outside the raster")
  func window() throws {
    let path = scratch.raster("a.vrt", rows: 3, columns: 4, type: "Float32", bands: [counting(3, 4).cells])
    let image = try RasterImage.open(path)
    #expect(image.info.rows == 3 && image.info.columns == 4 && image.info.transform == nil && image.info.crs == nil)
    let part = try image.read(Window(row: -1, column: 2, rows: 3, columns: 4))
    let nan = Float.nan
    #expect(
      same(part, Grid(rows: 3, columns: 4, cells: [nan, nan, nan, nan, 2, 3, nan, nan, 6, 7, nan, nan])))
    #expect(try image.read(Window(row: 9, column: 9, rows: 2, columns: 2)).cells.allSatisfy(\.isNaN))
  }

  @Test(
    "reads every sample type with its nodata as NaN",
    arguments: ["Byte", "UInt16", "Int16", "UInt32", "Int32", "Float32", "Float64"])
  func types(type: String) throws {
    let values = [1, 2, 3, 77, 5, 6]
    func make<T>(_ cells: [T]) -> String {
      scratch.raster(
        "\(type).vrt", rows: 2, columns: 3, type: type, bands: [cells],
        bandHeaders: ["<NoDataValue>77</NoDataValue>"])
    }
    let path =
      switch type {
      case "Byte": make(values.map(UInt8.init))
      case "UInt16": make(values.map(UInt16.init))
      case "Int16": make(values.map(Int16.init))
      case "UInt32": make(values.map(UInt32.init))
      case "Int32": make(values.map(Int32.init))
      case "Float32": make(values.map(Float.init))
      default: make(values.map(Double.init))
      }
    let image = try RasterImage.open(path)
    #expect(image.info.nodata == 77)
    #expect(same(try image.read(image.window), Grid(rows: 2, columns: 3, cells: [1, 2, 3, .nan, 5, 6])))
  }

  @Test("infinities become NaN, and scale and offset are applied only when asked")
  func infinities() throws {
    let path = scratch.raster(
      "i.vrt", rows: 1, columns: 4, type: "Float32", bands: [[1, Float.infinity, -Float.infinity, 4]],
      bandHeaders: ["<Scale>2</Scale><Offset>10</Offset><UnitType>m</UnitType><Description>height</Description>"])
    let image = try RasterImage.open(path)
    #expect(same(try image.read(image.window), Grid(rows: 1, columns: 4, cells: [1, .nan, .nan, 4])))
    #expect(image.info.unit == "m" && image.info.description == "height" && image.info.scale == 2)
    let scaled = try RasterImage.open(path, appliesScale: true)
    #expect(same(try scaled.read(scaled.window), Grid(rows: 1, columns: 4, cells: [12, .nan, .nan, 18])))
  }

  @Test("complex samples give their amplitude and say so")
  func complex() throws {
    let path = scratch.raster("c.vrt", rows: 1, columns: 2, type: "CFloat32", bands: [[Float]([3, 4, 6, -8])])
    let image = try RasterImage.open(path)
    #expect(try image.read(image.window).cells == [5, 10])
    #expect(image.notices == ["c.vrt has complex samples; their amplitude is used"])
  }

  @Test("of a colour image band 1 is used and the notice says which; alpha 0 is missing")
  func colour() throws {
    let colours = ["Red", "Green", "Blue", "Alpha"].map { "<ColorInterp>\($0)</ColorInterp>" }
    let path = scratch.raster(
      "rgb.vrt", rows: 1, columns: 2, type: "Byte", bands: [[10, 20], [30, 40], [50, 60], [255, 0] as [UInt8]],
      bandHeaders: colours)
    let image = try RasterImage.open(path)
    #expect(image.notices == ["rgb.vrt has 4 bands; band 1 (red) is used: choose with --band"])
    #expect(same(try image.read(image.window), Grid(rows: 1, columns: 2, cells: [10, .nan])))
    let green = try RasterImage.open(path, band: 2)
    #expect(green.notices.isEmpty)
    #expect(try green.read(green.window)[0, 0] == 30)
    let error = failure { () throws(RasterError) in try RasterImage.open(path, band: 7) }
    #expect(error?.kind == .noSuchBand)
    #expect(error?.message == "\(path) has 4 bands: there is no band 7; give 1 to 4")
  }

  @Test("a mask band beside the pixels makes them missing")
  func maskBand() throws {
    let mask = scratch.raster("m.vrt", rows: 1, columns: 3, type: "Byte", bands: [[255, 0, 255] as [UInt8]])
    let path = scratch.raster(
      "masked.vrt", rows: 1, columns: 3, type: "UInt16", bands: [[7, 8, 9] as [UInt16]],
      header: """
        <MaskBand><VRTRasterBand dataType="Byte"><SimpleSource><SourceFilename>\(mask)</SourceFilename>
        <SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></MaskBand>
        """)
    let image = try RasterImage.open(path)
    #expect(same(try image.read(image.window), Grid(rows: 1, columns: 3, cells: [7, .nan, 9])))
  }

  @Test("CRS, transform and metadata are read")
  func georeference() throws {
    let path = scratch.raster(
      "g.vrt", rows: 2, columns: 2, type: "Byte", bands: [[1, 2, 3, 4] as [UInt8]],
      header: """
        <SRS>EPSG:32633</SRS><GeoTransform>500000, 10, 0, 5000000, 0, -10</GeoTransform>
        <Metadata><MDI key="TIFFTAG_DATETIME">2020:01:02 03:04:05</MDI></Metadata>
        """)
    let info = try RasterImage.open(path).info
    #expect(info.crs?.code == "EPSG:32633" && info.crs?.isProjected == true && info.crs?.metresPerUnit == 1)
    #expect(info.transform?.pixelSize.width == 10)
    #expect(info.georeference.extent.description == "500000..500020, 4999980..5000000")
    #expect(info.tag("tifftag_datetime") == "2020:01:02 03:04:05")
  }

  @Test("reads from many threads give the same pixels as one")
  func threads() throws {
    let grid = counting(700, 300)
    let path = scratch["t.tif"]
    let writer = try RasterWriter.create(path, RasterLayout(rows: 700, columns: 300))
    try writer.write(grid)
    try writer.finish()
    let image = try RasterImage.open(path)
    let wrong = ManagedCount()
    DispatchQueue.concurrentPerform(iterations: 64) { index in
      let window = Window(row: index * 10 - 20, column: index * 3 - 10, rows: 90, columns: 77)
      let expected = GridSource(grid).read(window)
      if (try? image.read(window)).map({ same($0, expected) }) != true { wrong.add() }
    }
    #expect(wrong.value == 0)
  }

  @Test("levels are the raster and its overviews, and windows of them are read with NaN outside")
  func levels() throws {
    let path = scratch["l.tif"]
    let writer = try RasterWriter.create(path, RasterLayout(rows: 1100, columns: 1500))
    try writer.write(counting(1100, 1500))
    try writer.finish()
    let image = try RasterImage.open(path)
    #expect(image.levels.map(\.rows) == [1100, 550, 275] && image.levels.map(\.columns) == [1500, 750, 375])
    #expect(image.levels[0].blockRows == 512)
    let window = Window(row: 545, column: 740, rows: 10, columns: 20)
    let part = try image.read(window, level: 1)
    // The mean of rows 1098 and 1099, columns 1498 and 1499.
    #expect(part.rows == 10 && part[4, 9] == 1_649_248.5)
    #expect(part[5, 0].isNaN && part[0, 10].isNaN)
    #expect(same(try image.read(window, level: 0), try image.read(window)))
  }

  @Test("block means leave NaN out and do not depend on how the raster is read")
  func decimated() throws {
    var grid = counting(50, 31)
    grid[0, 0] = .nan
    for row in 4..<8 { for column in 4..<8 { grid[row, column] = .nan } }
    let means = try GridSource(grid).readDecimated(factor: 4)
    #expect(means.rows == 13 && means.columns == 8)
    let first = (0..<4).flatMap { r in (0..<4).map { c in grid[r, c] } }.filter { !$0.isNaN }
    #expect(means[0, 0] == first.reduce(0, +) / 15)
    #expect(means[1, 1].isNaN)
    #expect(
      means[12, 7] == (grid[48, 28] + grid[48, 29] + grid[48, 30] + grid[49, 28] + grid[49, 29] + grid[49, 30]) / 6)
    #expect(same(means, grid.blockMeans(factor: 4)))
    #expect(same(try GridSource(grid).readDecimated(factor: 1), grid))
  }

  @Test("a large raster is averaged in parts with the same bits as at once")
  func decimatedParts() throws {
    let grid = Grid(rows: 3000, columns: 5000, cells: (0..<15_000_000).map { Float(($0 &* 7919) % 1013) })
    #expect(same(try GridSource(grid).readDecimated(factor: 7), grid.blockMeans(factor: 7)))
  }

  @Test(
    "a Sentinel-1 pair of real data has its CRS and one band", .enabled(if: seaIce != nil, "needs ../shared/data"))
  func realSeaIce() throws {
    let image = try RasterImage.open(try #require(seaIce).path)
    #expect(image.info.dataType == .float32 && image.info.crs?.isProjected == true)
    #expect(abs((image.info.transform?.pixelSize.width ?? 0) - 100) < 1e-6)
  }

  @Test("a colour JPEG without CRS is read in pixels", .enabled(if: peritoMoreno != nil, "needs ../shared/data"))
  func realJPEG() throws {
    let image = try RasterImage.open(try #require(peritoMoreno).path)
    #expect(image.notices == ["20200101.jpg has 3 bands; band 1 (red) is used: choose with --band"])
    #expect(image.info.crs == nil && image.info.transform == nil)
    #expect(
      try image.read(Window(row: 600, column: 800, rows: 8, columns: 8)).cells.allSatisfy { $0 >= 0 && $0 <= 255 })
  }
}

private let seaIce = SharedData.file(
  "sea_ice_s1/clip_HH_S1B_EW_GRDM_1SDH_20200301T083237_20200301T083346_020496_026D68_5471_adjusted.tif")
private let peritoMoreno = SharedData.file("perito_moreno_s2/20200101.jpg")

/// A count that threads may raise.
final class ManagedCount: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  func add() { lock.withLock { count += 1 } }
  var value: Int { lock.withLock { count } }
}
