// SPDX-License-Identifier: Apache-2.0

extension SearchKernels {
  /// One row of an image at half the size: weights 1 3 3 1 over four rows and four columns, missing pixels left out.
  ///
  /// Output pixel i lies between input pixels 2 i and 2 i + 1. It is NaN when less than half the weight is there.
  ///
  /// - Parameters:
  ///   - rows: the four input rows from above; nil outside the image.
  ///   - work: two rows of `columns + 3` floats.
  package static func halveRow(
    _ rows: (UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafePointer<Float>?),
    columns: Int, work: UnsafeMutablePointer<Float>, out: UnsafeMutablePointer<Float>
  ) {
    let values = work + 1, weights = work + (columns &+ 4)
    for x in -1..<(columns &+ 2) {
      values[x] = 0
      weights[x] = 0
    }
    addRow(rows.0, 1, columns, values, weights)
    addRow(rows.1, 3, columns, values, weights)
    addRow(rows.2, 3, columns, values, weights)
    addRow(rows.3, 1, columns, values, weights)
    for i in 0..<(columns / 2) {
      let x = 2 &* i
      let value = values[x &- 1] + 3 * (values[x] + values[x &+ 1]) + values[x &+ 2]
      let weight = weights[x &- 1] + 3 * (weights[x] + weights[x &+ 1]) + weights[x &+ 2]
      out[i] = weight >= 32 ? value / weight : .nan
    }
  }

  @inline(__always)
  private static func addRow(
    _ row: UnsafePointer<Float>?, _ weight: Float, _ columns: Int, _ values: UnsafeMutablePointer<Float>,
    _ weights: UnsafeMutablePointer<Float>
  ) {
    guard let row else { return }
    let w = Lanes(repeating: weight)
    var x = 0
    while x &+ 8 <= columns {
      let v = row.lanes(at: x)
      let isThere = (v - v) .== Lanes.zero
      values.store(values.lanes(at: x) + Lanes.zero.replacing(with: v * w, where: isThere), at: x)
      weights.store(weights.lanes(at: x) + Lanes.zero.replacing(with: w, where: isThere), at: x)
      x &+= 8
    }
    while x < columns {
      if row[x] - row[x] == 0 {
        values[x] += weight * row[x]
        weights[x] += weight
      }
      x &+= 1
    }
  }
}
