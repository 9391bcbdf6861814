// SPDX-License-Identifier: Apache-2.0

/// Adds one row of pixels to running column sums and counts, leaving out NaN.
///
/// - Parameters:
///   - row: `count` pixels.
///   - sums, numbers: `count` sums of the pixels that are not NaN, and how many they are.
package func addRowSkippingNaN(
  _ row: UnsafePointer<Float>, count: Int, sums: UnsafeMutablePointer<Float>, numbers: UnsafeMutablePointer<Float>
) {
  for index in 0..<count {
    let value = row[index]
    let isPresent = value == value
    sums[index] += isPresent ? value : 0
    numbers[index] += isPresent ? 1 : 0
  }
}

/// Means of runs of `factor` columns from column sums and counts; NaN where a run holds no pixel.
///
/// - Parameters:
///   - columns: columns summed; the last run may be shorter than `factor`.
///   - means: `ceil(columns / factor)` results.
package func boxMeans(
  sums: UnsafePointer<Float>, numbers: UnsafePointer<Float>, columns: Int, factor: Int,
  means: UnsafeMutablePointer<Float>
) {
  var out = 0, column = 0
  while column < columns {
    let end = min(column + factor, columns)
    var sum: Float = 0, number: Float = 0
    for index in column..<end {
      sum += sums[index]
      number += numbers[index]
    }
    means[out] = number > 0 ? sum / number : .nan
    out += 1
    column = end
  }
}
