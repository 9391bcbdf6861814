// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Sudden displacements in a series: when, how much, and how sure; and fast phases, which are not sudden.
///
/// A step may lie between any two neighbouring dates. The one that lowers chi-squared most is taken, if chance in a series
/// without steps (trend, and season where asked for) would do as well in fewer than `falseAlarms` of all series; then the
/// next, all sizes fitted together. O(steps × dates² × terms).
///
/// Each is then tried as a rise over several dates around it. Where a longer rise explains the series better than a step by
/// more than a step's own chance would, the motion was fast for a while and did not jump: it is a phase. So a surge has no steps,
/// nor has a jump that a smooth inversion has drawn out over its knots.
///
/// Errors of the dates should be independent, as those of `NetworkSolver` nearly are.
///
/// Source: likelihood ratio of two phases after Hinkley 1970, Biometrika 57, 1; greedy search as in Williams 2003 for GNSS;
/// significance after Hotelling 1939 and Davies 1987; step against rise after Wilks 1938. Checked by: `StepDetectionTests`.
public struct StepDetection: Hashable, Sendable {
  public struct Parameters: Hashable, Sendable {
    /// Share of series without steps in which one is found.
    public var falseAlarms = 0.04
    /// Share of true steps that are taken for a fast phase where that is tried alone.
    public var lostSteps = 0.01
    /// Chance with which a motion that only bends passes for a step beside the dates around it.
    public var localChance = 0.05
    /// Of steps and phases together.
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

  /// A while in which the motion was faster, or slower, than its trend before and after.
  public struct Phase: Hashable, Sendable {
    /// Days since 1970-01-01, among the dates of the series.
    public let from, to: Double
    /// What the phase adds to the trend's displacement, in the unit of the series.
    public let size, sigma: Double
  }

  /// In the order of time.
  public let steps: [Step]
  public let phases: [Phase]
  /// The trend beside the steps, unit of the series per year, and its sigma.
  public let velocity, velocitySigma: Double
  /// Factor by which the stated sigmas were enlarged, at least 1.
  public let sigmaScale: Double

  /// - Parameter series: displacement, any unit.
  /// - Returns: nil where the dates do not determine trend, season and a step.
  public init?(_ series: DatedSeries, parameters: Parameters = Parameters()) {
    let search = StepSearch(series, hasSeason: parameters.hasSeason && series.span >= daysPerYear)
    guard series.count >= search.terms.count + 4 else { return nil }
    // Steps alone, or with phases where they come: two steps that undo each other would else seem one slow bend.
    let ways = [false, true].map { search.rises(parameters, allowsPhases: $0) }
    guard let better = search.better(ways[0].map(\.rise), ways[1].map(\.rise)) else { return nil }
    let chances = ways[better].map(\.chance)
    let rises = search.settled(ways[better].map(\.rise), lostSteps: parameters.lostSteps)
    guard let fit = search.fit(rises) else { return nil }
    let scale = ErrorScale(fit, isStated: series.sigmas != nil, extraTerms: rises.count)
    let root = scale.factor.squareRoot(), offset = search.terms.count
    // What reaches an end of the series is a change of the trend.
    let bounded = rises.filter { !$0.isStep && $0.first > 0 && $0.last < series.count - 1 }
    var steps: [Step] = [], phases: [Phase] = []
    let inOrder = rises.indices.sorted { (rises[$0].first, rises[$0].last) < (rises[$1].first, rises[$1].last) }
    for chain in StepSearch.chains(inOrder, rises, sizes: fit.coefficients.dropFirst(offset).map { $0 }) {
      let size = chain.reduce(0) { $0 + fit.coefficients[offset + $1] }
      let variance = chain.reduce(0) { sum, i in
        sum + chain.reduce(0) { $0 + fit.covariance[offset + i][offset + $1] }
      }
      let sigma = variance.squareRoot() * root, first = rises[chain[0]], last = rises[chain[chain.count - 1]]
      let from = series.days[first.first], to = series.days[last.last]
      if chain.count > 1 || bounded.contains(first) {
        phases.append(Phase(from: from, to: to, size: size, sigma: sigma))
      } else if first.isStep, !bounded.contains(where: { $0.isBeside(first) }),
        search.standsOut(first, among: rises, chance: parameters.localChance)
      {
        // Within a phase, or beside it, it would be the phase's shape.
        steps.append(Step(after: from, before: to, size: size, sigma: sigma, chance: chances[chain[0]]))
      }
    }
    self.steps = steps.sorted { $0.after < $1.after }
    self.phases = phases.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    (velocity, velocitySigma) = (fit.coefficients[1], fit.sigma(1) * root)
    sigmaScale = series.sigmas == nil ? 1 : root
  }
}
