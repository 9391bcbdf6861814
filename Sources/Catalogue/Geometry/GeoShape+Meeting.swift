// SPDX-License-Identifier: Apache-2.0

extension GeoShape {
  /// Whether two shapes have a point in common, borders included; exact on the plane but for rounding.
  ///
  /// Cost: O(edges × edges) in the worst case, with boxes of the parts looked at first.
  package func meets(_ other: GeoShape) -> Bool {
    for mine in parts {
      guard let box = GeoShape([mine]).box else { continue }
      for theirs in other.parts {
        guard let their = GeoShape([theirs]).box, box.touches(their) else { continue }
        if mine.meets(theirs) { return true }
      }
    }
    return false
  }

  /// Whether every point of this shape lies in the other, borders included.
  ///
  /// Told by corners and by edges that cross, middle points of the pieces included; a line along a border counts as
  /// in.
  package func lies(within other: GeoShape) -> Bool {
    parts.allSatisfy { part in part.probes(against: other).allSatisfy { other.contains($0) } }
      && !hasHole(of: other)
  }

  /// Whether the point lies in a polygon or on any part.
  package func contains(_ position: GeoPosition) -> Bool {
    parts.contains { $0.meets(.point(position)) }
  }

  /// Whether a hole of the other shape lies in the inside of this one.
  private func hasHole(of other: GeoShape) -> Bool {
    other.parts.contains { part in
      guard case .polygon(let rings) = part else { return false }
      return rings.dropFirst().contains { hole in
        guard let inside = GeoShape.inside(of: hole) else { return false }
        return contains(inside) && !other.contains(inside)
      }
    }
  }

  /// A point in the inside of a ring.
  private static func inside(of ring: [GeoPosition]) -> GeoPosition? {
    for (index, corner) in ring.enumerated() {
      let before = ring[(index + ring.count - 1) % ring.count], after = ring[(index + 1) % ring.count]
      let middle = GeoPosition(
        (before.longitude + corner.longitude + after.longitude) / 3,
        (before.latitude + corner.latitude + after.latitude) / 3)
      if GeoPlane.isInside(middle, ring) { return middle }
    }
    return nil
  }
}

extension GeoBox {
  /// Whether two boxes have a point in common, the antimeridian looked at.
  package func touches(_ other: GeoBox) -> Bool {
    guard south <= other.north && north >= other.south else { return false }
    return halves.contains { a in other.halves.contains { b in a.west <= b.east && a.east >= b.west } }
  }
}

extension GeoShape.Part {
  fileprivate func meets(_ other: GeoShape.Part) -> Bool {
    switch (self, other) {
    case (.point(let a), .point(let b)): a == b
    case (.point(let point), .line(let line)), (.line(let line), .point(let point)):
      zip(line, line.dropFirst()).contains { GeoPlane.isOn(point, $0, $1) }
    case (.point(let point), .polygon(let rings)), (.polygon(let rings), .point(let point)):
      GeoPlane.covers(rings, point)
    case (.line(let a), .line(let b)): GeoPlane.edgesMeet([a], [b], isClosed: (false, false))
    case (.line(let line), .polygon(let rings)), (.polygon(let rings), .line(let line)):
      GeoPlane.covers(rings, line[0]) || GeoPlane.edgesMeet([line], rings, isClosed: (false, true))
    case (.polygon(let a), .polygon(let b)):
      GeoPlane.covers(a, b[0][0]) || GeoPlane.covers(b, a[0][0]) || GeoPlane.edgesMeet(a, b, isClosed: (true, true))
    }
  }

  /// Corners, and middles of the pieces into which the other shape's edges cut each edge.
  fileprivate func probes(against other: GeoShape) -> [GeoPosition] {
    switch self {
    case .point(let position): return [position]
    case .line(let line): return GeoPlane.pieces(line, isClosed: false, cutBy: other)
    case .polygon(let rings): return rings.flatMap { GeoPlane.pieces($0, isClosed: true, cutBy: other) }
    }
  }

  var edges: [(GeoPosition, GeoPosition)] {
    switch self {
    case .point: []
    case .line(let line): GeoPlane.edges(line, isClosed: false)
    case .polygon(let rings): rings.flatMap { GeoPlane.edges($0, isClosed: true) }
    }
  }
}

