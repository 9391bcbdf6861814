// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters

/// The season of one calendar year: years differ, and a surge is none.
///
/// The velocities of the year and of a quarter before and after it are fitted by a cubic and a yearly sine, so that speeding up
/// and slowing down over the year do not pass for a season (a speed that doubles twice within the year leaves 2 % of itself). A
/// pulse of less than a year can't be told from a season by one year; `typical` of several years leaves it out. O(intervals).
///
/// Source: ours. Checked by: `YearlySeasonTests`.
public struct YearlySeason: Hashable, Sendable {
  public let year: Int
  /// Along the motion, unit of the velocities.
  public let season: SeasonReading
  let parts: SeasonReading.Parts

  private static let fewest = 8, margin = 0.25
  /// Longest interval that resolves a season, years.
  private static let longest = 1 / 6.0

  /// Of all years that are covered but for a tenth by short intervals.
  ///
  /// - Parameters:
  ///   - velocities: means of the intervals; NaN where missing.
  ///   - sigmas: of these; enlarged where the residuals ask for it.
  ///   - intervals: in the order of time.
  public static func all(_ velocities: [Double], sigmas: [Double], over intervals: [DayInterval]) -> [YearlySeason] {
    precondition(
      velocities.count == intervals.count && sigmas.count == intervals.count,
      "each interval has a velocity and a sigma")
    let kept = intervals.indices.filter {
      velocities[$0].isFinite && sigmas[$0] > 0 && sigmas[$0].isFinite && intervals[$0].years <= longest
    }
    guard let first = kept.first, let last = kept.last else { return [] }
    func year(_ day: Double) -> Int { CalendarDate(dayNumber: Int(day.rounded(.down))).year }
    return (year(intervals[first].from)...year(intervals[last].to)).compactMap { year in
      guard let start = CalendarDate(year: year, month: 1, day: 1)?.dayNumber,
        let end = CalendarDate(year: year + 1, month: 1, day: 1)?.dayNumber
      else { return nil }
      let from = Double(start), to = Double(end), edge = margin * daysPerYear
      let covered = kept.reduce(0.0) { $0 + max(0, min(to, intervals[$1].to) - max(from, intervals[$1].from)) }
      let used = kept.filter { intervals[$0].from < to + edge && intervals[$0].to > from - edge }
      guard covered >= 0.9 * (to - from), used.count >= fewest else { return nil }
      return YearlySeason(
        year, used.map { velocities[$0] }, used.map { sigmas[$0] }, used.map { intervals[$0] },
        middle: (from + to) / 2)
    }
  }

  private init?(_ year: Int, _ values: [Double], _ sigmas: [Double], _ spans: [DayInterval], middle: Double) {
    let middles = spans.map { ($0.from + $0.to) / 2 }, times = middles.map { ($0 - middle) / daysPerYear }
    func wave(_ function: (Double) -> Double) -> [Double] {
      zip(middles, spans).map { day, span in
        // What the mean over an interval leaves of a sine.
        let half = .pi * span.years
        return function(2 * .pi * day / daysPerYear) * (half > 0 ? sin(half) / half : 1)
      }
    }
    let trend = (0...3).map { power in times.map { pow($0, Double(power)) } }
    guard let fit = WeightedFit(trend + [wave(cos), wave(sin)], values: values, sigmas: sigmas), fit.freedom > 1
    else {
      return nil
    }
    let root = ErrorScale(fit, isStated: true).factor.squareRoot()
    let parts = SeasonReading.Parts(
      cosine: fit.coefficients[4], sine: fit.coefficients[5], cosineSigma: fit.sigma(4) * root,
      sineSigma: fit.sigma(5) * root)
    guard let season = SeasonReading(alongMotion: parts) else { return nil }
    (self.year, self.season, self.parts) = (year, season, parts)
  }

  /// What most years agree on: medians of their cosine and sine parts, so that a year with a surge has no say.
  ///
  /// - Returns: nil for fewer than four years.
  public static func typical(_ years: [YearlySeason]) -> SeasonReading? {
    guard years.count >= 4 else { return nil }
    func middle(_ values: [Double]) -> (value: Double, sigma: Double) {
      // A median scatters by 1.25 times what a mean does.
      (median(values), 1.2533 * nmad(values) / Double(values.count).squareRoot())
    }
    let cosine = middle(years.map(\.parts.cosine)), sine = middle(years.map(\.parts.sine))
    return SeasonReading(
      alongMotion: .init(
        cosine: cosine.value, sine: sine.value, cosineSigma: cosine.sigma, sineSigma: sine.sigma))
  }
}

extension SeasonReading {
  /// Of a velocity along the motion itself.
  init?(alongMotion parts: Parts) {
    self.init(
      east: parts, north: Parts(cosine: 0, sine: 0, cosineSigma: 0, sineSigma: 0), meanEast: 1, meanNorth: 0)
  }
}
