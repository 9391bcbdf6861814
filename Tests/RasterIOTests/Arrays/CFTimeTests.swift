// SPDX-License-Identifier: Apache-2.0
import RasterIO
import Testing

@Suite("CF time")
struct CFTimeTests {
  @Test(
    "moments are days since 1970-01-01",
    arguments: [
      ("days since 1970-01-01", nil, 0.5, 0.5), ("days since 2016-01-01 00:00:00", "proleptic_gregorian", 2, 16_803),
      ("hours since 1970-1-2 12:00", "gregorian", 36, 3), ("seconds since 1980-01-06", "standard", 43_200, 3657.5),
      ("nanoseconds since 1970-01-01", nil, 86_400e9, 1), ("Days Since 1970-01-01T00:00:00Z", nil, 1, 1),
      ("days since 1970-01-01 01:00 +01:00", nil, 0, 0),
      ("minutes since 1970-01-01 00:00:30.5", nil, 0, 30.5 / 86_400),
      ("days since 1858-11-17", nil, 51_544, 10_957), ("days since 0001-01-01", "proleptic_gregorian", 719_162, 0),
      // Two days apart: the standard calendar is Caesar's before 15 October 1582.
      ("days since 0001-01-01", "standard", 719_164, 0), ("days since 1582-10-15", "gregorian", 1, -141_426),
      ("days since 1582-10-04", "gregorian", 1, -141_427),
    ] as [(String, String?, Double, Double)])
  func moments(units: String, calendar: String?, value: Double, days: Double) throws {
    #expect(abs(try CFTime(units: units, calendar: calendar).days(value) - days) < 1e-9)
  }

  @Test(
    "what cannot be read is named, with what is known",
    arguments: [
      ("months since 2000-01-01", nil, "counted in \"months\"; known are days, hours"),
      ("days", nil, "not of the form \"days since 1970-01-01 00:00:00\""),
      ("days since 2000-13-01", nil, "\"2000-13-01\" in \"days since 2000-13-01\" is no date"),
      ("days since 2001-02-29", nil, "is no date"),
      ("days since 2000-01-01", "noleap", "the calendar \"noleap\""),
    ] as [(String, String?, String)])
  func refusals(units: String, calendar: String?, text: String) {
    let error = failure { () throws(RasterError) in try CFTime(units: units, calendar: calendar) }
    #expect(error?.kind == .badTime && error?.message.contains(text) == true, "\(String(describing: error))")
  }
}
