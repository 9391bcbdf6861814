// SPDX-License-Identifier: Apache-2.0
import Kernels

extension Grid where Element == Float {
  /// Block means: cell (r, c) is the mean of the pixels that are not NaN in the `factor × factor` block at
  /// (r·factor, c·factor).
  ///
  /// Blocks at the right and lower border are what is left of them. NaN where a block holds no pixel. Sums run in one
  /// fixed order, so the bits do not depend on how a raster was cut into windows at multiples of `factor`. O(pixels).
  public func blockMeans(factor: Int) -> Grid<Float> {
    precondition(factor >= 1, "a decimation factor is 1 or more, not \(factor)")
    if factor == 1 || cells.isEmpty { return self }
    let outRows = (rows + factor - 1) / factor, outColumns = (columns + factor - 1) / factor
    var out = Grid(rows: outRows, columns: outColumns, filledWith: Float.nan)
    var sums = [Float](repeating: 0, count: columns), numbers = sums
    cells.withUnsafeBufferPointer { cells in
      for outRow in 0..<outRows {
        for index in 0..<columns {
          sums[index] = 0
          numbers[index] = 0
        }
        for row in outRow * factor..<min(rows, (outRow + 1) * factor) {
          addRowSkippingNaN(cells.baseAddress! + row * columns, count: columns, sums: &sums, numbers: &numbers)
        }
        out.cells.withUnsafeMutableBufferPointer {
          boxMeans(
            sums: sums, numbers: numbers, columns: columns, factor: factor,
            means: $0.baseAddress! + outRow * outColumns)
        }
      }
    }
    return out
  }
}
