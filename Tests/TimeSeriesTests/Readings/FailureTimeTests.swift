// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Failure time")
struct FailureTimeTests {
  /// 41 dates in 480 days, the last of them 55 days before the failure, as in the simulated landslide.
  private static let days = (0...40).map { 18_000 + 12 * Double($0) }
  private static let failure = 18_480.0 + 55
  /// m; the landslide has moved by 84 mm at the last date.
  private static let amplitude = 0.037

  private func creep(_ day: Double) -> Double {
    -Self.amplitude * log((Self.failure - day) / (Self.failure - Self.days[0]))
  }

  @Test("without noise the law's time is found within 0.5 d, and its A within 1 %")
  func exact() throws {
    let series = try DatedSeries(days: Self.days, values: Self.days.map(creep), sigmas: Self.days.map { _ in 1e-5 })
    let found = FailureTime(series)
    let day = try #require(found.day)
    #expect(abs(day - Self.failure) < 0.5 && abs(found.amplitude / Self.amplitude - 1) < 0.01)
    #expect(found.evidence.failure > 0.999)
    #expect(abs(found.displacement(at: 18_470) - creep(18_470)) < 1e-4 && found.displacement(at: 19_000).isNaN)
    // The other way round: motion to the west.
    let mirrored = try DatedSeries(days: series.days, values: series.values.map { -$0 }, sigmas: series.sigmas)
    #expect(abs(try #require(FailureTime(mirrored).day) - day) < 1e-6)
  }

  @Test(
    "55 days before failure: median error at most 10 d, 19 of 20 within 20 d, and 95 % intervals hold the truth in 92-99 %",
    arguments: [0.0005, 0.001, 0.002])
  func coverage(sigma: Double) throws {
    var errors: [Double] = [], inside95 = 0, inside68 = 0, classical: [Double] = []
    let seeds = 400
    for seed in 1...seeds {
      var noise = SeriesNoise(seed)
      let found = FailureTime(try noise.series(Self.days, sigma: sigma, creep))
      guard let day = found.day else { continue }
      errors.append(abs(day - Self.failure))
      inside95 += found.likely95?.contains(Self.failure) == true ? 1 : 0
      inside68 += found.likely68?.contains(Self.failure) == true ? 1 : 0
      if let other = found.inverseVelocity, other.day.isFinite { classical.append(abs(other.day - Self.failure)) }
    }
    let sorted = errors.sorted(), count = Double(seeds)
    // The regression of 1/v on the same series, where it finds an end at all.
    #expect(classical.sorted()[classical.count / 2] > 4 * sorted[sorted.count / 2])
    #expect(errors.count == seeds)
    #expect(sorted[sorted.count / 2] < 10 && sorted[sorted.count * 95 / 100] < 20)
    #expect((0.64...0.80).contains(Double(inside68) / count))
    #expect((0.92...0.99).contains(Double(inside95) / count))
  }

  @Test("sigmas stated three times too small are found out, and the interval still holds the truth in 90-99 %")
  func smallSigmas() throws {
    var inside = 0, scales: [Double] = []
    for seed in 1...100 {
      var noise = SeriesNoise(1000 + seed)
      let found = FailureTime(try noise.series(Self.days, sigma: 0.001, stated: 0.001 / 3, creep))
      scales.append(found.sigmaScale)
      inside += found.likely95?.contains(Self.failure) == true ? 1 : 0
    }
    #expect(abs(scales.reduce(0, +) / 100 - 3) < 0.3)
    #expect((90...99).contains(inside))
  }

  @Test("errors that resemble their neighbours widen the interval: it still holds the truth in 85-99 %")
  func redErrors() throws {
    var inside = 0, found = 0
    for seed in 1...100 {
      var noise = SeriesNoise(4000 + seed)
      let errors = noise.red(Self.days.count, redness: 0.8)
      let values = zip(Self.days, errors).map { creep($0) + 0.001 * $1 }
      let reading = FailureTime(
        try DatedSeries(days: Self.days, values: values, sigmas: Self.days.map { _ in 0.001 }))
      found += reading.day == nil ? 0 : 1
      inside += reading.likely95?.contains(Self.failure) == true ? 1 : 0
    }
    #expect(found >= 95 && inside * 100 >= 85 * found)
  }