/// Geometry of points and edges on the plane.
enum GeoPlane {
  static func edges(_ positions: [GeoPosition], isClosed: Bool) -> [(GeoPosition, GeoPosition)] {
    Array(zip(positions, positions.dropFirst() + (isClosed ? positions.prefix(1) : [])))
  }

  /// Whether a polygon covers a point: inside the outer ring and in no hole, or on a border.
  static func covers(_ rings: [[GeoPosition]], _ point: GeoPosition) -> Bool {
    if rings.contains(where: { edges($0, isClosed: true).contains { isOn(point, $0.0, $0.1) } }) { return true }
    return isInside(point, rings[0]) && !rings.dropFirst().contains { isInside(point, $0) }
  }

  /// Counts the edges that a ray to the east crosses.
  static func isInside(_ point: GeoPosition, _ ring: [GeoPosition]) -> Bool {
    var isInside = false
    var last = ring[ring.count - 1]
    for corner in ring {
      if (corner.latitude > point.latitude) != (last.latitude > point.latitude) {
        let share = (point.latitude - corner.latitude) / (last.latitude - corner.latitude)
        if point.longitude < corner.longitude + share * (last.longitude - corner.longitude) { isInside.toggle() }
      }
      last = corner
    }
    return isInside
  }

  static func isOn(_ point: GeoPosition, _ a: GeoPosition, _ b: GeoPosition) -> Bool {
    guard point.longitude >= min(a.longitude, b.longitude), point.longitude <= max(a.longitude, b.longitude),
      point.latitude >= min(a.latitude, b.latitude), point.latitude <= max(a.latitude, b.latitude)
    else { return false }
    // A few units of the last place: middles of edges are rounded.
    let size = abs(b.longitude - a.longitude) + abs(b.latitude - a.latitude) + 1
    return abs(turn(a, b, point)) <= 1e-13 * size * size
  }

  static func edgesMeet(
    _ first: [[GeoPosition]], _ second: [[GeoPosition]], isClosed: (Bool, Bool)
  ) -> Bool {
    let theirs = second.flatMap { edges($0, isClosed: isClosed.1) }
    return first.contains { ring in
      edges(ring, isClosed: isClosed.0).contains { a in theirs.contains { b in meet(a.0, a.1, b.0, b.1) } }
    }
  }

  /// Whether two edges have a point in common.
  static func meet(_ a: GeoPosition, _ b: GeoPosition, _ c: GeoPosition, _ d: GeoPosition) -> Bool {
    guard max(a.longitude, b.longitude) >= min(c.longitude, d.longitude),
      max(c.longitude, d.longitude) >= min(a.longitude, b.longitude),
      max(a.latitude, b.latitude) >= min(c.latitude, d.latitude),
      max(c.latitude, d.latitude) >= min(a.latitude, b.latitude)
    else { return false }
    return turn(a, b, c) * turn(a, b, d) <= 0 && turn(c, d, a) * turn(c, d, b) <= 0
  }

  /// Twice the area of a triangle, positive where the corners turn left.
  static func turn(_ a: GeoPosition, _ b: GeoPosition, _ c: GeoPosition) -> Double {
    (b.longitude - a.longitude) * (c.latitude - a.latitude) - (b.latitude - a.latitude) * (c.longitude - a.longitude)
  }

  /// Corners of a line or ring and the middles of the pieces between what cuts its edges.
  static func pieces(_ positions: [GeoPosition], isClosed: Bool, cutBy other: GeoShape) -> [GeoPosition] {
    let theirs = other.parts.flatMap(\.edges)
    var probes = positions
    for (from, to) in edges(positions, isClosed: isClosed) {
      var cuts = [0.0, 1.0]
      for (c, d) in theirs where meet(from, to, c, d) {
        let start = turn(c, d, from), end = turn(c, d, to)
        if start != end { cuts.append(min(1, max(0, start / (start - end)))) }
      }
      cuts.sort()
      for (low, high) in zip(cuts, cuts.dropFirst()) where high - low > 1e-12 {
        let share = (low + high) / 2
        probes.append(
          GeoPosition(
            from.longitude + share * (to.longitude - from.longitude),
            from.latitude + share * (to.latitude - from.latitude)))
      }
    }
    return probes
  }
}
