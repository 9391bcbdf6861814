// SPDX-License-Identifier: Apache-2.0

/// A quantity with one value a day: rain, snow, temperature.
public struct DailyRecord: Hashable, Sendable {
  /// Days since 1970-01-01.
  public let firstDay: Int
  /// One for each day from the first on; NaN where missing.
  public let values: [Double]

  public init(firstDay: Int, values: [Double]) { (self.firstDay, self.values) = (firstDay, values) }

  /// From dates in any order; days between them are missing.
  ///
  /// - Throws: `TimeSeriesError.badSeries` for no days, and for two values of one day.
  public init(days: [Int], values: [Double]) throws {
    precondition(days.count == values.count, "a record has one value per day")
    guard let first = days.min(), let last = days.max() else {
      throw TimeSeriesError(.badSeries, "a weather record has no day")
    }
    var all = Array(repeating: Double.nan, count: last - first + 1)
    var seen = Set<Int>()
    for (day, value) in zip(days, values) {
      guard seen.insert(day).inserted else {
        throw TimeSeriesError(.badSeries, "a weather record has two values for day \(day) since 1970-01-01")
      }
      all[day - first] = value
    }
    self.init(firstDay: first, values: all)
  }

  public subscript(day: Int) -> Double {
    values.indices.contains(day - firstDay) ? values[day - firstDay] : .nan
  }

  /// Precipitation of the days above 0 °C.
  public static func rain(precipitation: DailyRecord, temperature: DailyRecord) -> DailyRecord {
    precipitation.combined(temperature) { $1 > 0 ? $0 : 0 }
  }

  /// Precipitation of the days at or below 0 °C.
  public static func snow(precipitation: DailyRecord, temperature: DailyRecord) -> DailyRecord {
    precipitation.combined(temperature) { $1 > 0 ? 0 : $0 }
  }

  /// Degrees above 0 °C, which melt goes with (degree days; Hock 2003).
  public static func meltingDegrees(temperature: DailyRecord) -> DailyRecord {
    DailyRecord(firstDay: temperature.firstDay, values: temperature.values.map { $0.isNaN ? .nan : max(0, $0) })
  }

  /// Mean over an interval that ends and begins `lag` days earlier; NaN where less than four fifths of its days are known.
  public func mean(over interval: DayInterval, lag: Int) -> Double {
    let first = Int(interval.from.rounded(.down)) - lag, end = max(first + 1, Int(interval.to.rounded(.down)) - lag)
    var sum = 0.0, count = 0
    for day in first..<end {
      let value = self[day]
      if !value.isNaN {
        sum += value
        count += 1
      }
    }
    return 5 * count >= 4 * (end - first) ? sum / Double(count) : .nan
  }

  private func combined(_ other: DailyRecord, _ value: (Double, Double) -> Double) -> DailyRecord {
    DailyRecord(
      firstDay: firstDay,
      values: values.indices.map { index in
        let second = other[firstDay + index]
        return values[index].isNaN || second.isNaN ? .nan : value(values[index], second)
      })
  }
}

/// Weather as it stands beside velocities: its means over their intervals, at each lag.
public struct LaggedWeather: Hashable, Sendable {
  /// Days, rising.
  public let lags: [Int]
  /// For each lag, one for each interval; NaN where too little is known.
  let means: [[Double]]
  let intervals: Int

  public init(_ record: DailyRecord, over intervals: [DayInterval], lags: [Int]) {
    self.lags = lags
    self.intervals = intervals.count
    means = lags.map { lag in intervals.map { record.mean(over: $0, lag: lag) } }
  }
}
