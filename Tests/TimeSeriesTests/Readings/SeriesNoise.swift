// SPDX-License-Identifier: Apache-2.0
import Simulation
import TimeSeries

/// Repeatable normal noise for series.
struct SeriesNoise {
  private var random: SeededRandom
  private var spare: Double?

  init(_ seed: Int) { random = SeededRandom(seed: UInt64(seed) &* 7919 &+ 17) }

  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let pair = random.normalPair()
    spare = pair.1
    return pair.0
  }

  mutating func uniform() -> Double { random.uniform() }

  /// Noise whose neighbours correlate by `redness`, variance 1.
  mutating func red(_ count: Int, redness: Double) -> [Double] {
    var value = normal()
    return (0..<count).map { index in
      if index > 0 { value = redness * value + (1 - redness * redness).squareRoot() * normal() }
      return value
    }
  }

  /// A series of a motion with noise of one sigma.
  mutating func series(_ days: [Double], sigma: Double, stated: Double? = nil, _ motion: (Double) -> Double) throws
    -> DatedSeries
  {
    try DatedSeries(
      days: days, values: days.map { motion($0) + sigma * normal() }, sigmas: days.map { _ in stated ?? sigma })
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
