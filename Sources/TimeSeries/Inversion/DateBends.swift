// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Rows that are 0 where a series goes straight: TIO's smoothing.
enum DateBends {
  /// Dates between the first and the last of a row.
  static let reach = 4

  /// The second difference over five dates (weights −1, 16, −30, 16, −1 over 12), in units of the mean time step, for each
  /// date but the outer two; over three beside them. Displacement at date 0 is no unknown.
  static func rows(_ dates: [Double]) -> [[SparseRows.Entry]] {
    guard dates.count > 2 else { return [] }
    let five: [Double] = [-1, 16, -30, 16, -1].map { $0 / 12 }
    return (1..<dates.count - 1).map { middle in
      let isInner = middle >= 2 && middle < dates.count - 2
      let weights: [Double] = isInner ? five : [1, -2, 1]
      let first = middle - weights.count / 2
      // Where dates are denser than in the mean, the same acceleration bends them less.
      let step = (dates[first + weights.count - 1] - dates[first]) / Double(weights.count - 1)
      let mean = (dates[dates.count - 1] - dates[0]) / Double(dates.count - 1)
      let scale = (mean / step) * (mean / step)
      return weights.indices.filter { first + $0 > 0 }.map { SparseRows.Entry(first + $0 - 1, weights[$0] * scale) }
    }
  }
}
