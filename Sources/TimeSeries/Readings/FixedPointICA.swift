// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The rotation of whitened data that makes its rows as independent as can be.
///
/// Fixed point for log cosh with symmetric decorrelation.
///
/// Source: Hyvärinen 1999, IEEE Trans. Neural Networks 10, 626, eq. 20 and 45-46.
struct FixedPointICA {
  /// k × samples, uncorrelated and of variance 1.
  let whitened: [[Double]]

  struct Solution {
    /// k × samples.
    let sources: [[Double]]
    /// Rows are directions in the whitened space.
    let rotation: [[Double]]
    /// How far the sources are from normal, the sum of (E log cosh s − that of a normal distribution)².
    let independence: Double
    let hasConverged: Bool
  }

  private var samples: Double { Double(whitened.first?.count ?? 0) }
  /// Mean of log cosh over the standard normal distribution.
  private static let normalMean = 0.374_567_207

  func solve(startingAt start: [[Double]], iterations: Int, tolerance: Double) -> Solution {
    var rotation = Self.decorrelated(start), hasConverged = false
    for _ in 0..<iterations {
      let next = Self.decorrelated(rotation.map(updated))
      let change = zip(next, rotation).map { 1 - abs(dot($0, $1)) }.max() ?? 0
      rotation = next
      if change < tolerance {
        hasConverged = true
        break
      }
    }
    let sources = rotation.map(source)
    let independence = sources.reduce(0) { sum, row in
      // log cosh without overflow.
      let mean = row.reduce(0) { $0 + abs($1) + log1p(exp(-2 * abs($1))) - log(2) } / samples
      return sum + (mean - Self.normalMean) * (mean - Self.normalMean)
    }
    return Solution(sources: sources, rotation: rotation, independence: independence, hasConverged: hasConverged)
  }

  /// As many samples, drawn with repetition.
  func resampled(using generator: inout some RandomNumberGenerator) -> FixedPointICA {
    let places = whitened[0].indices.map { _ in Int.random(in: whitened[0].indices, using: &generator) }
    return FixedPointICA(whitened: whitened.map { row in places.map { row[$0] } })
  }

  func source(_ direction: [Double]) -> [Double] {
    var out = Array(repeating: 0.0, count: whitened[0].count)
    for (row, factor) in zip(whitened, direction) { subtract(row, -factor, from: &out) }
    return out
  }

  private func updated(_ direction: [Double]) -> [Double] {
    let bent = source(direction).map { tanh($0) }
    let slope = bent.reduce(0) { $0 + 1 - $1 * $1 } / samples
    return zip(whitened, direction).map { dot($0, bent) / samples - slope * $1 }
  }

  /// (W Wᵀ)^(-1/2) W: the nearest set of directions at right angles.
  private static func decorrelated(_ rows: [[Double]]) -> [[Double]] {
    let k = rows.count
    let eigen = SymmetricEigen(rows.flatMap { a in rows.map { dot(a, $0) } }, side: k)
    return (0..<k).map { i in
      var out = Array(repeating: 0.0, count: k)
      for (value, vector) in zip(eigen.values, eigen.vectors) {
        for j in 0..<k {
          subtract(rows[j], -vector[i] * vector[j] / max(value, 1e-300).squareRoot(), from: &out)
        }
      }
      return out
    }
  }
}
