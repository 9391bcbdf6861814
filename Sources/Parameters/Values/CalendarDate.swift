// SPDX-License-Identifier: Apache-2.0

/// A day, or an instant in UTC, as image catalogues write it.
///
/// Days are those of the proleptic Gregorian calendar, years 0001 to 9999. A day without a time counts as its
/// midnight where instants are compared. Leap seconds don't exist here, as in Unix time.
public struct CalendarDate: ParameterValue, Hashable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01.
  public let dayNumber: Int
  /// Milliseconds since midnight UTC; nil when only the day is known.
  public let millisecondOfDay: Int?

  public init(dayNumber: Int, millisecondOfDay: Int? = nil) {
    (self.dayNumber, self.millisecondOfDay) = (dayNumber, millisecondOfDay)
  }

  /// - Returns: nil when the calendar has no such day.
  public init?(year: Int, month: Int, day: Int, millisecondOfDay: Int? = nil) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let number = Self.dayNumber(year: year, month: month, day: day)
    guard Self.civil(number).day == day, Self.civil(number).month == month else { return nil }
    self.init(dayNumber: number, millisecondOfDay: millisecondOfDay)
  }

  /// Reads `2020-01-31`, `2020-01-31T14:05Z`, `2020-01-31T14:05:00.123Z` or `2020-01-31T16:05:00+02:00`.
  ///
  /// A time without a zone is taken as UTC, which is what image metadata mean by it.
  ///
  /// - Returns: nil when the text is no such date or the calendar lacks it.
  public init?(_ text: String) {
    let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard fields.count == 3, let year = digits(fields[0], 4), let month = digits(fields[1], 2),
      let day = digits(fields[2], 2), let midnight = CalendarDate(year: year, month: month, day: day)
    else { return nil }
    guard parts.count == 2 else {
      self = midnight
      return
    }
    guard let time = Self.millisecond(ofTime: parts[1]) else { return nil }
    // A zone may carry the instant into the day before or after.
    let shift = Int((Double(time) / Double(Self.millisecondsPerDay)).rounded(.down))
    self.init(
      dayNumber: midnight.dayNumber + shift, millisecondOfDay: time - shift * Self.millisecondsPerDay)
  }

  public var year: Int { Self.civil(dayNumber).year }
  public var month: Int { Self.civil(dayNumber).month }
  public var day: Int { Self.civil(dayNumber).day }

  /// Days from `other` to this instant, with a fraction; negative when `other` is later.
  public func days(since other: CalendarDate) -> Double {
    let milliseconds = (millisecondOfDay ?? 0) - (other.millisecondOfDay ?? 0)
    return Double(dayNumber - other.dayNumber) + Double(milliseconds) / Double(Self.millisecondsPerDay)
  }

  public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    let leftTime = left.millisecondOfDay ?? -1
    let rightTime = right.millisecondOfDay ?? -1
    return (left.dayNumber, leftTime) < (right.dayNumber, rightTime)
  }

  /// ISO 8601: the day, and the time in UTC when known.
  public var description: String {
    let date = Self.civil(dayNumber)
    let text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    guard let time = millisecondOfDay else { return text }
    let seconds = time / 1000
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    return text + "T" + clock + (time % 1000 == 0 ? "" : "." + padded(time % 1000, 3)) + "Z"
  }

  // MARK: ParameterValue

  public static var shape: ParameterShape { ParameterShape(.date) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let text = json.stringValue, let date = CalendarDate(text) else { throw RefusedValue(.wrongType, json) }
    self = date
  }

  public var json: JSONValue { .string(description) }
}

// MARK: - Calendar arithmetic

extension CalendarDate {
  static let millisecondsPerDay = 86_400_000

  private struct Civil {
    let year, month, day: Int
  }

  /// Years are counted from March, so that the leap day is the last of its year; 400 years have 146 097 days.
  private static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let monthFromMarch = (month + 9) % 12
    let leapDays = shifted / 4 - shifted / 100 + shifted / 400
    // 719 468 days lie between 0000-03-01 and 1970-01-01.
    return 365 * shifted + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - 719_468
  }

  private static func civil(_ dayNumber: Int) -> Civil {
    // The average year gives the year or the one after it; one step back settles it.
    let days = dayNumber + 719_468
    var year = Int((Double(days) / 365.2425).rounded(.down)) + 1
    while Self.dayNumber(year: year, month: 3, day: 1) > dayNumber { year -= 1 }
    let dayOfYear = dayNumber - Self.dayNumber(year: year, month: 3, day: 1)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = (monthFromMarch + 2) % 12 + 1
    return Civil(
      year: month > 2 ? year : year + 1, month: month, day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  /// Milliseconds since midnight UTC; outside one day when the zone moves it there.
  private static func millisecond(ofTime text: Substring) -> Int? {
    var clock = text
    var zoneMinutes = 0
    if clock.hasSuffix("Z") {
      clock.removeLast()
    } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
      let zone = clock[clock.index(after: sign)...].split(separator: ":", omittingEmptySubsequences: false)
      guard zone.count == 2, let hours = digits(zone[0], 2), let minutes = digits(zone[1], 2), hours < 24,
        minutes < 60
      else { return nil }
      zoneMinutes = (hours * 60 + minutes) * (clock[sign] == "+" ? 1 : -1)
      clock = clock[..<sign]
    }
    let whole = clock.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = whole[0].split(separator: ":", omittingEmptySubsequences: false).map { digits($0, 2) }
    guard (2...3).contains(fields.count), let hour = fields[0], let minute = fields[1], hour < 24, minute < 60
    else { return nil }
    var second = 0
    if fields.count == 3 {
      guard let given = fields[2], given < 60 else { return nil }
      second = given
    }
    var fraction = 0
    if whole.count == 2 {
      guard fields.count == 3, !whole[1].isEmpty, whole[1].count <= 9, digits(whole[1], whole[1].count) != nil,
        let thousandths = Int((whole[1] + "00").prefix(3))
      else { return nil }
      fraction = thousandths
    }
    return ((hour * 60 + minute - zoneMinutes) * 60 + second) * 1000 + fraction
  }
}

/// Exactly `count` digits as a number; `Int.init` would also take signs.
private func digits(_ text: Substring, _ count: Int) -> Int? {
  guard text.utf8.count == count, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
  return Int(text)
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
