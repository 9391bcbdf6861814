// SPDX-License-Identifier: Apache-2.0

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
    guard (1...12).contains(month), day >= 1, day <= Calendar.days(in: month, of: year) else { return nil }
    guard (0..<24).contains(hour ?? 12), (0..<60).contains(minute), second >= 0, second < 61 else { return nil }
    let time = Double((hour ?? 12) * 3600 + minute * 60) + second
    seconds = Double(Calendar.dayNumber(year: year, month: month, day: day)) * 86_400 + time
    hasTime = hour != nil
    self.source = source
  }

  /// The day of a year, 1 being 1 January.
  public init?(year: Int, dayOfYear: Int, source: String) {
    guard dayOfYear >= 1, dayOfYear <= (Calendar.isLeap(year) ? 366 : 365) else { return nil }
    seconds = Double(Calendar.dayNumber(year: year, month: 1, day: 1) + dayOfYear - 1) * 86_400 + 43_200
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

  public var year: Int { Calendar.day(Int((seconds / 86_400).rounded(.down))).year }

  /// The day alone, `2020-01-31`.
  public var day: String { String(iso8601.prefix(10)) }

  /// `2020-01-31`, or `2020-01-31T10:20:30Z` where the time is known.
  public var iso8601: String {
    let dayNumber = Int((seconds / 86_400).rounded(.down))
    let (year, month, day) = Calendar.day(dayNumber)
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

/// The Gregorian calendar without time zones.
enum Calendar {
  static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let before = year - 1
    let leaps = before / 4 - before / 100 + before / 400
    let months = (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    return before * 365 + leaps + months + day - 1 - 719_162
  }

  /// The date of a number of days since 1970-01-01.
  static func day(_ number: Int) -> (year: Int, month: Int, day: Int) {
    var year = 1970 + number / 366
    while dayNumber(year: year + 1, month: 1, day: 1) <= number { year += 1 }
    while dayNumber(year: year, month: 1, day: 1) > number { year -= 1 }
    var rest = number - dayNumber(year: year, month: 1, day: 1), month = 1
    while rest >= days(in: month, of: year) {
      rest -= days(in: month, of: year)
      month += 1
    }
    return (year, month, rest + 1)
  }
}
