// SPDX-License-Identifier: Apache-2.0

/// Shrinks masks held as floats of 0 and 1.
package enum MaskErosion {
  /// 1 where every pixel within `radius` on each axis is 1; the padding counts as what it holds.
  package static func run(_ mask: PaddedImage, radius: Int, into out: PaddedImage) {
    let line = PaddedImage(rows: mask.rows, columns: mask.columns, padding: 8)
    for y in 0..<mask.rows {
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = mask.row(y).lanes(at: x)
        for k in 1...radius {
          low = pointwiseMin(low, pointwiseMin(mask.row(y).lanes(at: x + k), mask.row(y).lanes(at: x - k)))
        }
        line.row(y).store(low, at: x)
      }
    }
    for y in 0..<mask.rows {
      for x in stride(from: 0, to: mask.columns, by: 8) {
        var low = line.row(y).lanes(at: x)
        for k in -radius...radius {
          // Rows outside count as masked: what lies there was never read.
          let other = y + k
          low = other < 0 || other >= mask.rows ? Lanes.zero : pointwiseMin(low, line.row(other).lanes(at: x))
          if other < 0 || other >= mask.rows { break }
        }
        for lane in 0..<min(8, mask.columns - x) { out.row(y)[x + lane] = low[lane] }
      }
    }
  }
}
