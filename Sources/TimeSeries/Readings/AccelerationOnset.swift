// SPDX-License-Identifier: Apache-2.0

/// When a motion begins to speed up (or to slow down): steady until a day, with constant acceleration from there on.
///
/// d = c + v t, plus a (t − t0)² / 2 from t0 on, fitted for every t0 of a grid between the third and the third last date. The
/// chance of a line doing as well allows for the search. O(grid × dates).
///
/// Source: two-phase regression after Hinkley 1969, Biometrika 56, 495; significance after Davies 1987.
/// Checked by: `AccelerationOnsetTests`.
public struct AccelerationOnset: Hashable, Sendable {
  /// Most likely onset, days since 1970-01-01; nil where a line explains the motion.
  public let day: Double?
  /// Days of onset within 68 and 95 % of the likelihood, cut at the first and last date; nil without onset.
  public let likely68, likely95: LikelyDays?
  /// Speed before the onset and its sigma, unit of the series per year.
  public let velocity, velocitySigma: Double
  /// Change of speed since the onset and its sigma, unit of the series per year²; NaN without onset.
  public let acceleration, accelerationSigma: Double
  /// Chance of a line seeming to bend as much.
  public let chance: Double
  /// How far the data support a bend against a line, 0 to 1 (Akaike weight).
  public let evidence: Double
  /// Factor by which the stated sigmas were enlarged, at least 1.
  public let sigmaScale: Double

  private static let gridSize = 300
  private static let fewestDates = 8

  /// - Parameters:
  ///   - series: displacement along the motion, any unit.
  ///   - falseAlarms: chance of an onset where the motion is steady.
  /// - Returns: nil for fewer than eight dates.
  public init?(_ series: DatedSeries, falseAlarms: Double = 0.01) {
    guard series.count >= Self.fewestDates, series.span > 0 else { return nil }
    let first = series.days[0], years = series.days.map { ($0 - first) / daysPerYear }
    let ones = years.map { _ in 1.0 }
    func bend(_ day: Double) -> [Double] {
      series.days.map { $0 > day ? 0.5 * (($0 - day) / daysPerYear) * (($0 - day) / daysPerYear) : 0 }
    }
    func fit(_ day: Double) -> WeightedFit? {
      WeightedFit([ones, years, bend(day)], values: series.values, sigmas: series.sigmas)
    }
    guard let line = WeightedFit([ones, years], values: series.values, sigmas: series.sigmas) else { return nil }
    let from = series.days[2], to = series.days[series.count - 3]
    let places = (0..<Self.gridSize).map { from + (to - from) * Double($0) / Double(Self.gridSize - 1) }
    let (profile, path) = LikelihoodProfile.search(places, beside: line, sigmas: series.sigmas, term: bend)
    guard let best = fit(profile.bestPlace) else { return nil }
    let scale = ErrorScale(best, isStated: series.sigmas != nil, extraTerms: 1)
    let gain = max(0, line.chiSquared - best.chiSquared) / scale.factor
    chance = TailProbability.ofLargest(
      gain.squareRoot(), freedom: scale.freedom, pathLength: path, places: Self.gridSize)
    evidence = AkaikeWeights.of([(line.chiSquared, 2), (best.chiSquared, 4)], count: series.count, scale: scale)[1]
    sigmaScale = series.sigmas == nil ? 1 : scale.factor.squareRoot()
    let isFound = chance <= falseAlarms
    let used = isFound ? best : line, root = scale.factor.squareRoot()
    func likely(_ probability: Double) -> LikelyDays {
      let ends = profile.interval(within: LikelihoodProfile.rise(probability: probability, scale))
      return LikelyDays(from: ends.from ?? first, to: ends.to ?? series.days[series.count - 1])
    }
    day = isFound ? profile.bestPlace : nil
    likely68 = isFound ? likely(0.683) : nil
    likely95 = isFound ? likely(0.95) : nil
    (velocity, velocitySigma) = (used.coefficients[1], used.sigma(1) * root)
    acceleration = isFound ? best.coefficients[2] : .nan
    accelerationSigma = isFound ? best.sigma(2) * root : .nan
  }
}
