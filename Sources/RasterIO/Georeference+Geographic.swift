// SPDX-License-Identifier: Apache-2.0
import Grids

/// A place in longitude and latitude on WGS 84, degrees.
public struct GeographicPoint: Hashable, Sendable, Codable {
  public let longitude, latitude: Double

  public init(longitude: Double, latitude: Double) {
    (self.longitude, self.latitude) = (longitude, latitude)
  }
}

extension Georeference {
  /// The outline in longitude and latitude: an open ring from the upper left corner, counter-clockwise where north is
  /// up; nil without map transform or CRS.
  ///
  /// - Parameter pointsPerSide: points on each side, its first corner included: straight sides of a map are curved in
  ///   degrees.
  /// - Throws: `RasterError` of kind `.noTransformation` when the CRS has no way to longitude and latitude on Earth,
  ///   or a part of the outline has no place there.
  public func geographicOutline(pointsPerSide: Int = 8) throws(RasterError) -> [GeographicPoint]? {
    precondition(pointsPerSide >= 1, "a side needs its corner")
    guard let transform, let crs else { return nil }
    let bottom = Double(rows), right = Double(columns)
    let corners = [(0.0, 0.0), (bottom, 0.0), (bottom, right), (0.0, right)]
    var east: [Double] = [], north: [Double] = []
    for (index, from) in corners.enumerated() {
      let to = corners[(index + 1) % 4]
      for step in 0..<pointsPerSide {
        let share = Double(step) / Double(pointsPerSide)
        let place = transform.coordinate(
          row: from.0 + (to.0 - from.0) * share - 0.5, column: from.1 + (to.1 - from.1) * share - 0.5)
        east.append(place.east)
        north.append(place.north)
      }
    }
    if !crs.isSame(as: .longitudeLatitude) {
      try CoordinateTransformation(from: crs, to: .longitudeLatitude).transform(east: &east, north: &north)
    }
    guard !east.contains(where: \.isNaN) else {
      throw RasterError(
        .noTransformation, "\(name): a part of its outline in \(crs) has no longitude and latitude")
    }
    return zip(east, north).map { GeographicPoint(longitude: $0, latitude: $1) }
  }
}
