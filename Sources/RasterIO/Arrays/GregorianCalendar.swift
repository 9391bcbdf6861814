// SPDX-License-Identifier: Apache-2.0

/// The Gregorian calendar without time zones, carried on before its beginning.
package enum GregorianCalendar {
  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  package static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01.
  package static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let before = year - 1
    let leaps = before / 4 - before / 100 + before / 400
    let months = (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    return before * 365 + leaps + months + day - 1 - 719_162
  }

  /// The date of a number of days since 1970-01-01.
  package static func day(_ number: Int) -> (year: Int, month: Int, day: Int) {
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
