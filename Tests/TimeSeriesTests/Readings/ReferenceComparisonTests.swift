// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

@Suite("Comparison with reference points")
struct ReferenceComparisonTests {
  private func track(_ days: [Double], sigma: Double?, _ value: (Double) -> Double) throws -> MotionTrack {
    func series(_ factor: Double) throws -> DatedSeries {
      try DatedSeries(
        days: days, values: days.map { factor * value($0) }, sigmas: sigma.map { s in days.map { _ in s } })
    }
    return MotionTrack(east: try series(1), north: try series(-0.5))
  }

  @Test("errors of known mean and spread: bias, NMAD, RMSE and coverage are theirs")
  func summary() {
    var noise = SeriesNoise(2)
    let errors = (0..<20_000).map { _ in 0.5 + 2 * noise.normal() }
    let right = ErrorStatistics(errors: errors + [.nan], sigmas: (errors + [0]).map { _ in 4.25.squareRoot() })
    #expect(right.count == 20_000 && abs(right.bias - 0.5) < 0.05 && abs(right.medianError - 0.5) < 0.06)
    #expect(abs(right.nmad - 2) < 0.05 && abs(right.rmse - 4.25.squareRoot()) < 0.04)
    #expect(abs(right.rmsNormalised - 1) < 0.02 && abs(right.medianNormalised - 0.6745) < 0.03)
    #expect(abs(right.coverage68 - 0.683) < 0.02 && abs(right.coverage95 - 0.95) < 0.01)
    let half = ErrorStatistics.ofStableGround(velocities: errors, sigmas: errors.map { _ in 1 })
    #expect(half.coverage68 < 0.4 && half.rmsNormalised > 2)
    let none = ErrorStatistics(errors: [.nan])
    #expect(none.count == 0 && none.bias.isNaN && none.coverage68.isNaN && none.rmse.isNaN)
    #expect(ErrorStatistics(errors: [1, -1]).coverage95.isNaN && ErrorStatistics(errors: [1, -1]).rmse == 1)
  }

  @Test(
    "a line against the same line read daily: no error, spans of both; the sigma is that of both ends and both series"
  )
  func exact() throws {
    let ours = try track(stride(from: 100, through: 400, by: 12).map { $0 }, sigma: 0.3) { 0.1 * $0 }
    let station = try track((150...350).map { Double($0) }, sigma: 0.4) { 7 + 0.1 * $0 }
    let velocity = ReferenceComparison(ours, with: station, quantity: .velocity)
    #expect(velocity.east.count == 15 && velocity.east.allSatisfy { abs($0.error) < 1e-9 })
    #expect(
      velocity.east.allSatisfy {
        abs($0.measured - 36.525) < 1e-9 && abs($0.sigma - 0.5 * 2.0.squareRoot() * 365.25 / 12) < 1e-9
      })
    #expect(velocity.north.allSatisfy { abs($0.measured + 36.525 / 2) < 1e-9 })
    let displacement = ReferenceComparison(ours, with: station, quantity: .displacement)
    #expect(displacement.east.count == 15 && displacement.east.allSatisfy { abs($0.error) < 1e-9 && $0.from == 160 })
    #expect(displacement.east.last.map { abs($0.measured - 18) < 1e-9 } == true)
    #expect(velocity.up.isEmpty && velocity.upSummary.count == 0)
    let tall = MotionTrack(east: ours.east, north: ours.north, up: ours.north)
    let other = MotionTrack(east: station.east, north: station.north, up: station.east)
    let heights = ReferenceComparison(tall, with: other, quantity: .velocity)
    #expect(heights.up.count == 15 && abs(heights.upSummary.bias + 1.5 * 36.525) < 1e-9)
    let months = ReferenceComparison(
      ours, with: station, quantity: .velocity,
      intervals: [DayInterval(from: 200, to: 230), DayInterval(from: 10, to: 40)])
    #expect(months.east.count == 1 && abs(months.east[0].error) < 1e-9)
  }

  @Test("gaps in the station are not bridged, a station without sigmas counts as exact")
  func gaps() throws {
    let ours = try track(stride(from: 100, through: 400, by: 12).map { $0 }, sigma: 0.3) { 0.1 * $0 }
    let days = ((100...200).map { Double($0) } + (300...400).map { Double($0) })
    let station = try track(days, sigma: nil) { 0.1 * $0 + ($0 > 250 ? 5 : 0) }
    let found = ReferenceComparison(ours, with: station, quantity: .velocity)
    #expect(found.east.allSatisfy { abs($0.error) < 1e-9 } && found.east.count == 16)
    #expect(abs(found.east[0].sigma - 0.3 * 2.0.squareRoot() * 365.25 / 12) < 1e-9)
  }

  @Test("noisy series against truth: 68 and 95 % of the velocities' errors lie within their intervals")
  func coverage() throws {
    var points: [ReferenceComparison] = []
    let days = stride(from: 100.0, through: 2000, by: 12).map { $0 }
    let station = try track((90...2010).map { Double($0) }, sigma: 1e-6) { 0.1 * $0 }
    for seed in 1...20 {
      var noise = SeriesNoise(seed)
      let east = try noise.series(days, sigma: 0.3) { 0.1 * $0 },
        north = try noise.series(days, sigma: 0.3) { -0.05 * $0 }
      points.append(ReferenceComparison(MotionTrack(east: east, north: north), with: station, quantity: .velocity))
    }
    let all = ReferenceComparison.summary(of: points)
    #expect(all.count == 20 * 2 * (days.count - 1))
    #expect(abs(all.coverage68 - 0.683) < 0.02 && abs(all.coverage95 - 0.95) < 0.01)
    #expect(points[0].eastSummary.count == days.count - 1 && points[0].northSummary.rmse > 0)
  }
}
