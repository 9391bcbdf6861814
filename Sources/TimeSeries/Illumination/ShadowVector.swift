// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The sun as shadows see it: as long as the shadow that a metre of height throws on level ground, pointing to the sun.
public struct ShadowVector: Hashable, Sendable {
  /// Metres per metre.
  public let east, north: Double

  /// Lower suns count as this high: shadows without end say nothing about how far features seem to move.
  public static let lowestSun = 5.0

  /// - Parameters:
  ///   - azimuth: degrees clockwise from the north of the axes that motion is measured along.
  ///   - elevation: degrees above the horizon.
  public init(azimuth: Double, elevation: Double) {
    let length = 1 / tan(max(Self.lowestSun, elevation) * .pi / 180)
    east = length * sin(azimuth * .pi / 180)
    north = length * cos(azimuth * .pi / 180)
  }

  var vector: SIMD2<Double> { SIMD2(east, north) }
}

/// Rise of the ground, metres per metre toward east and north; NaN where nobody knows.
public struct GroundRise: Hashable, Sendable {
  public let east, north: Double

  public init(east: Double, north: Double) { (self.east, self.north) = (east, north) }

  public var steepness: Double { (east * east + north * north).squareRoot() }

  /// Ground of the same aspect that is no steeper than `most`.
  func limited(to most: Double) -> SIMD2<Double> {
    let length = steepness
    return length > most ? SIMD2(east, north) * (most / length) : SIMD2(east, north)
  }
}
