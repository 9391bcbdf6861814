// SPDX-License-Identifier: Apache-2.0
import Catalogue
import Parameters
import Testing

@Suite("Geometries")
struct GeoShapeTests {
  private func shape(_ text: String) throws -> GeoShape { try GeoShape(json: JSONValue(parsing: text)) }

  private func polygon(_ ring: [(Double, Double)], holes: [[(Double, Double)]] = []) -> GeoShape {
    GeoShape([.polygon(([ring] + holes).map { $0.map { GeoPosition($0.0, $0.1) } })])
  }

  private func box(_ west: Double, _ south: Double, _ east: Double, _ north: Double) -> GeoShape {
    GeoShape(GeoBox(west: west, south: south, east: east, north: north))
  }

  @Test("two shapes meet where they overlap, touch, cross or lie in each other, and not where they are apart")
  func meeting() {
    let square = box(0, 0, 10, 10)
    let triangle = polygon([(0, 0), (10, 0), (0, 10)])
    let cases: [(GeoShape, GeoShape, Bool)] = [
      (square, box(5, 5, 15, 15), true), (square, box(2, 2, 3, 3), true), (square, box(10, 10, 11, 11), true),
      (square, box(10.001, 0, 11, 10), false), (triangle, box(8, 8, 9, 9), false), (triangle, box(5, 5, 9, 9), true),
      (square, box(3, -5, 4, 15), true), (square, GeoShape([.point(GeoPosition(10, 5))]), true),
      (triangle, GeoShape([.point(GeoPosition(6, 6))]), false),
      (triangle, GeoShape([.line([GeoPosition(20, 20), GeoPosition(9, 9)])]), false),
      (triangle, GeoShape([.line([GeoPosition(20, 20), GeoPosition(1, 1)])]), true),
    ]
    for (a, b, expected) in cases {
      #expect(a.meets(b) == expected, "\(a) \(b)")
      #expect(b.meets(a) == expected, "\(b) \(a)")
    }
  }

  @Test("what lies in a hole of a polygon does not meet it")
  func hole() {
    let ring = polygon([(0, 0), (10, 0), (10, 10), (0, 10)], holes: [[(2, 2), (8, 2), (8, 8), (2, 8)]])
    #expect(!ring.meets(box(3, 3, 4, 4)))
    #expect(ring.meets(box(1, 1, 3, 3)))
    #expect(!box(1, 1, 9, 9).lies(within: ring))
    #expect(box(0, 0, 1, 10).lies(within: ring))
  }

  @Test("a shape lies within another also where they share a border, and not where a corner or an edge leaves it")
  func within() {
    let bent = polygon([(0, 0), (10, 0), (10, 10), (5, 2), (0, 10)])
    #expect(box(0, 0, 10, 1).lies(within: bent))
    #expect(bent.lies(within: bent))
    #expect(!box(0, 0, 10, 10).lies(within: bent))
    // Both ends in it, the middle not.
    #expect(!GeoShape([.line([GeoPosition(1, 7), GeoPosition(9, 7)])]).lies(within: bent))
    #expect(!box(-1, 0, 1, 1).lies(within: bent))
  }

