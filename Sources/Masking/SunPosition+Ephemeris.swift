// SPDX-License-Identifier: Apache-2.0
import Foundation

extension SunPosition {
  /// The sun at a time and place, azimuth from true north, without refraction; nil when it is below the horizon.
  ///
  /// Right to 0.02 degrees from 1950 to 2050: a shadow of 1000 m of height ends within a metre.
  ///
  /// - Parameters:
  ///   - seconds: since 1970-01-01 00:00 UTC.
  ///   - latitude, longitude: degrees.
  ///
  /// Source: the low-precision formulas of the Astronomical Almanac, section C. Checked by: `SunPositionTests`.
  public init?(seconds: Double, latitude: Double, longitude: Double) {
    let degree = Double.pi / 180
    // Days since 2000-01-01 12:00; UTC for UT1, which differs by less than a second.
    let days = (seconds - 946_728_000) / 86_400
    let meanLongitude = 280.460 + 0.985_647_4 * days, anomaly = (357.528 + 0.985_600_3 * days) * degree
    let ecliptic = (meanLongitude + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly)) * degree
    let obliquity = (23.439 - 0.000_000_4 * days) * degree
    let rightAscension = atan2(cos(obliquity) * sin(ecliptic), cos(ecliptic))
    let declination = asin(sin(obliquity) * sin(ecliptic))
    let siderealHours = 18.697_374_558 + 24.065_709_824_419_08 * days
    let hourAngle = (siderealHours * 15 + longitude) * degree - rightAscension
    let phi = latitude * degree
    let up = sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(hourAngle)
    let east = -cos(declination) * sin(hourAngle)
    let north = cos(phi) * sin(declination) - sin(phi) * cos(declination) * cos(hourAngle)
    let elevation = asin(min(1, max(-1, up))) / degree
    guard elevation > 0 else { return nil }
    let turn = atan2(east, north) / degree
    self.init(azimuth: turn < 0 ? turn + 360 : turn, elevation: elevation)
  }
}
