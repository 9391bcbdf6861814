// SPDX-License-Identifier: Apache-2.0

extension DatedSeries {
  /// A value with its variance (NaN where no sigmas are known).
  struct Estimate: Hashable, Sendable {
    let value, variance: Double
  }

  /// The series at a day, along the straight line between the dates beside it.
  ///
  /// - Returns: nil before the first date, after the last, and in gaps longer than `longestGap` days.
  func value(at day: Double, longestGap: Double) -> Estimate? {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if days[middle] < day { low = middle + 1 } else { high = middle }
    }
    guard low < count else { return nil }
    func variance(_ place: Int) -> Double { sigmas.map { $0[place] * $0[place] } ?? .nan }
    if days[low] == day { return Estimate(value: values[low], variance: variance(low)) }
    guard low > 0, days[low] - days[low - 1] <= longestGap else { return nil }
    let share = (day - days[low - 1]) / (days[low] - days[low - 1]), rest = 1 - share
    return Estimate(
      value: rest * values[low - 1] + share * values[low],
      variance: rest * rest * variance(low - 1) + share * share * variance(low))
  }

  /// What the quantity changes by; the errors of both ends count as independent.
  func change(over span: DayInterval, longestGap: Double) -> Estimate? {
    guard let from = value(at: span.from, longestGap: longestGap), let to = value(at: span.to, longestGap: longestGap)
    else { return nil }
    return Estimate(value: to.value - from.value, variance: from.variance + to.variance)
  }
}
