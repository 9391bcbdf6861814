// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Moments as STAC writes them (RFC 3339) and as the catalogue keeps them: milliseconds since 1970-01-01 UTC.
package enum StacTime {
  /// The moment of a text such as `2020-01-31T10:20:30.5Z` or `2020-01-31T10:20:30+02:00`; nil for anything else.
  package static func milliseconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 40, "Tt ".utf8.contains(bytes[10]), let day = day(bytes.prefix(10)) else {
      return nil
    }
    guard bytes[13] == colon, bytes[16] == colon, let hour = number(bytes[11..<13]),
      let minute = number(bytes[14..<16]),
      let second = number(bytes[17..<19]), hour < 24, minute < 60, second <= 60
    else { return nil }
    var rest = bytes[19...]
    var thousandths = 0
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix { 48...57 ~= $0 }
      guard !digits.isEmpty else { return nil }
      let three = digits.prefix(3) + Array(repeating: 48, count: max(0, 3 - digits.count))
      thousandths = number(three) ?? 0
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let shift = shift(rest) else { return nil }
    return ((day * 24 + hour) * 60 + minute - shift) * 60_000 + second * 1000 + thousandths
  }

  /// The first moment of a day `2020-01-31`; nil for anything else.
  package static func startOfDay(_ text: String) -> Int? {
    day(Array(text.utf8)[...]).map { $0 * dayLength }
  }

  package static let dayLength = 86_400_000

  /// `2020-01-31T10:20:30Z`, with thousandths where there are some.
  package static func text(_ milliseconds: Int) -> String {
    let dayNumber = (milliseconds - floorRemainder(milliseconds, dayLength)) / dayLength
    let rest = floorRemainder(milliseconds, dayLength)
    func padded(_ value: Int, _ digits: Int) -> String {
      String(repeating: "0", count: max(0, digits - String(value).count)) + String(value)
    }
    let seconds = rest / 1000, thousandths = rest % 1000
    let time = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return "\(dayText(dayNumber))T\(time)" + (thousandths == 0 ? "" : "." + padded(thousandths, 3)) + "Z"
  }

  /// `2020-01-31` from a number of days since 1970-01-01.
  package static func dayText(_ dayNumber: Int) -> String {
    let (year, month, day) = GregorianCalendar.day(dayNumber)
    let years = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
    return "\(years)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  // MARK: - Pieces

  private static let colon = UInt8(ascii: ":"), hyphen = UInt8(ascii: "-")

  private static func floorRemainder(_ value: Int, _ divisor: Int) -> Int {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func number(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.allSatisfy({ 48...57 ~= $0 }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }

  /// Days since 1970-01-01 of `2020-01-31`.
  private static func day(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count == 10 else { return nil }
    let start = bytes.startIndex
    guard bytes[start + 4] == hyphen, bytes[start + 7] == hyphen, let year = number(bytes[start..<start + 4]),
      let month = number(bytes[start + 5..<start + 7]), let day = number(bytes[start + 8..<start + 10]),
      1...12 ~= month, day >= 1, day <= GregorianCalendar.days(in: month, of: year)
    else { return nil }
    return GregorianCalendar.dayNumber(year: year, month: month, day: day)
  }

  /// Minutes east of Greenwich of `Z`, `+02:00`; nil for anything else.
  private static func shift(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if bytes.count == 1, first == UInt8(ascii: "Z") || first == UInt8(ascii: "z") { return 0 }
    let start = bytes.startIndex
    guard bytes.count == 6, bytes[start + 3] == colon, first == UInt8(ascii: "+") || first == hyphen,
      let hours = number(bytes[start + 1..<start + 3]), let minutes = number(bytes[start + 4..<start + 6]),
      hours < 24, minutes < 60
    else { return nil }
    return (first == hyphen ? -1 : 1) * (hours * 60 + minutes)
  }
}

/// A span of time with both ends in it, milliseconds since 1970; open ends are the limits of `Int`.
package struct StacInterval: Sendable, Equatable {
  package let start, end: Int

  package init(start: Int, end: Int) { (self.start, self.end) = (start, end) }

  /// From one moment or an interval `a/b` of which one end may be open (`..` or nothing).
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-search`.
  package init(_ text: String) throws(CatalogueError) {
    func problem(_ words: String) -> CatalogueError {
      CatalogueError(
        .badSearch,
        "datetime \"\(text.prefix(100))\" \(words); write 2020-01-31T00:00:00Z, or an interval a/b, ../b or a/..")
    }
    let ends = text.split(separator: "/", omittingEmptySubsequences: false)
    guard ends.count <= 2 else { throw problem("has more than two ends") }
    func moment(_ end: Substring) throws(CatalogueError) -> Int? {
      if end.isEmpty || end == ".." { return nil }
      guard let moment = StacTime.milliseconds(String(end)) else { throw problem("is no time by RFC 3339") }
      return moment
    }
    let first = try moment(ends[0])
    if ends.count == 1 {
      guard let first else { throw problem("is open on both sides") }
      self.init(start: first, end: first)
      return
    }
    let last = try moment(ends[1])
    guard first != nil || last != nil else { throw problem("is open on both sides") }
    self.init(start: first ?? .min, end: last ?? .max)
    guard start <= end else { throw problem("ends before it begins") }
  }
}
