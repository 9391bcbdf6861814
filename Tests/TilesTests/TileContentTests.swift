// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("What tiles show of a raster")
struct TileContentTests {
  let scratch = TilesScratch()
  private let centre = tile(longitude: -73.55, latitude: -49.72, zoom: 12).address

  private func utm(side: Int, type: RasterLayout.SampleType = .float32, pixel: Double = 20) throws -> RasterLayout {
    try layout("EPSG:32718", east: 600_000, north: 4_500_000, pixel: pixel, side: side, type: type)
  }

  @Test(
    "values of every cell type come out, and nodata as missing",
    arguments: [
      RasterLayout.SampleType.uint8, .uint16, .int16, .int32, .float32, .float64,
    ])
  func cellTypes(_ type: RasterLayout.SampleType) throws {
    var shape = try utm(side: 900, type: type)
    shape.nodata = 0
    let file = try scratch.raster("t.tif", shape) { _, column in column < 450 ? 42 : .nan }
    let values = try RasterTiles().floatTile(file, centre).values
    let there = values.filter { !$0.isNaN }
    #expect(there.count > 1000 && there.count < values.count && there.allSatisfy { abs($0 - 42) < 1e-5 })
  }

  @Test("gaps keep their shape: a value is there exactly where the nearest pixel has one")
  func gaps() throws {
    let shape = try utm(side: 900)
    func isThere(_ row: Int, _ column: Int) -> Bool { (row / 7 + column / 5) % 3 != 0 }
    let gappy = try scratch.raster("g.tif", shape) { isThere($0, $1) ? 5 : .nan }
    let rows = try scratch.raster("r.tif", shape) { row, _ in Float(row) }
    let columns = try scratch.raster("c.tif", shape) { _, column in Float(column) }
    let tiles = RasterTiles(), address = tile(longitude: -73.55, latitude: -49.72, zoom: 14).address
    let values = try tiles.floatTile(gappy, address).values
    let r = try tiles.floatTile(rows, address).values, c = try tiles.floatTile(columns, address).values
    var wrong = 0
    for index in values.indices where r[index] > 1 && c[index] > 1 && r[index] < 898 && c[index] < 898 {
      // Half-way between two pixels rounding decides.
      let isNearMiddle = [r[index], c[index]].contains { abs($0 - $0.rounded(.down) - 0.5) < 0.02 }
      let expected = isThere(Int(r[index].rounded()), Int(c[index].rounded()))
      if !isNearMiddle, values[index].isNaN == expected { wrong += 1 }
      #expect(values[index].isNaN || abs(values[index] - 5) < 1e-5)
    }
    #expect(wrong == 0)
  }

  @Test("names are picked and never averaged, at any zoom level")
  func categories() throws {
    var shape = try utm(side: 1500, type: .uint8)
    shape.overviews = .nearest
    let written = try scratch.raster("k.tif", shape) { row, column in (row / 3 + column / 3) % 2 == 0 ? 1 : 9 }
    let file = RasterLayerFile(written.path, isCategorical: true)
    for zoom in [8, 10, 12, 14] {
      let address = tile(longitude: -73.5, latitude: -49.72, zoom: zoom).address
      let seen = Set(try RasterTiles().floatTile(file, address).values.filter { !$0.isNaN })
      #expect(seen.isSubset(of: [1, 9]) && !seen.isEmpty)
    }
  }

  @Test("a coarse tile reads a coarse overview: less than a tenth of the raster's bytes")
  func overviews() throws {
    let file = try scratch.raster("o.tif", try utm(side: 2500)) { row, column in Float(row + column) }
    let tiles = RasterTiles()
    let address = tile(longitude: -73.4, latitude: -49.85, zoom: 8).address
    #expect(!(try tiles.floatTile(file, address).isEmpty))
    #expect(tiles.cachedBytes > 0 && tiles.cachedBytes < 2500 * 2500 * 4 / 10)
  }

  @Test("without overviews coarse levels are means: noise of ±1 is below 0.1 where 64 x 64 pixels are one")
  func madeLevels() throws {
    let shape = try layout("EPSG:3857", east: 0, north: 1_000_000, pixel: 100, side: 2048)
    var grid = Grid(rows: 2048, columns: 2048, filledWith: Float(0))
    var state: UInt64 = 7
    for index in grid.cells.indices {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      grid.cells[index] = state >> 63 == 0 ? 99 : 101
    }
    let path = scratch["n.tif"]
    try Self.writeWithoutOverviews(grid, shape, to: path)
    #expect(try RasterImage.open(path).levels.count == 1)
    let values = try RasterTiles().floatTile(
      RasterLayerFile(path), tile(longitude: 0.9, latitude: 8.1, zoom: 4).address
    ).values.filter { !$0.isNaN }
    #expect(values.count > 100)
    #expect(values.allSatisfy { abs($0 - 100) < 0.1 })
  }

