// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Sudden displacements in a series: when, how much, and how sure.
///
/// A step may lie between any two neighbouring dates. The one that lowers chi-squared most is taken, if chance in a series
/// without steps (trend, and season where asked for) would do as well in fewer than `falseAlarms` of all series; then the
/// next, all sizes fitted together. O(steps × dates² × terms).
///
/// Errors of the dates should be independent, as those of `NetworkSolver` nearly are; a smooth motion has no steps left.
///
/// Source: likelihood ratio of two phases after Hinkley 1970, Biometrika 57, 1; greedy search as in Williams 2003 for GNSS;
/// significance after Hotelling 1939 and Davies 1987. Checked by: `StepDetectionTests`.
public struct StepDetection: Hashable, Sendable {
  public struct Parameters: Hashable, Sendable {
    /// Share of series without steps in which one is found.
    public var falseAlarms = 0.04
    public var mostSteps = 10
    /// Whether a yearly sine is told apart from steps; only for series of at least a year.
    public var hasSeason = true

    public init() {}
  }

  public struct Step: Hashable, Sendable {
    /// The last date before the step and the first after it, days since 1970-01-01.
    public let after, before: Double
    /// In the unit of the series.
    public let size, sigma: Double
    /// Chance of one as large anywhere in a series without this step.
    public let chance: Double

    /// The middle between its two dates.
    public var day: Double { (after + before) / 2 }
  }

  /// In the order of time.
  public let steps: [Step]
  /// The trend beside the steps, unit of the series per year, and its sigma.
  public let velocity, velocitySigma: Double
  /// Factor by which the stated sigmas were enlarged, at least 1.
  public let sigmaScale: Double

  /// - Parameter series: displacement, any unit.
  /// - Returns: nil where the dates do not determine trend, season and a step.
  public init?(_ series: DatedSeries, parameters: Parameters = Parameters()) {
    let search = StepSearch(series, hasSeason: parameters.hasSeason && series.span >= daysPerYear)
    guard series.count >= search.terms.count + 4 else { return nil }
    var places: [Int] = [], chances: [Int: Double] = [:]
    while places.count < parameters.mostSteps, series.count > search.terms.count + places.count + 4,
      let found = search.best(beside: places), found.chance <= parameters.falseAlarms
    {
      places.append(found.place)
      chances[found.place] = found.chance
    }
    guard let fit = search.fit(places) else { return nil }
    let scale = ErrorScale(fit, isStated: series.sigmas != nil, extraTerms: places.count)
    let root = scale.factor.squareRoot(), offset = search.terms.count
    steps = places.enumerated().map { index, place in
      Step(
        after: series.days[place], before: series.days[place + 1], size: fit.coefficients[offset + index],
        sigma: fit.sigma(offset + index) * root, chance: chances[place] ?? .nan)
    }.sorted { $0.after < $1.after }
    (velocity, velocitySigma) = (fit.coefficients[1], fit.sigma(1) * root)
    sigmaScale = series.sigmas == nil ? 1 : root
  }
}

/// The search for one more step.
private struct StepSearch {
  let series: DatedSeries
  /// Columns of trend and season.
  let terms: [[Double]]

  init(_ series: DatedSeries, hasSeason: Bool) {
    self.series = series
    let first = series.days.first ?? 0
    let years = series.days.map { ($0 - first) / daysPerYear }
    let season = hasSeason ? [years.map { cos(2 * .pi * $0) }, years.map { sin(2 * .pi * $0) }] : []
    terms = [years.map { _ in 1 }, years] + season
  }

  /// A step behind the date of this place.
  func column(_ place: Int) -> [Double] { series.days.indices.map { $0 > place ? 1 : 0 } }

  func fit(_ places: [Int]) -> WeightedFit? {
    WeightedFit(terms + places.map(column), values: series.values, sigmas: series.sigmas)
  }

  /// The step that helps most beside those that are known, and the chance of it.
  func best(beside known: [Int]) -> (place: Int, chance: Double)? {
    guard let base = fit(known) else { return nil }
    var best: (place: Int, gain: Double)?, path = 0.0, count = 0
    var previous: [Double]?
    for place in 0..<series.count - 1 where !known.contains(place) {
      guard let direction = base.direction(of: column(place), sigmas: series.sigmas) else { continue }
      if let previous { path += TailProbability.angle(previous, direction) }
      previous = direction
      count += 1
      let share = dot(direction, base.residuals)
      if share * share > best?.gain ?? 0 { best = (place, share * share) }
    }
    guard let best, let with = fit(known + [best.place]) else { return nil }
    let scale = ErrorScale(with, isStated: series.sigmas != nil, extraTerms: 1)
    let chance = TailProbability.ofLargest(
      (best.gain / scale.factor).squareRoot(), freedom: scale.freedom, pathLength: path, places: count)
    return (best.place, chance)
  }
}
