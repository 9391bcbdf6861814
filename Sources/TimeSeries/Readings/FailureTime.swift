// SPDX-License-Identifier: Apache-2.0
import Foundation

/// When an accelerating slope fails, if it goes on as it does: displacement d = c − A ln(tf − t), speed A / (tf − t).
///
/// For every failure time tf of a grid behind the last date the law is fitted to the displacements themselves, not to
/// inverse velocities, whose errors have no mean; the likelihood along the grid gives the interval. A line and a parabola are
/// fitted beside it. Give only the dates since the acceleration began (`AccelerationOnset`). O(grid × dates).
///
/// A motion that has slowed down by the last dates has no failure time, however well the law fits the rest: under the law the
/// last velocity is the fastest.
///
/// Where sigmas are too small for the residuals of every model they are scaled up; errors that resemble their neighbours
/// widen the interval too. The interval says nothing of whether the law goes on to hold.
///
/// Source: Saito 1969 for the law (Voight 1988 with exponent 2 of the rate), Fukuzono 1985 for 1/v; the composition is ours.
/// Checked by: `FailureTimeTests`.
public struct FailureTime: Hashable, Sendable {
  public struct Parameters: Hashable, Sendable {
    /// Whether a steady motion is added to the law, d = c + b t − A ln(tf − t).
    public var includesSteadyMotion = false
    /// How far behind the last date failure is looked for, times the length of the series.
    public var horizon = 100.0
    /// Chance of reporting an acceleration where there is none. Below 0.025 the 95 % interval always ends, and failures that are
    /// found are biased to early ones.
    public var falseAlarms = 0.05
    /// How many of the last intervals the regression of 1/v takes.
    public var inverseVelocityIntervals = 10

    public init() {}
  }

  /// Why there is no failure time.
  public enum Absence: String, Hashable, Sendable {
    case tooFewDates = "too few dates"
    case noAcceleration = "the motion does not accelerate"
    case steadyAcceleration = "the motion accelerates steadily, not towards an end"
    case slowed = "the motion was faster before than it is at the end"
  }

  /// How far the data support each law, together 1 (Akaike weights).
  public struct Evidence: Hashable, Sendable {
    public let line, parabola, failure: Double
  }

  /// The regression of 1/v against time, for comparison.
  public struct InverseVelocity: Hashable, Sendable {
    /// Where the line meets 0, days since 1970-01-01; NaN where 1/v does not fall. Its sigma, days.
    public let day, sigma: Double
    /// Intervals that were used, and those that could not be because they go backwards.
    public let used, leftOut: Int
  }

  /// Most likely failure, days since 1970-01-01; nil where there is none, see `absence`.
  public private(set) var day: Double?
  public private(set) var absence: Absence?
  /// Days of failure within 68 and 95 % of the likelihood; may be open; nil without failure time.
  public private(set) var likely68: LikelyDays?, likely95: LikelyDays?
  /// A and its sigma for the most likely failure time, in the unit of the series; NaN without.
  public private(set) var amplitude = Double.nan, amplitudeSigma = Double.nan
  /// Steady motion b, in the unit of the series per day, and the law's value without its logarithm.
  public private(set) var steadyMotion = Double.nan, constant = Double.nan
  public private(set) var evidence = Evidence(line: .nan, parabola: .nan, failure: .nan)
  public private(set) var inverseVelocity: InverseVelocity?
  /// Factor by which the stated sigmas were enlarged, at least 1.
  public private(set) var sigmaScale = 1.0
  /// Chance of an acceleration as large as this one where there is none.
  public private(set) var chance = Double.nan

  /// The law's displacement, in the unit of the series; NaN without failure time and from the failure on.
  public func displacement(at day: Double) -> Double {
    guard let failure = self.day, day < failure else { return .nan }
    return constant + steadyMotion * day - amplitude * log(failure - day)
  }

  private init() {}

  static let fewestDates = 7
  private static let gridSize = 500
  /// A parabola this many times as likely as the law says that the motion has no end in sight.
  private static let clearEvidence = 20.0
}

// MARK: - Estimation

