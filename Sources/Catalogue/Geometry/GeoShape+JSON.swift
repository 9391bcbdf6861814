// SPDX-License-Identifier: Apache-2.0
import Parameters

extension GeoShape {
  /// Positions that one geometry may have: more are no footprint and no area to search in.
  package static let positionLimit = 100_000

  /// Reads a GeoJSON geometry of any kind.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-geometry`.
  package init(json: JSONValue) throws(CatalogueError) {
    var reader = GeometryReader()
    try reader.read(json, depth: 0)
    guard !reader.parts.isEmpty else { throw CatalogueError(.badGeometry, "the geometry is empty") }
    parts = reader.parts.flatMap(\.cutAtAntimeridian)
  }
}

/// Collects the parts of a geometry.
private struct GeometryReader {
  var parts: [GeoShape.Part] = []
  private var count = 0

  mutating func read(_ json: JSONValue, depth: Int) throws(CatalogueError) {
    guard let type = json["type"]?.stringValue else { throw problem("a geometry needs a type, such as Polygon") }
    guard depth < 4 else { throw problem("geometry collections are nested too deeply") }
    if type == "GeometryCollection" {
      guard let members = json["geometries"]?.arrayValue else { throw problem("a collection needs geometries") }
      for member in members { try read(member, depth: depth + 1) }
      return
    }
    guard let coordinates = json["coordinates"] else { throw problem("\(type) needs coordinates") }
    switch type {
    case "Point": parts.append(.point(try position(coordinates)))
    case "MultiPoint": for one in try list(coordinates) { parts.append(.point(try position(one))) }
    case "LineString": parts.append(try line(coordinates))
    case "MultiLineString": for one in try list(coordinates) { parts.append(try line(one)) }
    case "Polygon": parts.append(try polygon(coordinates))
    case "MultiPolygon": for one in try list(coordinates) { parts.append(try polygon(one)) }
    default: throw problem("\(type) is no type of geometry")
    }
  }

  private mutating func line(_ json: JSONValue) throws(CatalogueError) -> GeoShape.Part {
    let positions = try positions(json)
    guard positions.count >= 2 else { throw problem("a line needs two positions") }
    return .line(positions)
  }

  private mutating func polygon(_ json: JSONValue) throws(CatalogueError) -> GeoShape.Part {
    var rings: [[GeoPosition]] = []
    for ring in try list(json) {
      var positions = try positions(ring)
      if positions.count > 1, positions.first == positions.last { positions.removeLast() }
      guard positions.count >= 3 else { throw problem("a ring needs at least three different positions") }
      rings.append(positions)
    }
    guard !rings.isEmpty else { throw problem("a polygon needs a ring") }
    return .polygon(rings)
  }

  private mutating func positions(_ json: JSONValue) throws(CatalogueError) -> [GeoPosition] {
    var positions: [GeoPosition] = []
    for one in try list(json) { positions.append(try position(one)) }
    return positions
  }

  private mutating func position(_ json: JSONValue) throws(CatalogueError) -> GeoPosition {
    guard let longitude = json[0]?.doubleValue, let latitude = json[1]?.doubleValue else {
      throw problem("a position is longitude and latitude in degrees, not \(String(json.text(.line).prefix(60)))")
    }
    // A little beyond the edge is what rounding of products gives.
    guard abs(longitude) <= 180.001, abs(latitude) <= 90.001 else {
      throw problem("position \(longitude), \(latitude) lies outside of longitude -180..180 and latitude -90..90")
    }
    count += 1
    guard count <= GeoShape.positionLimit else {
      throw problem("the geometry has more than \(GeoShape.positionLimit) positions; simplify it")
    }
    return GeoPosition(max(-180, min(180, longitude)), max(-90, min(90, latitude)))
  }

  private func list(_ json: JSONValue) throws(CatalogueError) -> [JSONValue] {
    guard let values = json.arrayValue else { throw problem("coordinates must be lists") }
    return values
  }

