// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing
import Tiles

@Suite("Readings of rasters")
struct ReadingTests {
  let scratch = TilesScratch()

  private func series(_ count: Int, side: Int = 300) throws -> [RasterLayerFile] {
    let shape = try layout("EPSG:32718", east: 600_000, north: 4_500_000, pixel: 20, side: side)
    return try (0..<count).map { step in
      try scratch.raster("s\(step).tif", shape) { row, column in
        (row, column) == (5, 5) ? .nan : Float(step * 1_000_000 + row * 1000 + column)
      }
    }
  }

  @Test("places in degrees and in pixels give the pixel that they lie in, for all layers in order")
  func values() throws {
    let files = try series(5), tiles = RasterTiles()
    let toDegrees = try CoordinateTransformation(from: try CRS("EPSG:32718"), to: .longitudeLatitude)
    // The middle of row 120, column 77, and a point near its lower right corner.
    var east: [Double] = [600_000 + 1550, 600_000 + 1559], north: [Double] = [4_500_000 - 2410, 4_500_000 - 2419]
    try toDegrees.transform(east: &east, north: &north)
    let degrees = zip(east, north).map { Place.geographic(longitude: $0, latitude: $1) }
    let pixels: [Place] = [.pixel(row: 120.4, column: 76.6), .pixel(row: 5, column: 5), .pixel(row: -3, column: 0)]
    let places = degrees + pixels
    let first = try tiles.values(of: files, at: places), again = try tiles.values(of: files, at: places)
    for values in [first, again] {
      let expected = (0..<5).map { Float($0 * 1_000_000 + 120_077) }
      for place in 0..<3 { #expect(values[place] == expected) }
      #expect(values[3].allSatisfy { $0.isNaN } && values[4].allSatisfy { $0.isNaN })
    }
  }

  @Test("values are the same whether or not the map has the block in its cache")
  func afterTiles() throws {
    let files = try series(1), tiles = RasterTiles()
    let before = try tiles.values(of: files, at: [.pixel(row: 100, column: 200)])
    _ = try tiles.floatTile(files[0], tile(longitude: -73.6, latitude: -49.64, zoom: 14).address)
    #expect(try tiles.values(of: files, at: [.pixel(row: 100, column: 200)]) == before)
  }

  @Test("degrees in an image without a place are refused, and a missing layer is named")
  func wrong() throws {
    let image = try scratch.raster("i.tif", RasterLayout(rows: 20, columns: 20)) { _, _ in 1 }
    let tiles = RasterTiles(), place = Place.geographic(longitude: 1, latitude: 2)
    #expect(kind { () throws(TilesError) in try tiles.values(of: [image], at: [place]) } == .noPlace)
    let missing = RasterLayerFile(scratch["none.tif"])
    #expect(
      kind { () throws(TilesError) in try tiles.values(of: [image, missing], at: [.pixel(row: 1, column: 1)]) }
        == .missing)
  }

  @Test("a profile of a plane is the plane, and its length is that of the ground within a ten-thousandth")
  func profile() throws {
    let shape = try layout("EPSG:32718", east: 600_000, north: 4_500_000, pixel: 20, side: 700)
    let file = try scratch.raster("p.tif", shape) { row, column in Float(2 * row + column) }
    let sigma = try scratch.raster("q.tif", shape) { _, _ in 0.5 }
    let tiles = RasterTiles()
    let transform = try #require(shape.transform), crs = try #require(shape.crs)
    let ends = [(100.0, 50.0), (600.0, 400.0)].map { transform.coordinate(row: $0.0, column: $0.1) }
    let degrees = try crs.longitudeLatitude(of: ends.map { MapPoint(east: $0.east, north: $0.north) })
    let line = degrees.map { Place.geographic(longitude: $0.east, latitude: $0.north) }
    let profile = try tiles.profile(of: file, sigma: sigma, along: line, count: 101)
    #expect(profile.points.count == 101 && profile.distanceUnit == "m")
    let plane = hypot(ends[1].east - ends[0].east, ends[1].north - ends[0].north)
    let last = try #require(profile.points.last)
    // UTM shows lengths a little too small near its middle: its scale there is 0.9997.
    #expect(abs(last.distance * 0.99972 / plane - 1) < 1e-4)
    #expect(abs(profile.points[0].value - 250) < 0.01 && abs(last.value - 1600) < 0.01)
    #expect(abs(profile.points[50].value - 925) < 0.5)
    #expect(profile.points.allSatisfy { $0.sigma == 0.5 })
  }

  @Test("a profile in pixels goes round its corner at even steps")
  func pixelProfile() throws {
    let file = try scratch.raster("c.tif", RasterLayout(rows: 50, columns: 50)) { row, column in
      Float(row * 100 + column)
    }
    let line: [Place] = [.pixel(row: 0, column: 0), .pixel(row: 0, column: 40), .pixel(row: 30, column: 40)]
    let profile = try RasterTiles().profile(of: file, along: line, count: 71)
    #expect(profile.distanceUnit == "px")
    for step in 0...70 {
      let expected = step <= 40 ? Float(step) : Float((step - 40) * 100 + 40)
      #expect(abs(profile.points[step].value - expected) < 0.01 && profile.points[step].sigma.isNaN)
    }
    let tiles = RasterTiles()
    let nowhere: [[Place]] = [
      [], [line[0]], [line[0], line[0]], [line[0], .geographic(longitude: 0, latitude: 0)],
    ]
    for line in nowhere {
      #expect(kind { () throws(TilesError) in try tiles.profile(of: file, along: line) } == .badLine)
    }
    #expect(kind { () throws(TilesError) in try tiles.profile(of: file, along: line, count: 1) } == .badLine)
  }
}
