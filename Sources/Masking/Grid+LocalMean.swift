// SPDX-License-Identifier: Apache-2.0
import Grids

extension Grid where Element == Float {
  /// Mean of the pixels present among 3 × 3; NaN where the pixel itself is missing.
  func meanOfNeighbours() -> Grid {
    var out = self
    for row in 0..<rows {
      for column in 0..<columns where !self[row, column].isNaN {
        var sum: Float = 0, count: Float = 0
        for r in Swift.max(0, row - 1)...Swift.min(rows - 1, row + 1) {
          for c in Swift.max(0, column - 1)...Swift.min(columns - 1, column + 1) where !self[r, c].isNaN {
            sum += self[r, c]
            count += 1
          }
        }
        out[row, column] = sum / count
      }
    }
    return out
  }
}
