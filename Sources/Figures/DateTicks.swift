// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Days along an axis of time, at the beginnings of years or months, or at even days, and their labels.
public struct DateTicks: Hashable, Sendable {
  /// Days since 1970-01-01 inside the range, rising.
  public let days: [Double]
  /// "2021", "2021-07" or "2021-07-15".
  public let labels: [String]

  /// The closest ticks of which no more than `count` fit.
  ///
  /// - Parameters:
  ///   - from: days since 1970-01-01, finite, as is `to`.
  ///   - years: the most labels of four digits that fit; months need half as much room again, days twice.
  public init(from: Double, to: Double, atMost years: Int) {
    let (from, to) = (min(from, to), max(from, to))
    let first = CalendarDate(dayNumber: Int(from.rounded(.up))),
      last = CalendarDate(dayNumber: Int(to.rounded(.down)))
    let months = max(2, years * 2 / 3), days = max(2, years / 2)
    for step in [1, 2, 5, 10, 15] where (to - from) / Double(step) < Double(days) {
      let begin = Int((from / Double(step)).rounded(.up)) * step
      let found = Array(stride(from: begin, through: Int(to.rounded(.down)), by: step))
      (self.days, labels) = (found.map { Double($0) }, found.map { CalendarDate(dayNumber: $0).description })
      return
    }
    for step in [1, 2, 3, 6] where (to - from) / (30.44 * Double(step)) < Double(months) {
      let begin = first.year * 12 + first.month - 1, end = last.year * 12 + last.month - 1
      let found = (begin...end).filter { $0.isMultiple(of: step) }.compactMap {
        CalendarDate(year: $0 / 12, month: $0 % 12 + 1, day: 1)
      }.filter { Double($0.dayNumber) >= from && Double($0.dayNumber) <= to }
      self.days = found.map { Double($0.dayNumber) }
      labels = found.map { String($0.description.prefix(7)) }
      return
    }
    var step = 1
    for next in [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] {
      step = next
      if (to - from) / (365.25 * Double(step)) < Double(max(2, years)) { break }
    }
    let found = (first.year...max(first.year, last.year)).filter { $0.isMultiple(of: step) }.compactMap {
      CalendarDate(year: $0, month: 1, day: 1)
    }.filter { Double($0.dayNumber) >= from && Double($0.dayNumber) <= to }
    self.days = found.map { Double($0.dayNumber) }
    labels = found.map { String($0.year) }
  }
}
