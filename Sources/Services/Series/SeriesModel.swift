// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

/// The inversion that was asked for, with the days and intervals that it gives.
enum SeriesModel: Sendable {
  case smooth(SmoothMotion)
  case network(NetworkSolver)
  case tio(TIOInversion)

  /// Most dates of pairs that a smooth series is given at by itself.
  private static let mostDates = 40

  init(_ p: InvertParameters, _ times: PairTimes) throws {
    switch p.method {
    case .smooth:
      let days = Self.days(times, p.output.interval)
      self = .smooth(
        try SmoothMotion(
          times, days: days,
          intervals: zip(days, days.dropFirst()).map { DayInterval(from: $0, to: $1) } + Self.years(times),
          minimumPairs: p.output.minimumPairs, parameters: p.smooth))
    case .network:
      self = .network(try NetworkSolver(times, minimumPairs: p.output.minimumPairs, parameters: p.network))
    case .tio:
      self = .tio(try TIOInversion(times, minimumPairs: p.output.minimumPairs, parameters: p.tio))
    }
  }

  /// Even days from the first to the last, which is always among them.
  private static func days(_ times: PairTimes, _ interval: Double?) -> [Double] {
    if interval == nil, times.dates.count <= mostDates { return times.dates }
    let step = interval ?? 30, first = times.dates[0], last = times.dates[times.dates.count - 1]
    var days = Array(stride(from: first, to: last, by: step))
    // A last step of next to nothing would have a velocity of nothing but noise.
    if let end = days.last, last - end < step / 2, days.count > 1 { days.removeLast() }
    return days + [last]
  }

  /// Calendar years of which the pairs see at least half.
  static func years(_ times: PairTimes) -> [DayInterval] {
    let first = times.dates[0], last = times.dates[times.dates.count - 1]
    return (SeriesDay.date(first).year...SeriesDay.date(last).year).compactMap { year in
      let start = Double(CalendarDate(year: year, month: 1, day: 1)!.dayNumber)
      let end = Double(CalendarDate(year: year + 1, month: 1, day: 1)!.dayNumber)
      let from = max(first, start), to = min(last, end)
      return to - from >= (end - start) / 2 ? DayInterval(from: from, to: to) : nil
    }
  }

  var days: [Double] {
    switch self {
    case .smooth(let model): model.days
    case .network(let solver): solver.times.dates
    case .tio(let tio): tio.days
    }
  }

  /// From day to day.
  var steps: [DayInterval] { zip(days, days.dropFirst()).map { DayInterval(from: $0, to: $1) } }

  /// Calendar years among the intervals, which follow the steps; the network's methods leave them to the displacements.
  var years: [DayInterval] {
    guard case .smooth(let model) = self else { return [] }
    return Array(model.intervals.dropFirst(model.days.count - 1))
  }

  var harmonics: Int {
    guard case .smooth(let model) = self else { return 0 }
    return model.parameters.harmonics
  }

  var bytesPerPixel: Int {
    switch self {
    case .smooth(let model): model.bytesPerPixel
    case .network(let solver): solver.bytesPerPixel
    case .tio(let tio): tio.bytesPerPixel
    }
  }

  func invert(_ block: PairDisplacements, threads: Int) throws -> MotionSeries {
    switch self {
    case .smooth(let model): try model.invert(block, threads: threads, keepsPairs: true)
    case .network(let solver): try solver.invert(block, threads: threads)
    case .tio(let tio): try tio.invert(block, threads: threads)
    }
  }
}
