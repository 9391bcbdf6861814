// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How much faster than on average a motion is in its fastest season, and when.
///
/// From the cosine and sine parts of the east and north velocities (`MotionLayer.season`) along the direction of the mean
/// motion. Errors of east and north, and of cosine and sine, are taken as independent, the direction as exact.
///
/// Source: propagation of errors; bias of a length whose parts have noise after Rice 1945, taken out as in Wardle & Kronberg
/// 1974, Astrophysical Journal 194, 249. Checked by: `SeasonReadingTests`.
public struct SeasonReading: Hashable, Sendable {
  /// Cosine and sine parts of a velocity with their sigmas, m/yr; the angle is 0 on 1970-01-01.
  public struct Parts: Hashable, Sendable {
    public let cosine, sine, cosineSigma, sineSigma: Double

    public init(cosine: Double, sine: Double, cosineSigma: Double, sineSigma: Double) {
      (self.cosine, self.sine, self.cosineSigma, self.sineSigma) = (cosine, sine, cosineSigma, sineSigma)
    }
  }

  /// Largest excess of the velocity along the flow, m/yr: as measured, and without what noise adds to it (0 where noise
  /// alone would do).
  public let measuredAmplitude, amplitude: Double
  public let amplitudeSigma: Double
  /// Day of the year of the (first) largest velocity, 1 on the first of January, and its sigma in days; NaN where the
  /// amplitude is not significant.
  public let dayOfMaximum, daySigma: Double
  /// Chance of such an amplitude where there is no season.
  public let chance: Double
  /// Whether that chance is below 5 %.
  public var isSignificant: Bool { chance < 0.05 }

  /// - Parameters:
  ///   - meanEast: mean velocity, any unit; only its direction counts.
  ///   - harmonic: 1 for the year, 2 for the half year.
  /// - Returns: nil where a number is missing or there is no mean motion.
  public init?(east: Parts, north: Parts, meanEast: Double, meanNorth: Double, harmonic: Int = 1) {
    let speed = hypot(meanEast, meanNorth)
    guard speed > 0, speed.isFinite, harmonic > 0 else { return nil }
    let (e, n) = (meanEast / speed, meanNorth / speed)
    let c = e * east.cosine + n * north.cosine, s = e * east.sine + n * north.sine
    let cVariance = pow(e * east.cosineSigma, 2) + pow(n * north.cosineSigma, 2)
    let sVariance = pow(e * east.sineSigma, 2) + pow(n * north.sineSigma, 2)
    let square = c * c + s * s
    guard square.isFinite, cVariance > 0, sVariance > 0, cVariance.isFinite, sVariance.isFinite else { return nil }
    chance = exp(-(c * c / cVariance + s * s / sVariance) / 2)
    measuredAmplitude = square.squareRoot()
    let along = square > 0 ? (c * c * cVariance + s * s * sVariance) / square : (cVariance + sVariance) / 2
    let across = square > 0 ? (s * s * cVariance + c * c * sVariance) / square : along
    amplitude = max(0, square - across).squareRoot()
    amplitudeSigma = along.squareRoot()
    let isSignificant = chance < 0.05
    let period = daysPerYear / Double(harmonic)
    let turn = atan2(s, c) / (2 * .pi)
    dayOfMaximum = isSignificant ? 1 + (turn - turn.rounded(.down)) * period : .nan
    daySigma = isSignificant ? (across / square).squareRoot() * period / (2 * .pi) : .nan
  }
}
