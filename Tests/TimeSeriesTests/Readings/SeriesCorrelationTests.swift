// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Correlation with weather")
struct SeriesCorrelationTests {
  private static let lags = Array(stride(from: 0, through: 120, by: 2))

  private func intervals(_ count: Int) -> [DayInterval] {
    (0..<count).map { DayInterval(from: 17_200 + 12 * Double($0), to: 17_212 + 12 * Double($0)) }
  }

  /// Rain of one day in four.
  private func rain(_ noise: inout SeriesNoise) -> DailyRecord {
    DailyRecord(firstDay: 17_000, values: (0..<2400).map { _ in max(0, noise.normal() - 0.7) })
  }

  @Test("velocity that follows the rain of 30 days before is found at that lag within 6 d, all but surely")
  func lagged() throws {
    var noise = SeriesNoise(3)
    for _ in 1...10 {
      let record = rain(&noise)
      let spans = intervals(150)
      let velocities = spans.map { 10 + 20 * record.mean(over: $0, lag: 30) + 0.8 * noise.normal() }
      let found = SeriesCorrelation(velocities, over: spans, with: record, lags: Self.lags)
      let best = try #require(found.best)
      #expect(abs(best.days - 30) <= 6 && best.correlation > 0.5 && found.chanceOfBest < 1e-4)
      #expect(found.lags.count == Self.lags.count && found.lags[40].chance > 1e-4)
    }
  }

  @Test(
    "unrelated series: about 5 % alarms at one lag, at most that after the search over lags",
    arguments: [(0.0, 0.0), (0.6, 0.0), (0.6, 0.98)])
  func falseAlarms(redness: (motion: Double, weather: Double)) throws {
    var single = 0, searched = 0
    let seeds = 300, spans = intervals(150)
    for seed in 1...seeds {
      var noise = SeriesNoise(10_000 + seed)
      let record = DailyRecord(firstDay: 17_000, values: noise.red(2100, redness: redness.weather))
      let found = SeriesCorrelation(
        noise.red(150, redness: redness.motion), over: spans, with: record, lags: Self.lags)
      single += found.lags[20].chance < 0.05 ? 1 : 0
      searched += found.chanceOfBest < 0.05 ? 1 : 0
    }
    #expect((4...27).contains(single) && searched <= 24)
  }

  @Test("the effective count of two red series is that of the theory within a fifth")
  func effectiveCount() {
    var sum = 0.0
    for seed in 1...50 {
      var noise = SeriesNoise(seed)
      func unit(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(x.count), centred = x.map { $0 - mean }
        return centred.map { $0 / norm(centred) }
      }
      sum += SeriesCorrelation.effectiveCount(
        unit(noise.red(400, redness: 0.7)), unit(noise.red(400, redness: 0.7)))
    }
    // (1 - r²) / (1 + r²) for two series of redness r.
    let theory = 400 * (1 - 0.49) / (1 + 0.49)
    #expect(abs(sum / 50 / theory - 1) < 0.2)
  }

  @Test("rain falls above 0 °C, snow below; unknown days stay unknown and short records give no lag")
  func weather() throws {
    let precipitation = DailyRecord(firstDay: 10, values: [1, 2, 3, 4]),
      warmth = DailyRecord(
        firstDay: 11, values: [5, -5, 0])
    let rain = DailyRecord.rain(precipitation: precipitation, temperature: warmth)
    let snow = DailyRecord.snow(precipitation: precipitation, temperature: warmth)
    #expect(rain[10].isNaN && rain[11] == 2 && rain[12] == 0 && rain[13] == 0)
    #expect(snow[10].isNaN && snow[11] == 0 && snow[12] == 3 && snow[13] == 4 && snow[99].isNaN)
    #expect(DailyRecord.meltingDegrees(temperature: warmth).values == [5, 0, 0])
    #expect(precipitation.mean(over: DayInterval(from: 12, to: 14), lag: 1) == 2.5)
    #expect(precipitation.mean(over: DayInterval(from: 12, to: 20), lag: 0).isNaN)
    let none = SeriesCorrelation([1, 2], over: intervals(2), with: rain, lags: [0, 5])
    #expect(none.best == nil && none.chanceOfBest.isNaN)
    #expect(try DailyRecord(days: [5, 3], values: [1, 2]).values.count == 3)
    #expect(throws: TimeSeriesError.self) { try DailyRecord(days: [5, 5], values: [1, 2]) }
    #expect(throws: TimeSeriesError.self) { try DailyRecord(days: [], values: []) }
  }

  @Test(
    "Student's t beyond table values: 5 % and 1 %",
    arguments: [(2.228, 10.0, 0.05), (3.169, 10, 0.01), (12.706, 1, 0.05), (1.959964, .infinity, 0.05)])
  func student(t: Double, freedom: Double, probability: Double) {
    #expect(abs(TailProbability.ofStudent(t, freedom: freedom) - probability) < 2e-5)
    #expect(abs(TailProbability.student(exceededWith: probability, freedom: freedom) - t) < 0.01)
  }
}
