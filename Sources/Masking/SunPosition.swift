// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Where the sun stands.
public struct SunPosition: Hashable, Sendable {
  /// Degrees clockwise from grid north (geographic north differs by the meridian convergence).
  public let azimuth: Double
  /// Degrees above the horizon, above 0 and up to 90.
  public let elevation: Double

  public init(azimuth: Double, elevation: Double) {
    precondition(elevation > 0 && elevation <= 90, "no sun at an elevation of \(elevation) degrees")
    (self.azimuth, self.elevation) = (azimuth, elevation)
  }

  var azimuthRadians: Double { azimuth * .pi / 180 }
  /// Height per horizontal distance along a ray.
  var rise: Double { tan(elevation * .pi / 180) }

  /// The step in pixels that goes a horizontal metre toward the sun, for a transform in metres.
  func stepPerMetre(_ transform: GeoTransform) -> (rows: Double, columns: Double) {
    let start = transform.coordinate(row: 0, column: 0)
    let end = transform.position(east: start.east + sin(azimuthRadians), north: start.north + cos(azimuthRadians))
    return (end.row, end.column)
  }
}