  @Test("steady and slowing motion has no failure time: at most 9 of 100 find one, and they say why not")
  func noAcceleration() throws {
    var alarms = 0
    for seed in 1...100 {
      var noise = SeriesNoise(2000 + seed)
      let steady = FailureTime(try noise.series(Self.days, sigma: 0.001) { 0.0002 * ($0 - 18_000) })
      alarms += steady.day == nil ? 0 : 1
      if steady.day == nil { #expect(steady.absence == .noAcceleration && steady.likely95 == nil) }
    }
    #expect(alarms <= 9)
    var noise = SeriesNoise(1)
    let slowing = FailureTime(try noise.series(Self.days, sigma: 0.001) { 0.05 * log(1 + ($0 - 18_000) / 50) })
    #expect(slowing.day == nil && slowing.absence == .noAcceleration)
    // A perfect line without sigmas: rounding is no acceleration.
    let perfect = try DatedSeries(days: Self.days, values: Self.days.map { 0.1 * ($0 - 18_000) })
    #expect(FailureTime(perfect).absence == .noAcceleration && AccelerationOnset(perfect)?.day == nil)
    #expect(StepDetection(perfect)?.steps.isEmpty == true)
    let few = FailureTime(try noise.series(Array(Self.days.suffix(6)), sigma: 0.001, creep))
    #expect(few.absence == .tooFewDates && few.day == nil)
  }

  @Test("a slope that sped up and has slowed since has no failure time in 99 of 100 series, and they say why")
  func slowed() throws {
    var named = 0, slowed = 0
    // As if towards a failure on day 18 480, but at a third of its speed from day 18 440 on.
    func motion(_ day: Double) -> Double {
      let fast = -Self.amplitude * log((18_480 - min(day, 18_440)) / 480)
      return fast + (day > 18_440 ? Self.amplitude / 40 / 3 * (day - 18_440) : 0)
    }
    for seed in 1...100 {
      var noise = SeriesNoise(6000 + seed)
      let found = FailureTime(try noise.series(Self.days + [18_492, 18_504], sigma: 0.001, motion))
      named += found.day == nil ? 0 : 1
      slowed += found.absence == .slowed ? 1 : 0
    }
    #expect(named <= 1 && slowed >= 50)
  }

  @Test("a motion with constant acceleration is told from one that runs towards an end")
  func parabola() throws {
    var noise = SeriesNoise(5)
    let found = FailureTime(try noise.series(Self.days, sigma: 0.001) { 4e-7 * ($0 - 18_000) * ($0 - 18_000) })
    #expect(found.day == nil && found.absence == .steadyAcceleration && found.evidence.parabola > 0.9)
  }

  @Test("far from failure and noisy, the interval is open and says so")
  func open() throws {
    var noise = SeriesNoise(9), opened = 0, inside = 0, found = 0
    for _ in 1...40 {
      let reading = FailureTime(try noise.series(Self.days, sigma: 0.005) { -0.1 * log((18_480 + 500 - $0) / 980) })
      guard let likely = reading.likely95 else { continue }
      found += 1
      opened += likely.to == nil ? 1 : 0
      inside += likely.contains(18_980) ? 1 : 0
    }
    #expect(found > 20 && opened > 0 && inside * 10 >= found * 8)
  }

  @Test("a steady motion beside the law does not shift the failure by more than its interval")
  func steadyMotion() throws {
    var parameters = FailureTime.Parameters()
    parameters.includesSteadyMotion = true
    var inside = 0
    for seed in 1...50 {
      var noise = SeriesNoise(3000 + seed)
      let series = try noise.series(Self.days, sigma: 0.0005) { creep($0) + 0.0003 * ($0 - 18_000) }
      inside += FailureTime(series, parameters: parameters).likely95?.contains(Self.failure) == true ? 1 : 0
    }
    #expect(inside >= 45)
  }
}
