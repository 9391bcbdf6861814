// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// When an image was taken, in UTC, and how that is known.
public struct AcquisitionDate: Hashable, Sendable, Codable, Comparable {
  /// Seconds since 1970-01-01 00:00 UTC; of noon where only the day is known.
  public let seconds: Double
  /// Whether the time of day is known.
  public let hasTime: Bool
  /// Where the date came from, e.g. `file name` or `metadata item DATE_ACQUIRED`.
  public let source: String

  /// Nil when there is no such day or time.
  public init?(
    year: Int, month: Int, day: Int, hour: Int? = nil, minute: Int = 0, second: Double = 0, source: String
  ) {
    guard (1...12).contains(month), day >= 1, day <= GregorianCalendar.days(in: month, of: year) else { return nil }
    guard (0..<24).contains(hour ?? 12), (0..<60).contains(minute), second >= 0, second < 61 else { return nil }
    let time = Double((hour ?? 12) * 3600 + minute * 60) + second
    seconds = Double(GregorianCalendar.dayNumber(year: year, month: month, day: day)) * 86_400 + time
    hasTime = hour != nil
    self.source = source
  }

  /// The day of a year, 1 being 1 January.
  public init?(year: Int, dayOfYear: Int, source: String) {
    guard dayOfYear >= 1, dayOfYear <= (GregorianCalendar.isLeap(year) ? 366 : 365) else { return nil }
    seconds = Double(GregorianCalendar.dayNumber(year: year, month: 1, day: 1) + dayOfYear - 1) * 86_400 + 43_200
    hasTime = false
    self.source = source
  }

  /// A date that a user gave: `2020-01-31`, `20200131`, either with a time such as `T10:20:30Z`; nil when it is none.
  public init?(_ text: String, source: String = "given") {
    let found = DateScanner(text, source: source).candidates
    guard found.count == 1, let first = found.first else { return nil }
    self = first.date
  }

  public static func < (a: AcquisitionDate, b: AcquisitionDate) -> Bool { a.seconds < b.seconds }

  /// Days from this date to another; whole days unless both times are known.
  public func days(to later: AcquisitionDate) -> Double {
    if hasTime && later.hasTime { return (later.seconds - seconds) / 86_400 }
    return (later.seconds / 86_400).rounded(.down) - (seconds / 86_400).rounded(.down)
  }

  public var year: Int { GregorianCalendar.day(Int((seconds / 86_400).rounded(.down))).year }

  /// The day alone, `2020-01-31`.
  public var day: String { String(iso8601.prefix(10)) }

  /// `2020-01-31`, or `2020-01-31T10:20:30Z` where the time is known.
  public var iso8601: String {
    let dayNumber = Int((seconds / 86_400).rounded(.down))
    let (year, month, day) = GregorianCalendar.day(dayNumber)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let date = "\(year)-\(two(month))-\(two(day))"
    if !hasTime { return date }
    let time = Int((seconds - Double(dayNumber) * 86_400).rounded(.down))
    return "\(date)T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))Z"
  }

  func from(_ source: String) -> AcquisitionDate {
    AcquisitionDate(seconds: seconds, hasTime: hasTime, source: source)
  }

  func withoutTime() -> AcquisitionDate {
    AcquisitionDate(seconds: (seconds / 86_400).rounded(.down) * 86_400 + 43_200, hasTime: false, source: source)
  }

  private init(seconds: Double, hasTime: Bool, source: String) {
    self.seconds = seconds
    self.hasTime = hasTime
    self.source = source
  }
}
