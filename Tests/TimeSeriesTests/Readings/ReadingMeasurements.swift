// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import TimeSeries

/// The figures of `docs/results/readings.md`. Not a check: run only when `OGIVE_MEASURE` is set.
@Suite(
  "Reading measurements",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to anything"))
struct ReadingMeasurements {
  private static let seeds = 1000

  private func middle(_ values: [Double], _ share: Double = 0.5) -> String {
    let sorted = values.sorted()
    return sorted.isEmpty ? "-" : text(sorted[Int(share * Double(sorted.count - 1))])
  }

  private func text(_ value: Double) -> String { String(format: "%.1f", value) }
  private func percent(_ count: Int, of all: Int) -> String { text(100 * Double(count) / Double(all)) }

  @Test("failure time before failure, by noise and by days left")
  func failure() throws {
    print(
      "| days left | noise, mm | redness | found, % | median error, d | 95 % of errors below, d | coverage 68, 95, % | 1/v: found, %; median error, d |"
    )
    for (left, sigma, redness) in [
      (55.0, 0.0005, 0.0), (55, 0.001, 0), (55, 0.002, 0), (55, 0.001, 0.8), (110, 0.001, 0), (220, 0.001, 0),
    ] {
      let days = (0...40).map { 18_000 + 12 * Double($0) }, end = 18_480 + left
      var errors: [Double] = [], within68 = 0, within95 = 0, classical: [Double] = []
      for seed in 1...Self.seeds {
        var noise = SeriesNoise(seed)
        let red = noise.red(days.count, redness: redness)
        let values = zip(days, red).map { -0.037 * log((end - $0) / (end - 18_000)) + sigma * $1 }
        let found = FailureTime(try DatedSeries(days: days, values: values, sigmas: days.map { _ in sigma }))
        if let other = found.inverseVelocity, other.day.isFinite { classical.append(abs(other.day - end)) }
        guard let day = found.day else { continue }
        errors.append(abs(day - end))
        within68 += found.likely68?.contains(end) == true ? 1 : 0
        within95 += found.likely95?.contains(end) == true ? 1 : 0
      }
      print(
        "| \(left) | \(sigma * 1000) | \(redness) | \(percent(errors.count, of: Self.seeds)) | \(middle(errors)) | "
          + "\(middle(errors, 0.95)) | \(percent(within68, of: errors.count)), \(percent(within95, of: errors.count)) | "
          + "\(percent(classical.count, of: Self.seeds)); \(middle(classical)) |")
    }
  }

  @Test("false alarms of steps, onsets, failures and correlations in series without them")
  func alarms() throws {
    print("| redness | step, % | onset, % | failure, % | correlation at one lag, % | at the best of 61 lags, % |")
    let days = (0..<120).map { 17_200 + 12 * Double($0) }
    let spans = days.map { DayInterval(from: $0, to: $0 + 12) }
    for redness in [0.0, 0.4, 0.8] {
      var counts = [0, 0, 0, 0, 0]
      for seed in 1...Self.seeds {
        var noise = SeriesNoise(seed)
        let red = noise.red(days.count, redness: redness)
        let series = try DatedSeries(
          days: days, values: zip(days, red).map { 0.01 * $0 + $1 }, sigmas: days.map { _ in 1 })
        let record = DailyRecord(firstDay: 17_000, values: noise.red(1700, redness: 0.9))
        let weather = SeriesCorrelation(
          red, over: spans, with: record, lags: Array(stride(from: 0, through: 120, by: 2)))
        let isFound = [
          StepDetection(series)?.steps.isEmpty == false, AccelerationOnset(series)?.day != nil,
          FailureTime(series).day != nil, (weather.lags.first?.chance ?? 1) < 0.05, weather.chanceOfBest < 0.05,
        ]
        for (index, value) in isFound.enumerated() where value { counts[index] += 1 }
      }
      print("| \(redness) | " + counts.map { percent($0, of: Self.seeds) }.joined(separator: " | ") + " |")
    }
  }
}
