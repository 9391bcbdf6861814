// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The mean velocity of a calendar year, from a series of displacements.
public struct YearlyMean: Hashable, Sendable {
  public let year: Int
  /// Unit of the series per year.
  public let velocity, sigma: Double
  /// Share of the year between the days that were used, 0 to 1.
  public let share: Double

  /// Mean velocities of all years that are covered well enough.
  ///
  /// Displacement at the end of a year less that at its beginning, read between dates along a straight line. Where the dates
  /// beside New Year are further apart than `longestGap`, the nearest date inside the year is taken and the share falls. The
  /// two errors count as independent; for a smooth motion velocities of intervals (`MotionLayer`) have the better sigma.
  ///
  /// - Parameters:
  ///   - series: displacement; without sigmas the means have none (NaN).
  ///   - smallestShare: years with less are left out: seasons would stand for the whole.
  ///   - longestGap: days.
  ///
  /// Checked by: `SeasonReadingTests`.
  public static func all(in series: DatedSeries, smallestShare: Double = 0.9, longestGap: Double = 60) -> [YearlyMean]
  {
    guard let first = series.days.first, let last = series.days.last, series.count > 1 else { return [] }
    func year(_ day: Double) -> Int { CalendarDate(dayNumber: Int(day.rounded(.down))).year }
    return (year(first)...year(last)).compactMap { year in
      guard let start = CalendarDate(year: year, month: 1, day: 1)?.dayNumber,
        let end = CalendarDate(year: year + 1, month: 1, day: 1)?.dayNumber,
        let from = Edge(series, at: Double(start), longestGap: longestGap, isEnd: false),
        let to = Edge(series, at: Double(end), longestGap: longestGap, isEnd: true), to.day > from.day
      else { return nil }
      let share = (to.day - from.day) / Double(end - start), years = (to.day - from.day) / daysPerYear
      guard share >= smallestShare else { return nil }
      return YearlyMean(
        year: year, velocity: (to.value - from.value) / years,
        sigma: (from.variance + to.variance).squareRoot() / years, share: share)
    }
  }
}

/// Displacement where a year begins or ends.
private struct Edge {
  let day, value, variance: Double

  /// - Returns: nil where no date is on the inner side.
  init?(_ series: DatedSeries, at day: Double, longestGap: Double, isEnd: Bool) {
    if let found = series.value(at: day, longestGap: longestGap) {
      (self.day, value, variance) = (day, found.value, found.variance)
      return
    }
    guard let inside = isEnd ? series.days.last(where: { $0 < day }) : series.days.first(where: { $0 > day }),
      let found = series.value(at: inside, longestGap: longestGap)
    else { return nil }
    (self.day, value, variance) = (inside, found.value, found.variance)
  }
}