extension FailureTime {
  /// - Parameter series: displacement along the motion, any unit.
  public init(_ series: DatedSeries, parameters: Parameters = Parameters()) {
    self.init()
    let law = FailureLaw(series, hasSlope: parameters.includesSteadyMotion)
    guard series.count >= Self.fewestDates, let line = law.polynomial(1), let parabola = law.polynomial(2) else {
      absence = .tooFewDates
      return
    }
    inverseVelocity = InverseVelocity(series, intervals: parameters.inverseVelocityIntervals)
    guard let (profile, pathLength) = law.profile(horizon: parameters.horizon, count: Self.gridSize),
      let fit = law.fit(behind: exp(profile.bestPlace))
    else {
      absence = .noAcceleration
      return
    }
    let behind = exp(profile.bestPlace)
    let best = [line, parabola].min { $0.chiSquared < $1.chiSquared }!
    let isLaw = fit.chiSquared < best.chiSquared, isStated = series.sigmas != nil
    let scale = ErrorScale(isLaw ? fit : best, isStated: isStated, extraTerms: isLaw ? 1 : 0)
    let weights = AkaikeWeights.of(
      [(line.chiSquared, 2), (parabola.chiSquared, 3), (fit.chiSquared, fit.coefficients.count + 1)],
      count: series.count, scale: scale)
    evidence = Evidence(line: weights[0], parabola: weights[1], failure: weights[2])
    sigmaScale = isStated ? scale.factor.squareRoot() : 1
    let gain = max(0, line.chiSquared - fit.chiSquared) / scale.factor
    let path = parameters.includesSteadyMotion ? pathLength : 0
    // A motion that slows down fits the law nowhere: half of all chance gains are ruled out.
    chance = TailProbability.ofLargest(gain.squareRoot(), freedom: scale.freedom, pathLength: path, places: .max) / 2
    guard chance <= parameters.falseAlarms, law.speedsUp(fit, behind: behind) else {
      absence = .noAcceleration
      return
    }
    guard weights[1] <= Self.clearEvidence * weights[2] else {
      absence = .steadyAcceleration
      return
    }
    guard !series.hasSlowed else {
      absence = .slowed
      return
    }
    day = law.last + behind
    (likely68, likely95) = (law.likely(0.683, profile, scale), law.likely(0.95, profile, scale))
    (amplitude, steadyMotion, constant) = law.described(fit)
    amplitudeSigma = fit.sigma(fit.coefficients.count - 1) * scale.factor.squareRoot()
  }
}

extension FailureTime.InverseVelocity {
  /// Unweighted, of the speeds between neighbouring dates at their middles, as it is commonly done.
  init?(_ series: DatedSeries, intervals: Int) {
    guard series.count > 3 else { return nil }
    let first = max(0, series.count - 1 - intervals)
    let direction = series.values[series.count - 1] >= series.values[first] ? 1.0 : -1
    var middles: [Double] = [], inverses: [Double] = []
    for index in first..<series.count - 1 {
      let gain = direction * (series.values[index + 1] - series.values[index])
      guard gain > 0 else { continue }
      middles.append((series.days[index] + series.days[index + 1]) / 2)
      inverses.append((series.days[index + 1] - series.days[index]) / gain)
    }
    let used = middles.count, leftOut = series.count - 1 - first - used
    let last = series.days[series.count - 1]
    let times = middles.map { $0 - last }
    guard used >= 3, let fit = WeightedFit([times.map { _ in 1 }, times], values: inverses, sigmas: nil) else {
      return nil
    }
    let (a, b) = (fit.coefficients[0], fit.coefficients[1])
    let zero = -a / b, scatter = fit.chiSquared / Double(max(1, fit.freedom))
    let v = fit.covariance
    let variance = (v[0][0] + 2 * zero * v[0][1] + zero * zero * v[1][1]) / (b * b) * scatter
    self.init(
      day: b < 0 ? last + zero : .nan, sigma: b < 0 ? max(0, variance).squareRoot() : .nan, used: used,
      leftOut: leftOut)
  }
}