  @Test("random triangles meet exactly where a dense set of their points does, or nearly touch")
  func random() {
    var state: UInt64 = 7
    func number() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 33) / Double(1 << 31) * 10
    }
    func corners() -> [(Double, Double)] { (0..<3).map { _ in (number(), number()) } }
    for _ in 0..<300 {
      let a = corners(), b = corners()
      let first = polygon(a), second = polygon(b)
      var hasCommonPoint = false
      for i in 0...40 where !hasCommonPoint {
        for j in 0...(40 - i) {
          let u = Double(i) / 40, v = Double(j) / 40, w = 1 - u - v
          let point = GeoPosition(
            u * a[0].0 + v * a[1].0 + w * a[2].0, u * a[0].1 + v * a[1].1 + w * a[2].1)
          if second.contains(point) {
            hasCommonPoint = true
            break
          }
        }
      }
      if hasCommonPoint { #expect(first.meets(second)) }
      #expect(first.meets(second) == second.meets(first))
    }
  }

  @Test("a footprint with an edge from 179 to -179 is cut at the antimeridian into two narrow parts")
  func antimeridian() throws {
    let crossing = try shape(
      #"{"type": "Polygon", "coordinates": [[[179, 60], [-179, 60], [-179, 61], [179, 61], [179, 60]]]}"#)
    #expect(crossing.box == GeoBox(west: 179, south: 60, east: -179, north: 61))
    #expect(crossing.meets(box(179.5, 60.5, 179.6, 60.6)) && crossing.meets(box(-179.6, 60.5, -179.5, 60.6)))
    #expect(!crossing.meets(box(0, 60, 1, 61)))
    #expect(crossing.box?.halves.count == 2)
    let line = try shape(#"{"type": "LineString", "coordinates": [[178, 0], [-178, 4]]}"#)
    #expect(line.meets(box(180, 2, 180, 2)) && !line.meets(box(0, 0, 1, 4)))
  }

  @Test("boxes of half the Earth and of the whole keep their meaning")
  func wide() throws {
    let whole = try shape(
      #"{"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]}"#)
    #expect(whole.box == GeoBox(west: -180, south: -90, east: 180, north: 90))
    #expect(whole.contains(GeoPosition(0, 0)))
    let half = try shape(
      #"{"type": "Polygon", "coordinates": [[[-100, 0], [100, 0], [100, 9], [-100, 9], [-100, 0]]]}"#)
    #expect(half.contains(GeoPosition(0, 5)))
  }

  @Test("boxes are known as such, bow ties and triangles over their corners are not")
  func rectangle() {
    #expect(box(1, 2, 3, 4).rectangle == GeoBox(west: 1, south: 2, east: 3, north: 4))
    #expect(polygon([(3, 4), (1, 4), (1, 2), (3, 2)]).rectangle == GeoBox(west: 1, south: 2, east: 3, north: 4))
    #expect(polygon([(1, 2), (3, 4), (3, 2), (1, 4)]).rectangle == nil)
    #expect(polygon([(1, 2), (3, 2), (3, 4)]).rectangle == nil)
    #expect(polygon([(1, 2), (3, 2), (3, 4), (1, 3)]).rectangle == nil)
  }

  @Test("the bytes of a shape give the shape back, and broken bytes give none")
  func bytes() throws {
    let all = try shape(
      """
      {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]},
      {"type": "LineString", "coordinates": [[0, 0], [1, 1], [2, 0]]},
      {"type": "MultiPolygon", "coordinates": [[[[0, 0], [9, 0], [9, 9], [0, 0]], [[5, 1], [6, 1], [6, 2], [5, 1]]]]}]}
      """)
    #expect(GeoShape(bytes: all.bytes) == all)
    #expect(GeoShape(bytes: Array(all.bytes.dropLast())) == nil)
    #expect(GeoShape(bytes: [2, 0, 0, 0, 255, 255, 255, 255]) == nil)
  }

  @Test(
    "what is no geometry is refused with a reason",
    arguments: [
      (#"{"type": "Circle", "coordinates": [0, 0]}"#, "Circle is no type of geometry"),
      (#"{"type": "Point"}"#, "Point needs coordinates"),
      (#"{"type": "Point", "coordinates": [200, 0]}"#, "position 200.0, 0.0 lies outside"),
      (#"{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}"#, "at least three different positions"),
      (#"{"type": "LineString", "coordinates": [[0, "a"]]}"#, "a position is longitude and latitude"),
      (#"{"type": "GeometryCollection", "geometries": []}"#, "the geometry is empty"),
      ("[]", "a geometry needs a type"),
    ])
  func refused(text: String, reason: String) {
    let error = catalogueError { try shape(text) }
    #expect(error?.kind == .badGeometry)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
  }
}
