// SPDX-License-Identifier: Apache-2.0

/// How a file counts time: `days since 2016-01-01 00:00:00` in a calendar, as the CF conventions say it.
public struct CFTime: Hashable, Sendable {
  /// Days in one unit.
  public let daysPerUnit: Double
  /// Moment that is counted from, days since 1970-01-01 00:00 UTC.
  public let epoch: Double

  /// - Parameters:
  ///   - units: from nanoseconds to weeks; months and years have no length.
  ///   - calendar: `standard` and `gregorian`, in which days before 15 October 1582 are those of Julius Caesar's, and
  ///     `proleptic_gregorian`; nil is `standard`.
  /// - Throws: `RasterError` of kind `.badTime` that says what is wrong.
  public init(units: String, calendar: String? = nil) throws(RasterError) {
    let words = units.lowercased().split(separator: " since ", maxSplits: 1).map(String.init)
    guard words.count == 2 else {
      throw RasterError(
        .badTime, "the units of time \"\(units)\" are not of the form \"days since 1970-01-01 00:00:00\"")
    }
    let unit = words[0].trimming
    guard let days = Self.units[unit] ?? (unit.hasSuffix("s") ? Self.units[String(unit.dropLast())] : nil) else {
      throw RasterError(
        .badTime, "time is counted in \"\(unit)\"; known are days, hours, minutes, seconds and parts of a second")
    }
    let name = (calendar ?? "standard").lowercased().trimming
    guard ["standard", "gregorian", "proleptic_gregorian", "utc"].contains(name) else {
      throw RasterError(
        .badTime,
        "the calendar \"\(name)\" is not that of the sun; known are standard, gregorian, proleptic_gregorian"
      )
    }
    guard let epoch = Self.moment(words[1].trimming, isMixed: name != "proleptic_gregorian") else {
      throw RasterError(.badTime, "\"\(words[1].trimming)\" in \"\(units)\" is no date such as 1970-01-01 00:00:00")
    }
    (daysPerUnit, self.epoch) = (days, epoch)
  }

  /// A number of the file as days since 1970-01-01; NaN stays NaN.
  public func days(_ value: Double) -> Double { epoch + value * daysPerUnit }

  private static let units: [String: Double] = [
    "week": 7, "day": 1, "d": 1, "hour": 1 / 24, "hr": 1 / 24, "h": 1 / 24, "minute": 1 / 1440, "min": 1 / 1440,
    "second": 1 / 86_400, "sec": 1 / 86_400, "s": 1 / 86_400, "millisecond": 1 / 86_400e3, "msec": 1 / 86_400e3,
    "ms": 1 / 86_400e3, "microsecond": 1 / 86_400e6, "us": 1 / 86_400e6, "nanosecond": 1 / 86_400e9,
    "ns": 1 / 86_400e9,
  ]

  private static func moment(_ text: String, isMixed: Bool) -> Double? {
    let form =
      /(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[t ]+(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}(?:\.\d*)?))?)? *(z|utc|gmt|[+-]\d{1,2}(?::?\d{2})?)?/
    guard let found = text.wholeMatch(of: form), let year = Int(found.1), let month = Int(found.2),
      let day = Int(found.3), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    let isJulian = isMixed && (year, month, day) < (1582, 10, 15)
    guard isJulian || day <= GregorianCalendar.days(in: month, of: year) else { return nil }
    let number =
      isJulian
      ? julianDayNumber(year: year, month: month, day: day)
      : GregorianCalendar.dayNumber(year: year, month: month, day: day)
    let hour = found.4.flatMap { Double($0) } ?? 0, minute = found.5.flatMap { Double($0) } ?? 0
    let second = found.6.flatMap { Double($0) } ?? 0
    guard hour <= 24, minute < 60, second < 61 else { return nil }
    return Double(number) + (hour * 3600 + minute * 60 + second - zone(found.7.map(String.init))) / 86_400
  }

  /// Seconds that a zone is ahead of UTC.
  private static func zone(_ text: String?) -> Double {
    guard let text, let sign = text.first, sign == "+" || sign == "-" else { return 0 }
    let parts = text.dropFirst().split(separator: ":")
    var hours = Double(parts[0]) ?? 0, minutes = parts.count > 1 ? Double(parts[1]) ?? 0 : 0
    if parts.count == 1, parts[0].count > 2 {
      (hours, minutes) = ((hours / 100).rounded(.down), hours.remainder(dividingBy: 100))
    }
    return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
  }

  /// Days from 1970-01-01 to a date of the Julian calendar.
  private static func julianDayNumber(year: Int, month: Int, day: Int) -> Int {
    // Years begin in March here, so that the leap day is the last.
    let shift = month < 3 ? 1 : 0, y = year + 4800 - shift, m = month + 12 * shift - 3
    let julianDate = day + (153 * m + 2) / 5 + 365 * y + y / 4 - 32_083
    return julianDate - 2_440_588
  }
}

extension String {
  fileprivate var trimming: String {
    var rest = Substring(self)
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
