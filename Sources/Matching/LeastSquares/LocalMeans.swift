// SPDX-License-Identifier: Apache-2.0
import Grids

extension Grid where Element == Double {
  /// Mean of the cells that are not NaN, up to `reach` cells away in rows and columns; NaN where there is none.
  func localMeans(reach: Int) -> Grid {
    // Rows first, then columns; sums in a fixed order, anchored to the grid.
    var sums = Grid<SIMD2<Double>>(rows: rows, columns: columns, filledWith: .zero)
    for row in 0..<rows {
      for column in 0..<columns {
        for c in max(0, column - reach)...min(columns - 1, column + reach) where !self[row, c].isNaN {
          sums[row, column] += SIMD2(self[row, c], 1)
        }
      }
    }
    var out = self
    for row in 0..<rows {
      for column in 0..<columns {
        var total = SIMD2<Double>.zero
        for r in max(0, row - reach)...min(rows - 1, row + reach) { total += sums[r, column] }
        out[row, column] = total.y > 0 ? total.x / total.y : .nan
      }
    }
    return out
  }
}
