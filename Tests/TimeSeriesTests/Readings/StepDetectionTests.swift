// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Step detection")
struct StepDetectionTests {
  private static let days: [Double] = (0..<120).map { (index: Int) -> Double in
    17_000 + 12 * Double(index) + (index.isMultiple(of: 3) ? 5.0 : 0.0)
  }

  private func motion(_ day: Double) -> Double {
    let years = (day - 17_000) / 365.25
    return 3 * years + 0.4 * sin(2 * .pi * years)
  }

  @Test("fewer than 5 % of series without steps get one", arguments: [true, false])
  func falseAlarms(statesSigmas: Bool) throws {
    var alarms = 0
    for seed in 1...400 {
      var noise = SeriesNoise(seed)
      var series = try noise.series(Self.days, sigma: 0.2, motion)
      if !statesSigmas { series = try DatedSeries(days: series.days, values: series.values) }
      alarms += try #require(StepDetection(series)).steps.isEmpty ? 0 : 1
    }
    #expect(alarms < 20)
  }

  @Test(
    "two steps of five sigmas are both found and dated to within one date in 40 of 50 series, sized within three sigmas"
  )
  func twoSteps() throws {
    var dated = 0, sized = 0
    for seed in 1...50 {
      var noise = SeriesNoise(500 + seed)
      let series = try noise.series(Self.days, sigma: 0.2) {
        motion($0) + ($0 > Self.days[40] ? 1.0 : 0) - ($0 > Self.days[85] ? 1.0 : 0)
      }
      let found = try #require(StepDetection(series))
      let right = found.steps.filter { step in
        [40, 85].contains { abs(Self.days.firstIndex(of: step.after)! - $0) <= 1 }
      }
      dated += right.count == 2 && found.steps.count == 2 ? 1 : 0
      sized += right.filter { abs(abs($0.size) - 1) < 3 * $0.sigma }.count
      if right.count == 2, let first = right.first {
        #expect(first.size > 0 && first.day > first.after && first.day < first.before)
      }
    }
    #expect(dated >= 40 && sized >= 85)
  }

  @Test("a surge of 40 to 300 days is a phase and no step, in 28 of 30 series", arguments: [40.0, 120, 300])
  func surge(length: Double) throws {
    var right = 0
    for seed in 1...30 {
      var noise = SeriesNoise(800 + seed)
      // Fastest in its middle, as surges are.
      let series = try noise.series(Self.days, sigma: 0.2) {
        3 * ($0 - 17_000) / 365.25 + 5 * tanh(4 * ($0 - 17_700) / length)
      }
      let found = try #require(StepDetection(series))
      right += found.steps.isEmpty && found.phases.contains { $0.from < 17_700 && $0.to > 17_700 } ? 1 : 0
    }
    #expect(right >= 28)
  }

  @Test("a step of ten sigmas stays a step in 95 of 100 series")
  func kept() throws {
    var right = 0
    for seed in 1...100 {
      var noise = SeriesNoise(1500 + seed)
      let series = try noise.series(Self.days, sigma: 0.2) { motion($0) + ($0 > Self.days[60] ? 2 : 0) }
      let found = try #require(StepDetection(series))
      right += found.steps.contains { $0.after == Self.days[60] && abs($0.size - 2) < 4 * $0.sigma } ? 1 : 0
    }
    #expect(right >= 95)
  }

  @Test("a motion that goes on faster than before has no step in 28 of 30 series")
  func faster() throws {
    var clean = 0
    for seed in 1...30 {
      var noise = SeriesNoise(2500 + seed)
      let series = try noise.series(Self.days, sigma: 0.2) { 3 * max(0, $0 - 17_900) / 100 }
      clean += try #require(StepDetection(series)).steps.isEmpty ? 1 : 0
    }
    #expect(clean >= 28)
  }

  @Test("a step as large as the trend's yearly motion does not bend the trend, and wrong sigmas are scaled")
  func trend() throws {
    var noise = SeriesNoise(7)
    let series = try noise.series(Self.days, sigma: 0.2, stated: 0.05) { motion($0) + ($0 > Self.days[60] ? 3 : 0) }
    let found = try #require(StepDetection(series))
    #expect(found.steps.count == 1 && abs(found.velocity - 3) < 4 * found.velocitySigma)
    #expect((3.2...4.8).contains(found.sigmaScale))
  }

  @Test("a series too short for its model has no answer")
  func short() throws {
    #expect(StepDetection(try DatedSeries(days: [1, 2, 3], values: [1, 2, 3])) == nil)
  }
}

@Suite("Onset of acceleration")
struct AccelerationOnsetTests {
  private static let days = (0..<80).map { 18_000 + 12 * Double($0) }

  @Test("the onset's 68 and 95 % intervals hold the truth in 58-80 and 88-99 %, its acceleration within three sigmas")
  func coverage() throws {
    var inside68 = 0, inside95 = 0, right = 0
    let onset = 18_520.0, seeds = 150
    for seed in 1...seeds {
      var noise = SeriesNoise(seed)
      let series = try noise.series(Self.days, sigma: 0.05) {
        2 * ($0 - 18_000) / 365.25 + ($0 > onset ? 0.5 * 3 * pow(($0 - onset) / 365.25, 2) : 0)
      }
      let found = try #require(AccelerationOnset(series))
      #expect(found.day != nil && found.evidence > 0.99)
      inside68 += found.likely68?.contains(onset) == true ? 1 : 0
      inside95 += found.likely95?.contains(onset) == true ? 1 : 0
      right += abs(found.acceleration - 3) < 3 * found.accelerationSigma + 1 ? 1 : 0
    }
    #expect((0.58...0.80).contains(Double(inside68) / Double(seeds)))
    #expect((0.88...0.99).contains(Double(inside95) / Double(seeds)) && right > seeds * 9 / 10)
  }

  @Test("steady motion has an onset in at most 2 % of series, and its velocity is right")
  func steady() throws {
    var alarms = 0
    for seed in 1...200 {
      var noise = SeriesNoise(900 + seed)
      let found = try #require(
        AccelerationOnset(try noise.series(Self.days, sigma: 0.05) { 2 * ($0 - 18_000) / 365.25 }))
      alarms += found.day == nil ? 0 : 1
      if found.day == nil { #expect(abs(found.velocity - 2) < 4.5 * found.velocitySigma) }
    }
    #expect(alarms <= 4)
  }
}
