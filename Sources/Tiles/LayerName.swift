// SPDX-License-Identifier: Apache-2.0

/// What the name of a layer says: its days, and what is left without them.
///
/// Read by hand: a run has hundreds of layers, and a regular expression takes a hundred times as long.
struct LayerName {
  /// Days that the name holds, or the first and last of the year that it ends with; `2020-01-31`.
  let dates: [String]
  /// `dates/east-displacement` of `dates/east-displacement-2020-01-31`, `pairs/dx` of `pairs/2020-01-01_2020-01-21/dx`.
  let stem: String

  init(_ name: String) {
    let bytes = Array(name.utf8)
    let days = Self.days(bytes)
    guard days.isEmpty else {
      dates = days.map { String(decoding: bytes[$0], as: UTF8.self) }
      stem = Self.joined(Self.without(days, bytes))
      return
    }
    // Only layers below `years` are of a year.
    let isOfYear = name.split(separator: "/").dropLast().last == "years"
    let year = isOfYear ? Self.year(endOf: name) : nil
    dates = year.map { ["\($0)-01-01", "\($0)-12-31"] } ?? []
    stem = Self.joined(year.map { name.dropLast($0.count + 1) } ?? name[...])
  }

  /// `2020` of `speed-2020`.
  static func year(endOf name: some StringProtocol) -> Substring? {
    guard let dash = name.lastIndex(of: "-") else { return nil }
    let rest = Substring(name[name.index(after: dash)...])
    return rest.utf8.count == 4 && rest.utf8.allSatisfy(isDigit) ? rest : nil
  }

  private static func joined(_ name: some StringProtocol) -> String {
    name.split(separator: "/").joined(separator: "/")
  }

  private static func days(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = [], start = 0
    while start + 10 <= bytes.count {
      if isDay(bytes[start..<start + 10]) {
        found.append(start..<start + 10)
        start += 10
      } else {
        start += 1
      }
    }
    return found
  }

  private static func isDay(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.enumerated().allSatisfy { place, byte in
      place == 4 || place == 7 ? byte == UInt8(ascii: "-") : isDigit(byte)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  /// The name without its days, and without the dash before each.
  private static func without(_ days: [Range<Int>], _ bytes: [UInt8]) -> String {
    var rest: [UInt8] = [], start = 0
    for day in days {
      rest += bytes[start..<day.lowerBound]
      if day.lowerBound > start, let last = rest.last, [UInt8(ascii: "-"), UInt8(ascii: "_")].contains(last) {
        rest.removeLast()
      }
      start = day.upperBound
    }
    return String(decoding: rest + bytes[start...], as: UTF8.self)
  }
}
