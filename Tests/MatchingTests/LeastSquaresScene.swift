// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching

/// A random texture that can be evaluated anywhere, so that a warped image is exact: a sum of plane waves.
struct WaveTexture {
  private var waves: [(x: Double, y: Double, phase: Double)] = []
  private var generator: SeededGenerator

  /// - Parameter shortest: shortest wavelength, px. The cubic spline shifts waves of 4 px by up to 0.003 px, of 5 px by
  ///   a third of that.
  init(seed: UInt64, waves count: Int = 60, shortest: Double = 5, longest: Double = 24) {
    generator = SeededGenerator(seed: seed)
    for _ in 0..<count {
      let length = shortest * pow(longest / shortest, generator.uniform())
      let angle = 2 * Double.pi * generator.uniform(), frequency = 2 * Double.pi / length
      waves.append((frequency * cos(angle), frequency * sin(angle), 2 * Double.pi * generator.uniform()))
    }
  }

  /// Value at a place; standard deviation 40 over the plane.
  func value(_ x: Double, _ y: Double) -> Double {
    let scale = 40 * (2 / Double(waves.count)).squareRoot()
    return waves.reduce(128) { $0 + scale * cos($1.x * x + $1.y * y + $1.phase) }
  }

  /// The texture sampled at (column, row), or where `place` says.
  func image(_ side: Int, at place: (Double, Double) -> (Double, Double) = { ($0, $1) }) -> Grid<Float> {
    var out = Grid<Float>(rows: side, columns: side, filledWith: 0)
    for row in 0..<side {
      for column in 0..<side {
        let (x, y) = place(Double(column), Double(row))
        out[row, column] = Float(value(x, y))
      }
    }
    return out
  }

  /// The later image of ground that moves by `motion`, which holds at pixel (`centre`, `centre`).
  func moved(_ side: Int, by motion: AffineOffset, centre: Double) -> Grid<Float> {
    let a = 1 + motion.dxPerColumn, b = motion.dxPerRow, c = motion.dyPerColumn, d = 1 + motion.dyPerRow
    let determinant = a * d - b * c
    return image(side) { column, row in
      let x = column - centre - motion.dx, y = row - centre - motion.dy
      return (centre + (d * x - b * y) / determinant, centre + (a * y - c * x) / determinant)
    }
  }
}

/// Reproducible random numbers.
struct SeededGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  /// 0 ..< 1.
  mutating func uniform() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / Double(1 << 53)
  }

  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * Double.pi * uniform())
  }
}

extension Grid<Float> {
  func with(noise deviation: Double, seed: UInt64) -> Grid<Float> {
    var generator = SeededGenerator(seed: seed)
    return map { $0 + Float(deviation * generator.normal()) }
  }

  /// Noise that is a mean over squares of 2 reach + 1 px, scaled to `deviation`.
  func with(noise deviation: Double, seed: UInt64, reach: Int) -> Grid<Float> {
    let white = map { _ in Float(0) }.with(noise: deviation * Double(2 * reach + 1), seed: seed)
    var out = self
    for row in reach..<rows - reach {
      for column in reach..<columns - reach {
        var sum: Float = 0
        for r in row - reach...row + reach {
          for c in column - reach...column + reach { sum += white[r, c] }
        }
        let side = Float(2 * reach + 1)
        out[row, column] += sum / (side * side)
      }
    }
    return out
  }
}

/// Points every `spacing` px, at least `margin` px from the border.
func pointGrid(_ side: Int, spacing: Int, margin: Int) -> [PixelPoint] {
  stride(from: margin, to: side - margin, by: spacing).flatMap { row in
    stride(from: margin, to: side - margin, by: spacing).map { PixelPoint(row: Double(row), column: Double($0)) }
  }
}

func parameters(
  window: Int, transformation: LeastSquaresMatching.Transformation = .affine
) -> LeastSquaresMatching.Parameters {
  var out = LeastSquaresMatching.Parameters()
  out.templateWindow = window
  out.transformation = transformation
  return out
}

extension LeastSquaresMatching {
  /// One point, from one start.
  func match(row: Double, column: Double, start: AffineOffset = AffineOffset()) -> LeastSquaresMatch {
    match(at: [PixelPoint(row: row, column: column)], start: [start])[0]
  }
}

extension AffineOffset {
  var six: [Double] { [dx, dxPerColumn, dxPerRow, dy, dyPerColumn, dyPerRow] }
}
