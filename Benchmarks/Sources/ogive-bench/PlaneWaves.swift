// SPDX-License-Identifier: Apache-2.0
import Foundation
import OgiveKit

/// A texture that is known between the pixels: a sum of plane waves with a spectrum like that of ground.
///
/// A shifted copy is computed and not interpolated, so no kernel favours or hinders any matcher.
struct PlaneWaves {
  private struct Wave {
    let perColumn, perRow, phase, amplitude: Double
  }

  private let waves: [Wave]

  /// Wavelengths from 3 to 200 px, evenly on a logarithmic scale; amplitude grows with the wavelength.
  init(seed: UInt64, count: Int = 300) {
    var random = Random(seed: seed)
    waves = (0..<count).map { _ in
      let wavelength = 3 * pow(200.0 / 3, random.uniform()), angle = 2 * Double.pi * random.uniform()
      return Wave(
        perColumn: 2 * .pi / wavelength * cos(angle), perRow: 2 * .pi / wavelength * sin(angle),
        phase: 2 * .pi * random.uniform(), amplitude: 0.1 * pow(wavelength / 20, 0.7))
    }
  }

  /// The texture moved by (`dx`, `dy`) px, right and down.
  func image(size: Int, dx: Double = 0, dy: Double = 0) -> Grid<Float> {
    var sums = [Double](repeating: 0, count: size * size)
    for wave in waves {
      // A unit vector is turned step by step.
      let turn = (cos(wave.perColumn), sin(wave.perColumn))
      for row in 0..<size {
        let start = wave.phase - wave.perColumn * dx + wave.perRow * (Double(row) - dy)
        var x = wave.amplitude * cos(start), y = wave.amplitude * sin(start)
        for index in row * size..<(row + 1) * size {
          sums[index] += x
          (x, y) = (x * turn.0 - y * turn.1, x * turn.1 + y * turn.0)
        }
      }
    }
    return Grid(rows: size, columns: size, cells: sums.map { Float($0) })
  }
}

/// SplitMix64 (Steele, Lea & Flood 2014): small, seeded, the same on every machine.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1).
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Standard normal (Box & Muller 1958).
  mutating func normal() -> Double { sqrt(-2 * log(1 - uniform())) * cos(2 * Double.pi * uniform()) }
}
