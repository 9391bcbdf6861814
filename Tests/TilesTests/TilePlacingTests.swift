// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

/// A raster in some reference system, and places in it.
struct PlacedRaster: Sendable, CustomTestStringConvertible {
  let crs: String
  let east, north, pixel: Double
  /// Places that lie well inside, degrees.
  let inside: [MapPoint]
  let zooms: [Int]

  var testDescription: String { crs }

  static let all = [
    PlacedRaster(
      crs: "EPSG:32718", east: 600_000, north: 4_500_000, pixel: 40,
      inside: [MapPoint(east: -73.6, north: -49.75), MapPoint(east: -73.35, north: -49.7)], zooms: [9, 11, 13]),
    PlacedRaster(
      crs: "EPSG:3413", east: -200_000, north: -2_200_000, pixel: 500,
      inside: [MapPoint(east: -46, north: 68), MapPoint(east: -48, north: 68.4)], zooms: [4, 7, 10]),
    PlacedRaster(
      crs: "EPSG:4326", east: 6, north: 46.5, pixel: 0.001,
      inside: [MapPoint(east: 6.2, north: 46.2), MapPoint(east: 6.4, north: 46.4)], zooms: [7, 10, 13]),
    PlacedRaster(
      crs: "EPSG:3857", east: 770_000, north: 5_800_000, pixel: 100,
      inside: [MapPoint(east: 7.1, north: 46.0)], zooms: [8, 11]),
    // Across the antimeridian.
    PlacedRaster(
      crs: "EPSG:32601", east: 260_000, north: 7_450_000, pixel: 200,
      inside: [MapPoint(east: 179.3, north: 66.7), MapPoint(east: -179.4, north: 66.7)], zooms: [5, 8, 11]),
    // Around the pole.
    PlacedRaster(
      crs: "EPSG:3031", east: -3_000_000, north: 3_000_000, pixel: 10_000,
      inside: [
        MapPoint(east: 0.3, north: -80), MapPoint(east: 100, north: -75), MapPoint(east: -170, north: -82),
      ], zooms: [3, 5]),
  ]
}

@Suite("Where tiles show a raster")
struct TilePlacingTests {
  let scratch = TilesScratch()

  @Test("pixels of tiles lie where PROJ says, within a tenth of a tile pixel", arguments: PlacedRaster.all)
  func placing(_ raster: PlacedRaster) throws {
    let shape = try layout(raster.crs, east: raster.east, north: raster.north, pixel: raster.pixel, side: 600)
    let rows = try scratch.raster("rows.tif", shape) { row, _ in Float(row) }
    let columns = try scratch.raster("columns.tif", shape) { _, column in Float(column) }
    let tiles = RasterTiles()
    let toRaster = try CoordinateTransformation(from: .longitudeLatitude, to: try CRS(raster.crs))
    let transform = try #require(shape.transform)
    func exact(_ place: MapPoint) throws -> (row: Double, column: Double) {
      var east = [place.east], north = [place.north]
      try toRaster.transform(east: &east, north: &north)
      return transform.position(east: east[0], north: north[0])
    }
    var seen = 0
    for zoom in raster.zooms {
      for inside in raster.inside {
        let address = tile(longitude: inside.east, latitude: inside.north, zoom: zoom).address
        let down = try tiles.floatTile(rows, address), across = try tiles.floatTile(columns, address)
        for row in stride(from: 1, to: 256, by: 17) {
          for column in stride(from: 2, to: 256, by: 13) {
            let here = try exact(place(address, row: Double(row), column: Double(column)))
            let next = try exact(place(address, row: Double(row), column: Double(column) + 1))
            let scale = hypot(next.row - here.row, next.column - here.column)
            let found = (down.values[row * 256 + column], across.values[row * 256 + column])
            // At the rim interpolation ends, and an overview's pixels stand for their middle.
            let margin = 2 + 2 * scale
            guard here.row > margin, here.row < 599 - margin, here.column > margin, here.column < 599 - margin else {
              continue
            }
            seen += 1
            #expect(abs(Double(found.0) - here.row) < 0.1 * scale + 1e-3, "\(address) \(row) \(column)")
            #expect(abs(Double(found.1) - here.column) < 0.1 * scale + 1e-3, "\(address) \(row) \(column)")
          }
        }
      }
    }
    #expect(seen > 200)
  }

  @Test("a tile beside the raster is empty, and one at its rim has values on the raster's side alone")
  func rim() throws {
    let file = try scratch.raster(
      "r.tif", try layout("EPSG:3857", east: 0, north: 100_000, pixel: 100, side: 500)
    ) { _, _ in 7 }
    let tiles = RasterTiles()
    #expect(try tiles.floatTile(file, tile(longitude: -100, latitude: 0.2, zoom: 9).address).isEmpty)
    let west = tile(longitude: 0.1, latitude: 0.7, zoom: 6)
    let both = try tiles.floatTile(file, west.address)
    #expect(!both.isEmpty)
    // The raster is 50 km wide from the meridian on, which is where this tile begins: 20 of its pixels.
    let row = Int(west.row.rounded())
    #expect(both.values[row * 256 + 10] == 7 && both.values[row * 256 + 40].isNaN)
    let whole = try tiles.floatTile(file, TileAddress(z: 0, x: 0, y: 0))
    #expect(whole.values.count { $0 == 7 } <= 1)
  }

  @Test("tiles of 512 pixels show the same ground as those of 256")
  func fineTiles() throws {
    let file = try scratch.raster(
      "f.tif", try layout("EPSG:32718", east: 600_000, north: 4_500_000, pixel: 20, side: 900)
    ) { row, column in Float(row) + Float(column) / 1000 }
    let tiles = RasterTiles(), address = tile(longitude: -73.55, latitude: -49.72, zoom: 12).address
    let coarse = try tiles.floatTile(file, address), fine = try tiles.floatTile(file, address, size: 512)
    #expect(fine.size == 512)
    for row in stride(from: 10, to: 250, by: 20) {
      for column in stride(from: 10, to: 250, by: 20) {
        let at = 2 * row * 512 + 2 * column
        let mean = (fine.values[at] + fine.values[at + 1] + fine.values[at + 512] + fine.values[at + 513]) / 4
        let value = coarse.values[row * 256 + column]
        #expect((mean.isNaN && value.isNaN) || abs(mean - value) < 0.2)
      }
    }
  }

  @Test("bytes of a tile are 32-bit floats, the lowest byte first")
  func bytes() {
    #expect(FloatTile(size: 1, values: [1.5]).bytes == [0, 0, 0xC0, 0x3F])
  }
}
