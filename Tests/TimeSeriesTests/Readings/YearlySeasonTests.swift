// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Season of single years")
struct YearlySeasonTests {
  /// Intervals of 12 days over 2015 to 2021.
  private static let spans = (0..<213).map {
    DayInterval(from: 16_436 + 12 * Double($0), to: 16_448 + 12 * Double($0))
  }

  private func years(_ seed: Int, _ speed: (Double) -> Double) -> [YearlySeason] {
    var noise = SeriesNoise(seed)
    return YearlySeason.all(
      Self.spans.map { speed(($0.from + $0.to) / 2) + 3 * noise.normal() }, sigmas: Self.spans.map { _ in 3 },
      over: Self.spans)
  }

  private func year(_ day: Double) -> Int { 2015 + Int((day - 16_436) / 365.25) }

  @Test(
    "amplitudes that differ from year to year come back within 8 of 20 m/yr in 95 %, peaks within 25 days")
  func differing() {
    var right = 0, dated = 0, count = 0
    for seed in 1...20 {
      let found = years(seed) { day in
        100 + Double(10 + 10 * (year(day) % 3)) * cos(2 * .pi * (day - 16_436 - 180) / 365.25)
      }
      #expect(found.map(\.year) == Array(2015...2021))
      // The quarters beside a year belong to others, so its own third is what is looked at.
      for season in found where season.year % 3 == 1 {
        count += 1
        right += abs(season.season.measuredAmplitude - 20) < 8 ? 1 : 0
        dated += abs(season.season.dayOfMaximum - 181) < 25 ? 1 : 0
      }
    }
    #expect(right * 100 >= 95 * count && dated * 100 >= 90 * count, "\(right) and \(dated) of \(count)")
  }

  @Test("motion that doubles every year has a season in at most a tenth of the years; a steady season stays in all")
  func speedingUp() {
    var alarms = 0, kept = 0, count = 0
    for seed in 1...20 {
      for season in years(100 + seed, { 5 * exp2(($0 - 16_436) / 365.25) }) {
        count += 1
        alarms += season.season.isSignificant && season.season.amplitude > 3 ? 1 : 0
      }
      kept +=
        years(200 + seed) { 5 * exp2(($0 - 16_436) / 365.25) + 20 * cos(2 * .pi * ($0 - 180) / 365.25) }
        .filter { abs($0.season.measuredAmplitude - 20) < 8 && $0.season.isSignificant }.count
    }
    #expect(alarms * 10 <= count && kept * 10 >= 9 * count, "\(alarms) and \(kept) of \(count)")
  }

  @Test(
    "a surge of one year does not bend the typical season by more than two fifths, which it would the mean sevenfold")
  func surge() throws {
    func speed(_ day: Double) -> Double {
      100 + 20 * cos(2 * .pi * (day - 180) / 365.25) + 2000 * exp(-pow((day - 18_100) / 80, 2))
    }
    for seed in 1...10 {
      let found = years(300 + seed, speed)
      let typical = try #require(YearlySeason.typical(found))
      #expect(abs(typical.measuredAmplitude - 20) < 8)
      #expect((found.map(\.season.measuredAmplitude).max() ?? 0) > 200)
      #expect(YearlySeason.typical(Array(found.prefix(3))) == nil)
    }
  }
}
