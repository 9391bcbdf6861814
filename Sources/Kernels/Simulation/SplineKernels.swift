// SPDX-License-Identifier: Apache-2.0

/// Convolves rows × columns pixels with one symmetric filter along rows or columns.
///
/// Products are added in one fixed order without fused rounding, so a pixel's bits depend on its neighbours' values
/// only: neither on where a tile begins nor on the machine.
///
/// - Parameters:
///   - source: first tap of the first pixel, i.e. `radius · step` before its centre.
///   - sourceStride: elements from one row of `source` to the next.
///   - step: elements between taps: 1 filters along rows, `sourceStride` along columns.
///   - taps: the filter from its centre outward, radius + 1 values.
///   - columns: pixels per row, a multiple of 8; the target's rows are as long.
package func convolveSymmetric(
  source: UnsafePointer<Float>, sourceStride: Int, step: Int, taps: UnsafePointer<Float>, radius: Int,
  target: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  for row in 0..<rows {
    let line = source + row * sourceStride + radius * step
    var column = 0
    while column < columns {
      var sum = line.lanes(at: column) * taps[0]
      for k in 1..<radius + 1 {
        sum += (line.lanes(at: column - k * step) + line.lanes(at: column + k * step)) * taps[k]
      }
      target.store(sum, at: row * columns + column)
      column += 8
    }
  }
}

/// Value of a quintic B-spline at scattered positions.
///
/// - Parameters:
///   - coefficients: spline coefficients by rows of `stride` elements; six rows and eight columns are read from each
///     corner on.
///   - corners: index of the first (top left) coefficient that each position needs.
///   - fractions: pairs of the fractions (column, row) in 0..<1 beyond the third coefficient.
package func sampleQuintic(
  coefficients: UnsafePointer<Float>, stride: Int, corners: UnsafePointer<Int32>, fractions: UnsafePointer<Float>,
  values: UnsafeMutablePointer<Float>, count: Int
) {
  for index in 0..<count {
    let across = quinticWeights(fractions[2 * index]), down = quinticWeights(fractions[2 * index + 1])
    let corner = coefficients + Int(corners[index])
    var sum = corner.lanes(at: 0) * down[0]
    sum += corner.lanes(at: stride) * down[1]
    sum += corner.lanes(at: 2 * stride) * down[2]
    sum += corner.lanes(at: 3 * stride) * down[3]
    sum += corner.lanes(at: 4 * stride) * down[4]
    sum += corner.lanes(at: 5 * stride) * down[5]
    let product = sum * across
    values[index] =
      ((product[0] + product[1]) + (product[2] + product[3])) + (product[4] + product[5])
  }
}

/// Weights of the six coefficients around a position that lies `t` beyond the third; the last two lanes are zero.
@inline(__always)
private func quinticWeights(_ t: Float) -> Lanes {
  let zero = Lanes(repeating: 0)
  let distance = Lanes(-2, -1, 0, 1, 2, 3, 4, 5) - t
  let x = pointwiseMax(distance, zero - distance)
  // The B-spline of degree 5 as truncated powers; three of its six terms are enough by symmetry.
  let a = pointwiseMax(3 - x, zero), b = pointwiseMax(2 - x, zero), c = pointwiseMax(1 - x, zero)
  let a2 = a * a, b2 = b * b, c2 = c * c
  return (a2 * a2 * a - 6 * (b2 * b2 * b) + 15 * (c2 * c2 * c)) * (1 / 120)
}