  private func problem(_ text: String) -> CatalogueError { CatalogueError(.badGeometry, text) }
}

extension GeoShape.Part {
  /// The part itself, or, where it runs across the antimeridian, its pieces on both sides.
  fileprivate var cutAtAntimeridian: [GeoShape.Part] {
    switch self {
    case .point: return [self]
    case .line(let positions):
      guard GeoCut.crosses(positions, isClosed: false) else { return [self] }
      return GeoCut.lines(positions).map { .line($0) }
    case .polygon(let rings):
      guard GeoCut.crosses(rings[0], isClosed: true) else { return [self] }
      return GeoCut.polygons(rings)
    }
  }
}

/// Cutting at the antimeridian.
private enum GeoCut {
  /// Whether the positions run across the antimeridian though they are written without the cut there.
  ///
  /// By RFC 7946 an edge from 179 to -179 runs round the Earth; in documents of products it means two degrees. It is
  /// taken so where the shape is narrow that way and nearly as wide as the Earth the other; boxes of half the
  /// Earth and of the whole keep the meaning of the standard.
  static func crosses(_ positions: [GeoPosition], isClosed: Bool) -> Bool {
    let next = positions.dropFirst() + (isClosed ? positions.prefix(1) : [])
    let longest = zip(positions, next).map { abs($0.longitude - $1.longitude) }.max() ?? 0
    guard longest > 270, longest < 360 else { return false }
    let longitudes = turned(positions).map(\.longitude)
    return (longitudes.max() ?? 0) - (longitudes.min() ?? 0) < 90
  }

  /// Longitudes 0 to 360, in which the part has no long edge.
  private static func turned(_ positions: [GeoPosition]) -> [GeoPosition] {
    positions.map { $0.longitude < 0 ? GeoPosition($0.longitude + 360, $0.latitude) : $0 }
  }

  static func lines(_ positions: [GeoPosition]) -> [[GeoPosition]] {
    let whole = turned(positions)
    var lines: [[GeoPosition]] = [], current = [whole[0]]
    for (from, to) in zip(whole, whole.dropFirst()) {
      if (from.longitude - 180) * (to.longitude - 180) < 0 {
        let middle = crossing(from, to)
        lines.append(current + [middle])
        current = [middle]
      }
      current.append(to)
    }
    lines.append(current)
    return lines.map(turnedBack)
  }

  static func polygons(_ rings: [[GeoPosition]]) -> [GeoShape.Part] {
    [true, false].compactMap { isEast in
      let cut = rings.map { clipped(turned($0), isEast: isEast) }.filter { $0.count >= 3 }.map(turnedBack)
      return cut.isEmpty ? nil : .polygon(cut)
    }
  }

  /// Sutherland and Hodgman's clipping at longitude 180.
  private static func clipped(_ ring: [GeoPosition], isEast: Bool) -> [GeoPosition] {
    func isInside(_ position: GeoPosition) -> Bool { isEast ? position.longitude <= 180 : position.longitude >= 180 }
    var out: [GeoPosition] = []
    for (from, to) in zip(ring, ring.dropFirst() + ring.prefix(1)) {
      if isInside(from) { out.append(from) }
      if (from.longitude - 180) * (to.longitude - 180) < 0 { out.append(crossing(from, to)) }
    }
    return out
  }

  private static func crossing(_ from: GeoPosition, _ to: GeoPosition) -> GeoPosition {
    let share = (180 - from.longitude) / (to.longitude - from.longitude)
    return GeoPosition(180, from.latitude + share * (to.latitude - from.latitude))
  }

  /// Back to -180...180; the antimeridian itself belongs to the side of the rest.
  private static func turnedBack(_ positions: [GeoPosition]) -> [GeoPosition] {
    let isWest = positions.contains { $0.longitude > 180 }
    return isWest ? positions.map { GeoPosition($0.longitude - 360, $0.latitude) } : positions
  }
}
