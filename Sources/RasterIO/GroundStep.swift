// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// What one pixel to the right and one pixel down are on the ground: metres to true east and true north.
///
/// Map units are not ground metres: Web Mercator doubles lengths at 60° latitude, degrees are no lengths at all, and
/// grid north is true north on one meridian only.
public struct GroundStep: Hashable, Sendable, Codable {
  public let rightEast, rightNorth, downEast, downNorth: Double

  /// - Parameters: metres to the east and north by one pixel to the right and by one pixel down.
  public init(rightEast: Double, rightNorth: Double, downEast: Double, downNorth: Double) {
    self.rightEast = rightEast
    self.rightNorth = rightNorth
    self.downEast = downEast
    self.downNorth = downNorth
  }

  /// An offset in pixels as metres on the ground.
  public func displacement(dx: Double, dy: Double) -> (east: Double, north: Double) {
    (dx * rightEast + dy * downEast, dx * rightNorth + dy * downNorth)
  }

  /// Metres on the ground as an offset in pixels.
  public func offset(east: Double, north: Double) -> (dx: Double, dy: Double) {
    let area = rightEast * downNorth - downEast * rightNorth
    return ((east * downNorth - north * downEast) / area, (north * rightEast - east * rightNorth) / area)
  }

  /// Width and height of a pixel on the ground, m.
  public var pixelSize: (width: Double, height: Double) { (hypot(rightEast, rightNorth), hypot(downEast, downNorth)) }
}

extension Georeference {
  /// The ground metres of a pixel's sides at a position, on the WGS 84 ellipsoid; nil without georeference.
  ///
  /// - Parameters:
  ///   - row, column: position, pixel centres at integers.
  /// - Throws: `RasterError` of kind `.noTransformation` when the CRS has no way to longitude and latitude on Earth.
  public func groundStep(row: Double, column: Double) throws(RasterError) -> GroundStep? {
    guard let transform, let crs else { return nil }
    let places = [
      transform.coordinate(row: row, column: column - 0.5), transform.coordinate(row: row, column: column + 0.5),
      transform.coordinate(row: row - 0.5, column: column), transform.coordinate(row: row + 0.5, column: column),
    ]
    var longitude = places.map(\.east), latitude = places.map(\.north)
    if !crs.isSame(as: .longitudeLatitude) {
      try CoordinateTransformation(from: crs, to: .longitudeLatitude).transform(east: &longitude, north: &latitude)
    }
    let degree = Double.pi / 180
    let middle = (latitude[0] + latitude[1]) / 2 * degree
    // Radii of curvature of the WGS 84 ellipsoid, across the meridian and along it.
    let axis = 6_378_137.0, eccentricity = 0.006_694_379_990_141_3
    let w = 1 - eccentricity * sin(middle) * sin(middle)
    let across = axis / w.squareRoot(), along = axis * (1 - eccentricity) / (w * w.squareRoot())
    func metres(_ from: Int, _ to: Int) -> (east: Double, north: Double) {
      let turn = (longitude[to] - longitude[from]).remainder(dividingBy: 360)
      return (turn * degree * across * cos(middle), (latitude[to] - latitude[from]) * degree * along)
    }
    let right = metres(0, 1), down = metres(2, 3)
    return GroundStep(rightEast: right.east, rightNorth: right.north, downEast: down.east, downNorth: down.north)
  }
}
