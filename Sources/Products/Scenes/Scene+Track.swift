// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Scene {
  /// Where the satellite flew over the ground, degrees clockwise from true north, from the mean orbit of its mission; nil for
  /// plain rasters and where nobody says whether it went north.
  ///
  /// On a sphere, with the turn of the Earth below it: within a degree.
  ///
  /// - Parameter latitude: of the ground, degrees.
  public func trackAzimuth(atLatitude latitude: Double) -> Double? {
    let inclination: Double, orbitsPerDay: Double
    switch mission {
    case .sentinel2: (inclination, orbitsPerDay) = (98.62, 143.0 / 10)
    case .landsat: (inclination, orbitsPerDay) = (98.2, 233.0 / 16)
    case .plain: return nil
    }
    // The day side of Landsat's orbit goes south.
    guard let isAscending = isAscending ?? (mission == .landsat ? false : nil) else { return nil }
    let degree = Double.pi / 180, phi = latitude * degree
    // Beyond the northernmost point of the orbit it flies west.
    let sine = max(-1, min(1, cos(inclination * degree) / cos(phi)))
    let cosine = (1 - sine * sine).squareRoot() * (isAscending ? 1 : -1)
    // The Earth turns once in a sidereal day, 1.0027 times in a day.
    let turn = 1.002_738 * cos(phi) / orbitsPerDay
    let azimuth = atan2(sine - turn, cosine) / degree
    return azimuth < 0 ? azimuth + 360 : azimuth
  }
}
