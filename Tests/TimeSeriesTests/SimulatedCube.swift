// SPDX-License-Identifier: Apache-2.0
import Foundation
import Simulation
import TimeSeries

/// Pairs of three imagined sensors over ground whose motion is known at every instant: a season and, if wanted, a surge.
struct SimulatedCube {
  var pixels = 48
  var years = 4.0
  /// Mean speed, m/yr; one direction has it, the other its negative half.
  var speed = 120.0
  /// Of the season's velocity, over the mean speed.
  var season = 0.3
  /// Largest speed of the surge over the mean speed.
  var surge = 0.0
  /// Share of pairs that are wrong by up to 60 m, and of those that are missing.
  var wrongShare = 0.05, missingShare = 0.1
  /// Of a pair, times the sensor's own, m.
  var noise = 1.0
  var mostPairs = 500
  var seed: UInt64 = 1

  static let start = 16_801.0  // 2016-01-01

  struct Pair { var earlier, later, sigma: Double }

  /// Displacement since the start over the mean yearly one, `day` since 1970-01-01.
  func shape(_ day: Double, _ pixel: Int) -> Double {
    let t = (day - Self.start) / 365.25, peak = 0.45 + 0.15 * Double(pixel) / Double(pixels)
    func periodic(_ t: Double) -> Double {
      season / (2 * .pi) * sin(2 * .pi * (t - peak)) + surge * 0.15 * tanh((t - years * 0.55) / 0.15)
    }
    return t - 0.015 * t * t + periodic(t) - periodic(0)
  }

  func truth(_ day: Double, _ pixel: Int, component: Int) -> Double {
    speed * (component == 0 ? 1 : -0.5) * shape(day, pixel)
  }

  func pairs() -> [Pair] {
    var random = SeededRandom(seed: seed), out: [Pair] = []
    let sensors: [(step: Int, cloud: Double, sigma: Double, most: Int, yearly: Bool)] = [
      (5, 0.45, 0.8, 30, true), (16, 0.45, 1.2, 96, true), (12, 0, 1.44, 12, false),
    ]
    for (index, sensor) in sensors.enumerated() {
      let days = stride(from: index, to: Int(years * 365.25), by: sensor.step).filter { _ in
        random.uniform() >= sensor.cloud
      }
      for (place, first) in days.enumerated() {
        for second in days[(place + 1)...] {
          let separation = second - first
          guard separation <= sensor.most || (sensor.yearly && (345...385).contains(separation)) else { continue }
          out.append(
            Pair(earlier: Self.start + Double(first), later: Self.start + Double(second), sigma: sensor.sigma * noise)
          )
        }
      }
    }
    while out.count > mostPairs { out.remove(at: Int(random.uniform() * Double(out.count))) }
    return out
  }

  /// What the pairs measured; sigmas as they are.
  func block(_ pairs: [Pair], stated: Bool = true) throws -> PairDisplacements {
    var random = SeededRandom(seed: seed &+ 99)
    var values = Array(repeating: [Float](repeating: .nan, count: pairs.count * pixels), count: 2)
    for (index, pair) in pairs.enumerated() {
      for pixel in 0..<pixels {
        let isMissing = random.uniform() < missingShare, isWrong = random.uniform() < wrongShare
        for component in 0..<2 {
          let error = isWrong ? 120 * (random.uniform() - 0.5) : random.normalPair().0 * pair.sigma
          guard !isMissing else { continue }
          values[component][index * pixels + pixel] = Float(
            truth(pair.later, pixel, component: component) - truth(pair.earlier, pixel, component: component) + error)
        }
      }
    }
    return try PairDisplacements(
      pairs: pairs.count, pixels: pixels,
      components: values.map {
        .init(values: $0, sigmas: stated ? .perPair(pairs.map { Float($0.sigma) }) : .unknown)
      })
  }

  static func times(_ pairs: [Pair]) throws -> PairTimes {
    try PairTimes(earlier: pairs.map(\.earlier), later: pairs.map(\.later))
  }
}
