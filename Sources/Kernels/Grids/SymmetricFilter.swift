// SPDX-License-Identifier: Apache-2.0

/// Convolves down the columns with a symmetric filter; only rows whose whole support is there come out.
///
/// Every lane runs the same operations in the same order, so a pixel's bits do not depend on where a window starts.
///
/// - Parameters:
///   - source: `rows` rows of `stride` values; `stride` is a multiple of eight.
///   - taps: centre and one side of the filter, `radius + 1` values.
///   - target: `rows - 2·radius` rows of `stride` values.
package func filterColumns(
  _ source: UnsafePointer<Float>, rows: Int, stride: Int, taps: UnsafePointer<Float>, radius: Int,
  target: UnsafeMutablePointer<Float>
) {
  for row in 0..<max(0, rows - 2 * radius) {
    let centre = source + (row + radius) * stride
    var column = 0
    while column < stride {
      var sum = centre.lanes(at: column) * Lanes(repeating: taps[0])
      for k in 1...radius {
        let pair = (centre - k * stride).lanes(at: column) + (centre + k * stride).lanes(at: column)
        sum += pair * Lanes(repeating: taps[k])
      }
      target.store(sum, at: row * stride + column)
      column += 8
    }
  }
}

/// Convolves along the rows with a symmetric filter; only columns whose whole support is there come out.
///
/// - Parameters:
///   - source: `rows` rows of `stride` values, followed by `2·radius + 8` readable values.
///   - target: `rows` rows of `targetStride` values, a multiple of eight and at most `stride`; the last `2·radius` of
///     a row of the source have no result, what stands in their place must not be used.
package func filterRows(
  _ source: UnsafePointer<Float>, rows: Int, stride: Int, taps: UnsafePointer<Float>, radius: Int,
  target: UnsafeMutablePointer<Float>, targetStride: Int
) {
  for row in 0..<rows {
    let centre = source + row * stride + radius
    var column = 0
    while column < targetStride {
      var sum = centre.lanes(at: column) * Lanes(repeating: taps[0])
      for k in 1...radius {
        let pair = centre.lanes(at: column - k) + centre.lanes(at: column + k)
        sum += pair * Lanes(repeating: taps[k])
      }
      target.store(sum, at: row * targetStride + column)
      column += 8
    }
  }
}