  /// A raster of GDAL's raw format, which is written without any help.
  private static func writeWithoutOverviews(_ grid: Grid<Float>, _ shape: RasterLayout, to path: String) throws {
    let raw = path + ".raw"
    try grid.cells.withUnsafeBytes { try Data($0).write(to: URL(filePath: raw)) }
    let t = try #require(shape.transform)
    let text = """
      <VRTDataset rasterXSize="\(grid.columns)" rasterYSize="\(grid.rows)"><SRS>EPSG:3857</SRS>
      <GeoTransform>\(t.originEast), \(t.eastPerColumn), 0, \(t.originNorth), 0, \(t.northPerRow)</GeoTransform>
      <VRTRasterBand dataType="Float32" band="1" subClass="VRTRawRasterBand"><SourceFilename relativeToVRT="1">\
      \(URL(filePath: raw).lastPathComponent)</SourceFilename><ImageOffset>0</ImageOffset><PixelOffset>4</PixelOffset>
      <LineOffset>\(4 * grid.columns)</LineOffset><ByteOrder>LSB</ByteOrder></VRTRasterBand></VRTDataset>
      """
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test("a file that is replaced on the disk is seen at the next tile")
  func replaced() throws {
    let shape = try utm(side: 900), tiles = RasterTiles()
    let file = try scratch.raster("x.tif", shape) { _, _ in 1 }
    #expect(try tiles.floatTile(file, centre).values.contains(1))
    try scratch.raster("x.tif", shape) { _, _ in 2 }
    let after = Set(try tiles.floatTile(file, centre).values.filter { !$0.isNaN })
    #expect(after == [2])
    #expect(try tiles.statistics(of: file).median == 2)
  }

  @Test("blocks take no more than the bytes that they may")
  func bounded() throws {
    let file = try scratch.raster("b.tif", try utm(side: 2500)) { row, column in Float(row + column) }
    let tiles = RasterTiles(cacheBytes: 3 << 20)
    for zoom in 9...14 {
      for step in 0..<6 {
        let address = tile(longitude: -73.58 + 0.1 * Double(step), latitude: -49.8, zoom: zoom).address
        _ = try tiles.floatTile(file, address)
        #expect(tiles.cachedBytes <= 3 << 20)
      }
    }
  }

  @Test("many threads get the same tile")
  func threads() throws {
    let file = try scratch.raster("p.tif", try utm(side: 1500)) { row, column in Float(row * column % 977) }
    let tiles = RasterTiles(cacheBytes: 4 << 20),
      addresses = (0..<4).map {
        tile(longitude: -73.58 + 0.05 * Double($0), latitude: -49.75, zoom: 12).address
      }
    let expected = try addresses.map { try RasterTiles().floatTile(file, $0).bytes }
    let results = try parallelMap(Array(0..<40), threads: 8) {
      try tiles.floatTile(file, addresses[$0 % 4]).bytes == expected[$0 % 4]
    }
    #expect(results.allSatisfy { $0 })
  }

  @Test("an image without a place is shown in its pixels: at its deepest zoom pixel for pixel")
  func pixelPyramid() throws {
    let file = try scratch.raster("i.tif", RasterLayout(rows: 700, columns: 1000)) { Float($0 * 1000 + $1) }
    let tiles = RasterTiles(), description = try tiles.description(of: file)
    #expect(description.matrix == .pixel(rows: 700, columns: 1000) && description.fullZoom == 2)
    let deep = try tiles.floatTile(file, TileAddress(z: 2, x: 1, y: 2))
    #expect(deep.values[0] == 512 * 1000 + 256 && deep.values[256 * 100 + 3] == 612 * 1000 + 259)
    #expect(deep.values[256 * 188].isNaN)
    let top = try tiles.floatTile(file, TileAddress(z: 0, x: 0, y: 0))
    // A pixel of the top tile stands for 4 x 4 of the image.
    #expect(abs(top.values[256 * 10 + 20] - (41.5 * 1000 + 81.5)) < 1)
    #expect(kind { () throws(TilesError) in try tiles.floatTile(file, TileAddress(z: 1, x: 2, y: 0)) } == .noSuchTile)
    #expect(
      kind { () throws(TilesError) in try tiles.floatTile(file, TileAddress(z: 99, x: 0, y: 0)) } == .noSuchTile)
  }

  @Test("what is not there or no raster is said so")
  func wrongFiles() throws {
    let tiles = RasterTiles(), address = TileAddress(z: 0, x: 0, y: 0)
    try "no raster".write(toFile: scratch["text.tif"], atomically: true, encoding: .utf8)
    #expect(
      kind { () throws(TilesError) in try tiles.floatTile(RasterLayerFile(scratch["no.tif"]), address) } == .missing)
    #expect(
      kind { () throws(TilesError) in try tiles.floatTile(RasterLayerFile(scratch["text.tif"]), address) }
        == .unreadable)
  }
}
