// SPDX-License-Identifier: Apache-2.0
import Foundation
import Simulation
import TimeSeries

/// Pairs over still ground of many slopes, at which the sun of a morning pass at 46 degrees north feigns motion.
struct SunlitPairs {
  /// Lengths of the terms, m, in their order.
  var lengths = [-0.6, 0.2, 0, 0]
  /// The same on all ground, m.
  var uniform = -0.5
  /// Scatter of a reading, and of the shift of a pair, m.
  var noise = 0.6, shift = 1.0
  var pixels = 400
  var seed: UInt64 = 1

  static let start = 16_801.0  // 2016-01-01

  let days: [Double] = (0..<36).map { Self.start + 40 * Double($0) + Double($0 * 7 % 11) }

  var times: PairTimes {
    get throws {
      let ends = days.indices.flatMap { first in
        [1, 2, 4, 9].compactMap { first + $0 < days.count ? (days[first], days[first + $0]) : nil }
      }
      return try PairTimes(earlier: ends.map(\.0), later: ends.map(\.1))
    }
  }

  /// By a declination that is a sine of the year, at 10:30.
  static func sun(_ day: Double) -> ShadowVector {
    let degree = Double.pi / 180, latitude = 46 * degree, hours = -22.5 * degree
    let declination = 23.44 * degree * sin(2 * .pi * (day - start - 80) / 365.25)
    let up = sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hours)
    let east = -cos(declination) * sin(hours)
    let north = cos(latitude) * sin(declination) - sin(latitude) * cos(declination) * cos(hours)
    return ShadowVector(azimuth: atan2(east, north) / degree, elevation: asin(up) / degree)
  }

  func rise(_ pixel: Int) -> GroundRise {
    var random = SeededRandom(seed: seed, stream: 7, row: pixel, column: 0)
    let slope = 0.1 + 0.5 * random.uniform(), aspect = 2 * Double.pi * random.uniform()
    return GroundRise(east: slope * cos(aspect), north: slope * sin(aspect))
  }

  var truth: IlluminationModel {
    IlluminationModel(form: .curved, coefficients: lengths, covariance: [], steepest: 10)
  }

  func samples() throws -> StillGround {
    let times = try times, suns = times.dates.map(Self.sun), truth = truth
    let rises = (0..<pixels).map(rise)
    var random = SeededRandom(seed: seed), east: [Float] = [], north: [Float] = []
    for pair in 0..<times.count {
      let low = suns[times.earlierDate[pair]], high = suns[times.laterDate[pair]]
      let own = random.normalPair()
      let shift = SIMD2(
        shift * own.0 + uniform * (high.east - low.east), self.shift * own.1 + uniform * (high.north - low.north))
      for pixel in 0..<pixels {
        let noise = random.normalPair()
        var value = truth.bias(rises[pixel], under: high) - truth.bias(rises[pixel], under: low) + shift
        value += self.noise * SIMD2(noise.0, noise.1)
        // One reading in thirty is wrong by far, one in twenty is missing.
        let luck = random.uniform()
        if luck < 0.03 { value += SIMD2(40, -25) }
        east.append(luck > 0.95 ? .nan : Float(value.x))
        north.append(luck > 0.95 ? .nan : Float(value.y))
      }
    }
    let side = 20
    return StillGround(
      pairs: times.count, east: east, north: north, rises: rises,
      blocks: (0..<pixels).map {
        StillGround.block(row: $0 / side, column: $0 % side, rows: pixels / side, columns: side)
      })
  }

  func study() throws -> IlluminationStudy {
    let times = try times
    return IlluminationStudy(try samples(), times, suns: times.dates.map(Self.sun))
  }
}
