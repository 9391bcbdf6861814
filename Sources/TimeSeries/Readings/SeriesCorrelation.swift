// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How a motion goes with the weather of the days before: correlation at each lag, and what it is worth.
///
/// Values that resemble their neighbours count for fewer: the effective number of values follows from the autocorrelations
/// of both series. The chance of the best lag allows for all lags that were tried. A season that both share is found too; it
/// is no proof that one drives the other. O(lags × intervals²).
///
/// Source: effective size after Bartlett 1935 as in Pyper & Peterman 1998, Can. J. Fish. Aquat. Sci. 55, 2127; search over lags
/// after Hotelling 1939 and Davies 1987. Checked by: `SeriesCorrelationTests`.
public struct SeriesCorrelation: Hashable, Sendable {
  public struct Lag: Hashable, Sendable {
    /// Days from the weather to the motion.
    public let days: Int
    /// Pearson's, -1 to 1.
    public let correlation: Double
    /// Intervals that were compared, and how many independent ones they are worth.
    public let count: Int
    public let effectiveCount: Double
    /// Chance of such a correlation at this lag where there is none.
    public let chance: Double
  }

  /// Lags at which enough is known, rising.
  public let lags: [Lag]
  /// The least likely by chance; nil where no lag could be tried.
  public let best: Lag?
  /// Chance that any of all lags looks as good as the best where there is no correlation.
  public let chanceOfBest: Double

  static let fewestIntervals = 10

  /// - Parameters:
  ///   - velocities: mean of each interval, any unit; NaN is left out.
  ///   - intervals: in the order of time.
  ///   - lags: days, from 0 on.
  public init(_ velocities: [Double], over intervals: [DayInterval], with record: DailyRecord, lags: [Int]) {
    self.init(velocities, with: LaggedWeather(record, over: intervals, lags: lags))
  }

  /// - Parameters:
  ///   - velocities: mean of each interval of the weather, any unit; NaN is left out.
  ///   - weather: made once for all places of the same intervals.
  public init(_ velocities: [Double], with weather: LaggedWeather) {
    precondition(velocities.count == weather.intervals, "each velocity has an interval")
    var found: [Lag] = [], path = 0.0
    var previous: (places: [Int], unit: [Double])?
    for (lag, weather) in zip(weather.lags, weather.means) {
      let places = velocities.indices.filter { velocities[$0].isFinite && weather[$0].isFinite }
      guard places.count >= Self.fewestIntervals, let x = Self.unit(places.map { weather[$0] }),
        let y = Self.unit(places.map { velocities[$0] })
      else { continue }
      if let previous {
        // Where other intervals are missing the two cannot be compared: they count as unrelated.
        path += previous.places == places ? TailProbability.angle(previous.unit, x) : .pi / 2
      }
      previous = (places, x)
      let r = dot(x, y), effective = Self.effectiveCount(x, y)
      found.append(
        Lag(
          days: lag, correlation: r, count: places.count, effectiveCount: effective,
          chance: TailProbability.ofStudent(Self.student(r, effective), freedom: effective - 2)))
    }
    self.lags = found
    best = found.min { $0.chance < $1.chance }
    chanceOfBest =
      best.map {
        TailProbability.ofLargest(
          Self.student($0.correlation, $0.effectiveCount), freedom: $0.effectiveCount - 2, pathLength: path,
          places: found.count)
      } ?? .nan
  }

  private static func student(_ r: Double, _ count: Double) -> Double {
    r * ((count - 2) / max(1e-12, 1 - r * r)).squareRoot()
  }

  /// Less its mean and of length 1; nil for a constant.
  private static func unit(_ values: [Double]) -> [Double]? {
    let mean = values.reduce(0, +) / Double(values.count)
    let centred = values.map { $0 - mean }
    let size = norm(centred)
    return size > 1e-12 * abs(mean) * Double(values.count) && size > 0 ? centred.map { $0 / size } : nil
  }

  /// n / (1 + 2 Σ (1 − k/n) ρx ρy), at least 3; autocorrelations over a third of the series.
  package static func effectiveCount(_ x: [Double], _ y: [Double]) -> Double {
    let n = x.count
    var sum = 0.0
    for shift in 1...max(1, n / 3) {
      var a = 0.0, b = 0.0
      for index in 0..<n - shift {
        a += x[index] * x[index + shift]
        b += y[index] * y[index + shift]
      }
      // What is missing at the ends makes the estimate too small.
      let missing = Double(n) / Double(n - shift)
      sum += (1 - Double(shift) / Double(n)) * a * b * missing * missing
    }
    return min(Double(n), max(3, Double(n) / max(1, 1 + 2 * sum)))
  }
}
