// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching

/// Seeded textures for the search tests: they can be shifted by any amount exactly.
struct SearchTexture {
  private var waves: [(kx: Double, ky: Double, phase: Double, amplitude: Double)] = []

  /// Sum of waves from `shortest` to 40 px with amplitudes that grow with the wavelength, like natural ground.
  init(seed: UInt64, count: Int = 80, shortest: Double = 4) {
    var random = SearchRandom(state: seed)
    for _ in 0..<count {
      let length = shortest * pow(40 / shortest, random.next())
      let angle = 2 * Double.pi * random.next()
      let k = 2 * Double.pi / length
      waves.append((k * cos(angle), k * sin(angle), 2 * Double.pi * random.next(), length.squareRoot()))
    }
  }

  /// The texture moved by (dx, dy): what was at (row, column) is then at (row + dy, column + dx).
  func image(_ rows: Int, _ columns: Int, dx: Double = 0, dy: Double = 0) -> Grid<Float> {
    var sums = [Double](repeating: 0, count: rows * columns)
    for wave in waves {
      // One rotation per pixel instead of one cosine; restarted on every row.
      let c = cos(wave.kx), s = sin(wave.kx)
      for row in 0..<rows {
        let start = -wave.kx * dx + wave.ky * (Double(row) - dy) + wave.phase
        var re = wave.amplitude * cos(start), im = wave.amplitude * sin(start)
        for column in 0..<columns {
          sums[row * columns + column] += re
          (re, im) = (re * c - im * s, re * s + im * c)
        }
      }
    }
    return Grid(rows: rows, columns: columns, cells: sums.map { Float(100 + $0) })
  }
}

struct SearchRandom {
  var state: UInt64

  /// Uniform in 0 ..< 1.
  mutating func next() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
  }
}

/// Pearson correlation of two windows over the pixels that both have, summed directly in Double.
func directCorrelation(
  _ a: Grid<Float>, _ b: Grid<Float>, at point: SearchPoint, half: Int, dx: Int, dy: Int
) -> Double {
  var n = 0.0, sa = 0.0, sb = 0.0, saa = 0.0, sbb = 0.0, sab = 0.0
  for row in -half...half {
    for column in -half...half {
      let x = Double(a[point.row + row, point.column + column])
      let y = Double(b[point.row + row + dy, point.column + column + dx])
      guard x.isFinite, y.isFinite else { continue }
      n += 1
      sa += x
      sb += y
      saa += x * x
      sbb += y * y
      sab += x * y
    }
  }
  return (sab - sa * sb / n) / ((saa - sa * sa / n) * (sbb - sb * sb / n)).squareRoot()
}

/// Runs work on a thread of its own: on the pool that runs the tests Dispatch grants no second thread, and a test of
/// threads would test nothing.
func onOwnThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    Thread { continuation.resume(returning: work()) }.start()
  }
}
