// SPDX-License-Identifier: Apache-2.0
import Foundation

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

  /// Whether the motion, in the direction of its whole, was faster before than over the last dates by more than errors do.
  ///
  /// Mean velocities over 1, 2, 4 and so on intervals, the last of each length against all before that share no date with
  /// it; the errors of both ends count as independent, and all comparisons together find nothing in 99 of 100 series that
  /// speed up all along. Sigmas are enlarged by what dates stray from their neighbours.
  var hasSlowed: Bool {
    guard count > 3 else { return false }
    let direction = values[count - 1] >= values[0] ? 1.0 : -1, scale = roughness
    func velocity(_ from: Int, _ to: Int) -> Estimate {
      let span = days[to] - days[from]
      let ends = [from, to].map { scale * (sigmas?[$0] ?? 1) / span }
      return Estimate(
        value: direction * (values[to] - values[from]) / span, variance: ends[0] * ends[0] + ends[1] * ends[1])
    }
    var lengths: [Int] = [], length = 1
    while 2 * length < count {
      lengths.append(length)
      length *= 2
    }
    let comparisons = lengths.reduce(0) { $0 + count - 1 - 2 * $1 }
    guard comparisons > 0 else { return false }
    let limit = TailProbability.student(exceededWith: 0.02 / Double(comparisons), freedom: .infinity)
    return lengths.contains { length in
      let last = velocity(count - 1 - length, count - 1)
      return (0..<count - 1 - 2 * length).contains { start in
        let earlier = velocity(start, start + length)
        return earlier.value - last.value > limit * (earlier.variance + last.variance).squareRoot()
      }
    }
  }

  /// RMS of what each date is off the parabola through its neighbours, over its sigma: at least 1 where sigmas are stated, else in
  /// the unit of the series.
  private var roughness: Double {
    var sum = 0.0
    for index in 0..<max(0, count - 3) {
      let four = (index..<index + 4).map { $0 }
      // The divided difference of four dates takes out all that is smooth.
      let weights = four.map { i in four.reduce(1.0) { $1 == i ? $0 : $0 / (days[i] - days[$1]) } }
      let value = zip(four, weights).reduce(0) { $0 + $1.1 * values[$1.0] }
      let variance = zip(four, weights).reduce(0) { $0 + pow($1.1 * (sigmas?[$1.0] ?? 1), 2) }
      sum += value * value / variance
    }
    let found = count > 3 ? (sum / Double(count - 3)).squareRoot() : 0
    return sigmas == nil ? found : max(1, found)
  }
}
