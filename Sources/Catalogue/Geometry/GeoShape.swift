// SPDX-License-Identifier: Apache-2.0
import Parameters

/// A position in longitude and latitude, degrees.
package struct GeoPosition: Sendable, Equatable {
  package let longitude, latitude: Double

  package init(_ longitude: Double, _ latitude: Double) {
    (self.longitude, self.latitude) = (longitude, latitude)
  }
}

/// A geometry on the plane of longitude and latitude: the points, lines and polygons of which it consists.
///
/// Longitudes run from -180 to 180. What crosses the antimeridian is cut there (RFC 7946, 3.1.9), by its author or,
/// for narrow shapes with an edge such as 179 to -179, when it is read.
package struct GeoShape: Sendable, Equatable {
  package enum Part: Sendable, Equatable {
    case point(GeoPosition)
    /// At least two positions.
    case line([GeoPosition])
    /// Rings without the repeated last position, the outer one first; each at least three positions.
    case polygon([[GeoPosition]])
  }

  package let parts: [Part]

  package init(_ parts: [Part]) { self.parts = parts }

  /// A box in degrees; across the antimeridian where west is greater than east.
  package init(_ box: GeoBox) { parts = box.halves.map(\.polygon) }

  /// Positions in all parts.
  package var count: Int { positions.count }

  package var positions: [GeoPosition] {
    parts.flatMap { part in
      switch part {
      case .point(let position): [position]
      case .line(let positions): positions
      case .polygon(let rings): rings.flatMap { $0 }
      }
    }
  }

  /// The smallest box; across the antimeridian where parts touch it from both sides. Nil for an empty shape.
  package var box: GeoBox? {
    let boxes = parts.compactMap { GeoShape([$0]).plainBox }
    guard let all = plainBox else { return nil }
    let touchesEast = boxes.contains { $0.east >= 180 }, touchesWest = boxes.contains { $0.west <= -180 }
    guard touchesEast, touchesWest, !boxes.contains(where: { $0.west <= -180 && $0.east >= 180 }) else { return all }
    let east = boxes.filter { $0.west >= 0 }, west = boxes.filter { $0.east <= 0 }
    guard east.count + west.count == boxes.count, let first = east.map(\.west).min(),
      let last = west.map(\.east).max()
    else { return all }
    return GeoBox(west: first, south: all.south, east: last, north: all.north)
  }

  /// The box that the shape is, with sides along the meridians and parallels; nil for any other shape.
  package var rectangle: GeoBox? {
    guard parts.count == 1, case .polygon(let rings) = parts[0], rings.count == 1, rings[0].count == 4,
      let box = plainBox
    else { return nil }
    let corners = rings[0].map { ($0.longitude == box.west, $0.latitude == box.south) }
    let isOnCorners = rings[0].allSatisfy {
      ($0.longitude == box.west || $0.longitude == box.east) && ($0.latitude == box.south || $0.latitude == box.north)
    }
    // Neighbours differ in one coordinate: a bow tie over the same corners is no box.
    let goesAround = corners.indices.allSatisfy { index in
      let next = corners[(index + 1) % 4]
      return (corners[index].0 == next.0) != (corners[index].1 == next.1)
    }
    return isOnCorners && goesAround ? box : nil
  }

  private var plainBox: GeoBox? {
    let all = positions
    guard var west = all.first?.longitude, var south = all.first?.latitude else { return nil }
    var east = west, north = south
    for position in all {
      (west, east) = (min(west, position.longitude), max(east, position.longitude))
      (south, north) = (min(south, position.latitude), max(north, position.latitude))
    }
    return GeoBox(west: west, south: south, east: east, north: north)
  }
}

/// A box in degrees; it runs across the antimeridian where `west` is greater than `east`.
public struct GeoBox: Sendable, Equatable {
  public let west, south, east, north: Double

  public init(west: Double, south: Double, east: Double, north: Double) {
    (self.west, self.south, self.east, self.north) = (west, south, east, north)
  }

  /// From four numbers, or from six of which the heights are ignored.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-search`.
  public init(_ numbers: [Double]) throws(CatalogueError) {
    guard numbers.count == 4 || numbers.count == 6 else {
      throw CatalogueError(.badSearch, "bbox needs 4 or 6 numbers (west, south, east, north), not \(numbers.count)")
    }
    let half = numbers.count / 2
    (west, south, east, north) = (numbers[0], numbers[1], numbers[half], numbers[half + 1])
    let isOnEarth = abs(west) <= 180 && abs(east) <= 180 && abs(south) <= 90 && abs(north) <= 90
    guard numbers.allSatisfy(\.isFinite), isOnEarth else {
      throw CatalogueError(.badSearch, "bbox must lie within -180,-90,180,90 degrees: west, south, east, north")
    }
    guard south <= north, half == 2 || numbers[2] <= numbers[5] else {
      throw CatalogueError(.badSearch, "bbox has its south (\(south)) above its north (\(north)), or its heights so")
    }
  }

  package var crossesAntimeridian: Bool { west > east }

  /// The box itself, or its parts west and east of the antimeridian.
  package var halves: [GeoBox] {
    guard crossesAntimeridian else { return [self] }
    return [
      GeoBox(west: west, south: south, east: 180, north: north),
      GeoBox(west: -180, south: south, east: east, north: north),
    ]
  }

  fileprivate var polygon: GeoShape.Part {
    if west == east && south == north { return .point(GeoPosition(west, south)) }
    return .polygon([
      [
        GeoPosition(west, south), GeoPosition(east, south), GeoPosition(east, north), GeoPosition(west, north),
      ]
    ])
  }

  package var json: JSONValue { .array([west, south, east, north].map(JSONValue.number)) }
}
