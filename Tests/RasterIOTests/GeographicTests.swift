// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Outlines in degrees and summaries of vectors")
struct GeographicTests {
  private let transform = GeoTransform(originEast: 500_000, originNorth: 0, eastPerColumn: 10, northPerRow: -10)

  @Test("an outline begins upper left, goes down first, and lies within 1e-5 degrees on zone 31's meridian")
  func outline() throws {
    let place = Georeference(name: "a", rows: 100, columns: 120, transform: transform, crs: try utm(31))
    let ring = try #require(try place.geographicOutline(pointsPerSide: 2))
    #expect(ring.count == 8)
    #expect(abs(ring[0].longitude - 3) < 1e-5 && abs(ring[0].latitude) < 1e-5)
    // 1000 m to the south at a scale of 0.9996 and 110 574 m a degree.
    #expect(abs(ring[2].longitude - 3) < 1e-5 && abs(ring[2].latitude + 1000 / 0.9996 / 110_574) < 1e-5)
    #expect(ring[1].latitude > ring[2].latitude && ring[1].latitude < ring[0].latitude)
    #expect(ring[4].longitude > 3.01 && abs(ring[4].latitude - ring[2].latitude) < 1e-5)
  }

  @Test("an image without CRS has no outline; one that leaves the Earth is refused by name")
  func noOutline() throws {
    #expect(try Georeference(name: "a", rows: 9, columns: 9, transform: transform).geographicOutline() == nil)
    let far = GeoTransform(originEast: 1e9, originNorth: 1e9, eastPerColumn: 10, northPerRow: -10)
    let place = Georeference(name: "far.tif", rows: 9, columns: 9, transform: far, crs: try utm(31))
    let error = #expect(throws: RasterError.self) { try place.geographicOutline() }
    #expect(error?.kind == .noTransformation)
  }

  @Test("a vector file tells its layer, features, box, CRS and attributes")
  func vector() throws {
    let scratch = Scratch()
    let path = scratch.write(
      "a.geojson",
      """
      {"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"id":1,"name":"a"},"geometry":{"type":"Point","coordinates":[7,46]}},
      {"type":"Feature","properties":{"id":2,"name":"b"},"geometry":{"type":"Point","coordinates":[8,47.5]}}]}
      """)
    let info = try VectorInfo.read(path)
    let layer = try #require(info.layers.first)
    #expect(info.format == "GeoJSON" && info.layers.count == 1)
    #expect(layer.featureCount == 2 && layer.geometry == "Point" && layer.fields == ["id", "name"])
    #expect(layer.extent == Extent(west: 7, south: 46, east: 8, north: 47.5) && layer.crs?.code == "EPSG:4326")
  }

  @Test("a missing file and one that is no vector are refused by name")
  func wrongInput() throws {
    let scratch = Scratch()
    let text = scratch.write("notes.txt", "nothing\n")
    for (path, kind) in [(scratch["none.gpkg"], RasterError.Kind.missing), (text, .unreadable)] {
      let error = #expect(throws: RasterError.self) { try VectorInfo.read(path) }
      #expect(error?.kind == kind && error?.message.contains(path) == true, "\(String(describing: error))")
    }
  }
}
