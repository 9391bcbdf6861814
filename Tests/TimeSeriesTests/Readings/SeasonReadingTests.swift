// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Seasons and yearly means")
struct SeasonReadingTests {
  private func parts(_ cosine: Double, _ sine: Double, sigma: Double) -> SeasonReading.Parts {
    SeasonReading.Parts(cosine: cosine, sine: sine, cosineSigma: sigma, sineSigma: sigma)
  }

  @Test("amplitude and day along the flow are exact: 10 m/yr fastest on 1 July of a flow to the south-west")
  func exact() throws {
    // 1 July is day 182; the angle is 0 on 1 January.
    let angle = 2 * Double.pi * 181 / 365.25, share = -1 / 2.0.squareRoot()
    let component = parts(share * 10 * cos(angle), share * 10 * sin(angle), sigma: 0.01)
    let found = try #require(SeasonReading(east: component, north: component, meanEast: -50, meanNorth: -50))
    #expect(abs(found.amplitude - 10) < 1e-4 && abs(found.dayOfMaximum - 182) < 1e-9 && found.isSignificant)
    // One direction's sigma, because both have the same and their factors' squares add up to 1.
    #expect(abs(found.amplitudeSigma - 0.01) < 1e-12)
    #expect(abs(found.daySigma - 0.01 / 10 * 365.25 / (2 * .pi)) < 1e-9)
    // Half a year on, as the same parts of a flow the other way.
    let back = try #require(SeasonReading(east: component, north: component, meanEast: 50, meanNorth: 50))
    #expect(abs(back.dayOfMaximum - (182 + 365.25 / 2)) < 1e-9)
    let half = try #require(
      SeasonReading(
        east: parts(0, 5, sigma: 0.1), north: parts(0, 0, sigma: 0.1), meanEast: 1, meanNorth: 0, harmonic: 2))
    #expect(abs(half.dayOfMaximum - (1 + 365.25 / 8)) < 1e-9)
  }

  @Test("noise alone is significant in 5 % and adds nothing on the whole; a season's sigmas hold 68 % of errors")
  func noise() throws {
    var alarms = 0, debiased = 0.0, raw = 0.0, inside = 0, days = 0
    for seed in 1...2000 {
      var noise = SeriesNoise(seed)
      func noisy(_ c: Double, _ s: Double) -> SeasonReading.Parts {
        parts(c + noise.normal(), s + noise.normal(), sigma: 1)
      }
      let none = try #require(SeasonReading(east: noisy(0, 0), north: noisy(0, 0), meanEast: 3, meanNorth: 4))
      alarms += none.isSignificant ? 1 : 0
      if !none.isSignificant { #expect(none.dayOfMaximum.isNaN) }
      let some = try #require(SeasonReading(east: noisy(5, 0), north: noisy(0, 0), meanEast: 1, meanNorth: 0))
      debiased += some.amplitude - 5
      raw += some.measuredAmplitude - 5
      inside += abs(some.amplitude - 5) < some.amplitudeSigma ? 1 : 0
      let error = some.dayOfMaximum - 1
      if abs(error > 183 ? error - 365.25 : error) < some.daySigma { days += 1 }
    }
    #expect((70...130).contains(alarms))
    #expect(abs(debiased / 2000) < 0.06 && raw / 2000 > 0.06)
    #expect((0.64...0.72).contains(Double(inside) / 2000) && days > 1200)
  }

  @Test("no mean motion or a missing sigma: no reading")
  func missing() {
    #expect(
      SeasonReading(east: parts(1, 1, sigma: 1), north: parts(1, 1, sigma: 1), meanEast: 0, meanNorth: 0) == nil)
    #expect(
      SeasonReading(east: parts(1, 1, sigma: .nan), north: parts(1, 1, sigma: 1), meanEast: 1, meanNorth: 0) == nil)
  }

  @Test("yearly means of a motion that changes on New Year's Day are exact, part years told and left out")
  func yearlyMeans() throws {
    // 2019-07-01 to 2022-03-02, 10 m/yr until the end of 2020, 30 m/yr from then on.
    let days = stride(from: 18_078.0, through: 19_053, by: 15).map { $0 }, change = 18_628.0
    let values = days.map { 10 * ($0 - 18_000) / 365.25 + max(0, $0 - change) * 20 / 365.25 }
    let all = YearlyMean.all(in: try DatedSeries(days: days, values: values), smallestShare: 0)
    #expect(all.map(\.year) == [2019, 2020, 2021, 2022] && all[0].sigma.isNaN)
    // New Year 2021 lies inside a step of 15 days, over which the bend is cut.
    for (mean, truth) in zip(all, [10.0, 10, 30, 30]) { #expect(abs(mean.velocity - truth) < 0.25) }
    #expect(abs(all[0].share - 184.0 / 365) < 1e-9 && all[1].share == 1)
    let series = try DatedSeries(days: days, values: values, sigmas: days.map { _ in 0.5 })
    let whole = YearlyMean.all(in: series)
    #expect(whole.map(\.year) == [2020, 2021] && (0.4...0.72).contains(whole[0].sigma))
    // A gap over New Year: the nearest dates inside are taken.
    let kept = days.indices.filter { abs(days[$0] - 18_262) > 50 }
    let gap = YearlyMean.all(
      in: try DatedSeries(days: kept.map { days[$0] }, values: kept.map { values[$0] }), smallestShare: 0.5)
    #expect(gap.first { $0.year == 2020 }.map { $0.share < 0.9 && abs($0.velocity - 10) < 0.3 } == true)
  }
}

@Suite("Dated series")
struct DatedSeriesTests {
  @Test("dates without value are left out, a sigma of 0 is the median of the others")
  func cleaning() throws {
    let series = try DatedSeries(days: [1, 2, 3, 4], values: [0, 1, .nan, 3], sigmas: [0, 2, 1, 4])
    #expect(series.days == [1, 2, 4] && series.sigmas == [3, 2, 4])
    #expect(try DatedSeries(days: [1, 2], values: [0, 1], sigmas: [0, 0]).sigmas == nil)
    #expect(series.between(2, 3).days == [2])
  }

  @Test("unsorted and repeated dates, columns of different length and negative sigmas are refused, with words")
  func refusals() {
    func message(_ days: [Double], _ values: [Double], _ sigmas: [Double]? = nil) -> String {
      do {
        _ = try DatedSeries(days: days, values: values, sigmas: sigmas)
        return ""
      } catch let error as TimeSeriesError { return error.message } catch { return "another error" }
    }
    #expect(message([1, 3, 2], [0, 0, 0]).contains("does not come after the one before"))
    #expect(message([1, 1], [0, 0]).contains("keep each once"))
    #expect(message([1, 2], [0]).contains("2 days, 1 values"))
    #expect(message([1, 2], [0, 0], [1, -1]).contains("can't be negative"))
  }
}
