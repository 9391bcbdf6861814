// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The law of tertiary creep, and polynomials beside it, fitted to one series. Times count from the last date in units of
/// the series' length.
struct FailureLaw {
  let series: DatedSeries
  let hasSlope: Bool
  /// The last date.
  let last: Double
  private let span: Double
  private let times: [Double]

  init(_ series: DatedSeries, hasSlope: Bool) {
    (self.series, self.hasSlope) = (series, hasSlope)
    let end = series.days.last ?? 0, span = max(series.span, .leastNormalMagnitude)
    (last, self.span) = (end, span)
    times = series.days.map { ($0 - end) / span }
  }

  func polynomial(_ order: Int) -> WeightedFit? {
    WeightedFit(
      (0...order).map { power in times.map { pow($0, Double(power)) } }, values: series.values, sigmas: series.sigmas)
  }

  /// - Parameter behind: days from the last date to the failure.
  func fit(behind: Double) -> WeightedFit? {
    let columns = [times.map { _ in 1.0 }] + (hasSlope ? [times] : []) + [logarithm(behind)]
    return WeightedFit(columns, values: series.values, sigmas: series.sigmas)
  }

  private func logarithm(_ behind: Double) -> [Double] { times.map { -log(behind / span - $0) } }

  /// Over the logarithm of the days behind the last date, from a twentieth of the usual step between dates on; with the
  /// length of the curve that the law draws.
  func profile(horizon: Double, count: Int) -> (profile: LikelihoodProfile, pathLength: Double)? {
    let first = log(0.05 * span / Double(series.count)), end = log(horizon * span)
    let places = (0..<count).map { first + (end - first) * Double($0) / Double(count - 1) }
    guard let base = polynomial(hasSlope ? 1 : 0) else { return nil }
    return LikelihoodProfile.search(places, beside: base, sigmas: series.sigmas) { logarithm(exp($0)) }
  }

  /// Whether the fitted motion goes faster at the last date than at the first, in the same direction.
  func speedsUp(_ fit: WeightedFit?, behind: Double) -> Bool {
    guard let fit, let amplitude = fit.coefficients.last else { return false }
    let slope = hasSlope ? fit.coefficients[1] : 0
    let speeds = (slope + amplitude / (behind / span + 1), slope + amplitude / (behind / span))
    return abs(speeds.1) > abs(speeds.0) && amplitude * speeds.1 > 0
  }

  /// Days of failure that this probability of the likelihood holds.
  func likely(_ probability: Double, _ profile: LikelihoodProfile, _ scale: ErrorScale) -> LikelyDays {
    let ends = profile.interval(within: LikelihoodProfile.rise(probability: probability, scale))
    return LikelyDays(from: last + (ends.from.map { exp($0) } ?? 0), to: ends.to.map { last + exp($0) })
  }

  /// The fit in the units of the series and days since 1970-01-01.
  func described(_ fit: WeightedFit) -> (amplitude: Double, slope: Double, constant: Double) {
    let amplitude = fit.coefficients[fit.coefficients.count - 1], slope = hasSlope ? fit.coefficients[1] / span : 0
    return (amplitude, slope, fit.coefficients[0] + amplitude * log(span) - slope * last)
  }
}
