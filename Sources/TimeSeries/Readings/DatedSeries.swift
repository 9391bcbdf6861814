// SPDX-License-Identifier: Apache-2.0
import Grids

/// Values of one quantity at rising days, with their standard deviations: what every reading begins with.
public struct DatedSeries: Hashable, Sendable {
  /// Days since 1970-01-01, rising.
  public let days: [Double]
  /// In the unit of the quantity.
  public let values: [Double]
  /// Standard deviations in the same unit, all above 0; nil where none are known.
  public let sigmas: [Double]?

  /// Leaves out dates without a value or without a sigma.
  ///
  /// A sigma of 0 counts as the median of the others: the first date of a cumulative series has none by definition, its
  /// error is in all the rest.
  ///
  /// - Throws: `TimeSeriesError.badSeries` for columns of different lengths, days that do not rise and negative sigmas.
  public init(days: [Double], values: [Double], sigmas: [Double]? = nil) throws {
    guard days.count == values.count, (sigmas?.count ?? days.count) == days.count else {
      throw TimeSeriesError(
        .badSeries,
        "a series has \(days.count) days, \(values.count) values and \(sigmas?.count ?? days.count) sigmas: "
          + "it needs one of each per date")
    }
    for (index, day) in days.enumerated() where !day.isFinite || (index > 0 && day <= days[index - 1]) {
      throw TimeSeriesError(
        .badSeries,
        "day \(day) since 1970-01-01 (date \(index + 1) of a series) is no number or does not come after the one "
          + "before: sort the dates and keep each once")
    }
    if let bad = sigmas?.first(where: { $0 < 0 }) {
      throw TimeSeriesError(.badSeries, "a series has a standard deviation of \(bad): it can't be negative")
    }
    let kept = days.indices.filter { values[$0].isFinite && (sigmas?[$0].isFinite ?? true) }
    self.days = kept.map { days[$0] }
    self.values = kept.map { values[$0] }
    let typical = median(kept.compactMap { index in sigmas.flatMap { $0[index] > 0 ? $0[index] : nil } })
    // Sigmas that are all 0 say nothing.
    self.sigmas = typical > 0 ? sigmas.map { all in kept.map { all[$0] > 0 ? all[$0] : typical } } : nil
  }

  private init(days: [Double], values: [Double], keptSigmas: [Double]?) {
    (self.days, self.values, sigmas) = (days, values, keptSigmas)
  }

  public var count: Int { days.count }

  /// The dates from one day to another, both included.
  public func between(_ first: Double, _ last: Double) -> DatedSeries {
    let kept = days.indices.filter { days[$0] >= first && days[$0] <= last }
    return DatedSeries(
      days: kept.map { days[$0] }, values: kept.map { values[$0] },
      keptSigmas: sigmas.map { all in kept.map { all[$0] } })
  }

  /// Days from the first date to the last; 0 for fewer than two.
  var span: Double { count > 1 ? days[count - 1] - days[0] : 0 }
}

/// A day that is not known exactly, with the days that the data do not rule out.
public struct LikelyDays: Hashable, Sendable {
  /// First day, days since 1970-01-01.
  public let from: Double
  /// Last day; nil where the data set no end, however far away.
  public let to: Double?

  public init(from: Double, to: Double?) { (self.from, self.to) = (from, to) }

  public func contains(_ day: Double) -> Bool { day >= from && day <= (to ?? .infinity) }
}
