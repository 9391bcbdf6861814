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

  @Test("steps and surges told apart, by how long it lasts and by redness")
  func steps() throws {
    print("| days | redness | size / sigma | a step is named, % | a phase over its middle, % | neither, % |")
    let days = (0..<120).map { 17_000 + 12 * Double($0) }
    for (length, redness, size) in [
      (0.0, 0.0, 5.0), (0, 0, 10), (0, 0.8, 10), (0, 0, 25), (40, 0, 10), (40, 0, 25), (40, 0.8, 25), (120, 0, 10),
      (120, 0, 50), (300, 0, 50), (300, 0.8, 50),
    ] {
      var counts = [0, 0, 0]
      for seed in 1...Self.seeds {
        var noise = SeriesNoise(seed)
        let red = noise.red(days.count, redness: redness), middle = 17_700 + 12 * noise.uniform()
        let values = zip(days, red).map { day, error in
          let rise = length > 0 ? (1 + tanh(4 * (day - middle) / length)) / 2 : day > middle ? 1 : 0
          return 0.01 * day + size * rise + error
        }
        let found = try #require(
          StepDetection(DatedSeries(days: days, values: values, sigmas: days.map { _ in 1 })))
        let hasPhase = found.phases.contains { $0.from < middle && middle < $0.to }
        counts[0] += found.steps.isEmpty ? 0 : 1
        counts[1] += hasPhase ? 1 : 0
        counts[2] += found.steps.isEmpty && !hasPhase ? 1 : 0
      }
      print(
        "| \(Int(length)) | \(redness) | \(Int(size)) | "
          + counts.map { percent($0, of: Self.seeds) }.joined(separator: " | ") + " |")
    }
  }
}
