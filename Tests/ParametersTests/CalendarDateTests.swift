// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing

@Suite("Calendar dates")
struct CalendarDateTests {
  @Test(
    "counts days from 1970-01-01",
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11016), ("2020-01-31", 18292), ("0001-01-01", -719162),
      ("9999-12-31", 2_932_896),
    ])
  func dayNumber(text: String, number: Int) {
    #expect(CalendarDate(text)?.dayNumber == number)
    #expect(CalendarDate(dayNumber: number).description == text)
  }

  @Test("turns every day of the years 1850 to 2150 into a date and back")
  func everyDay() throws {
    var previous = try #require(CalendarDate(year: 1849, month: 12, day: 31))
    let last = try #require(CalendarDate(year: 2150, month: 12, day: 31))
    var faults = 0
    for number in (previous.dayNumber + 1)...last.dayNumber {
      let date = CalendarDate(dayNumber: number)
      let isNextDay = date.day == previous.day + 1 && date.month == previous.month
      let back = CalendarDate(year: date.year, month: date.month, day: date.day)?.dayNumber
      if back != number || !(isNextDay || date.day == 1) { faults += 1 }
      previous = date
    }
    #expect(faults == 0)
  }

  @Test(
    "reads instants and prints them in UTC",
    arguments: [
      ("2020-01-31T14:05:00Z", "2020-01-31T14:05:00Z"), ("2020-01-31T14:05", "2020-01-31T14:05:00Z"),
      ("2020-01-31T14:05:00.25Z", "2020-01-31T14:05:00.250Z"), ("2020-01-31T00:30:00+02:00", "2020-01-30T22:30:00Z"),
      ("2020-02-29T23:30:00-01:00", "2020-03-01T00:30:00Z"),
      ("2020-01-31T14:05:00.123456789Z", "2020-01-31T14:05:00.123Z"),
    ])
  func instants(text: String, printed: String) {
    #expect(CalendarDate(text)?.description == printed)
  }

  @Test(
    "refuses what is no date",
    arguments: [
      "2019-02-29", "2020-13-01", "2020-00-10", "2020-1-31", "20200131", "2020-01-31T", "2020-01-31T25:00Z",
      "2020-01-31T14:60Z", "2020-01-31T14:05:60Z", "2020-01-31 14:05", "2020-01-31T14:05:00+0200", "", "yesterday",
      "2020-01-+1", "0000-01-01", "2020-01-31T14:05.5Z",
    ])
  func refused(text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test("gives the separation in days with its fraction")
  func separation() throws {
    let first = try #require(CalendarDate("2020-01-01T12:00:00Z"))
    let second = try #require(CalendarDate("2020-01-21"))
    #expect(second.days(since: first) == 19.5)
    #expect(first.days(since: second) == -19.5)
    #expect(first < second)
  }
}
