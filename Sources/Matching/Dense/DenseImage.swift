// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// One level of a block's image pyramid: values with missing pixels filled by 0, and 1 or 0 per pixel for valid or
/// missing. Outside the block both are 0.
struct DenseImage {
  static let padding = 32
  let values: PaddedImage
  let validity: PaddedImage
  let hasMissing: Bool

  var rows: Int { values.rows }
  var columns: Int { values.columns }

  init(values: PaddedImage, validity: PaddedImage, hasMissing: Bool) {
    self.values = values
    self.validity = validity
    self.hasMissing = hasMissing
  }

  /// The grid less its mean and over its standard deviation; NaN is missing.
  init(_ grid: Grid<Float>, scale: IntensityScale) {
    let values = PaddedImage(rows: grid.rows, columns: grid.columns, padding: Self.padding)
    let validity = PaddedImage(rows: grid.rows, columns: grid.columns, padding: Self.padding)
    var missing = false
    grid.cells.withUnsafeBufferPointer { cells in
      for row in 0..<grid.rows {
        let source = cells.baseAddress! + row * grid.columns
        let out = values.view.row(row), valid = validity.view.row(row)
        for column in 0..<grid.columns {
          let value = source[column]
          if value.isFinite {
            out[column] = (value - scale.mean) * scale.factor
            valid[column] = 1
          } else {
            missing = true
          }
        }
      }
    }
    self.init(values: values, validity: validity, hasMissing: missing)
  }

  /// The next level: smoothed and every second pixel taken; a pixel is valid when three quarters of what it was
  /// made from were.
  func halved() -> DenseImage {
    let r = (rows + 1) / 2, c = (columns + 1) / 2
    let values = PaddedImage(rows: r, columns: c, padding: Self.padding)
    let validity = PaddedImage(rows: r, columns: c, padding: Self.padding)
    DenseFilters.halved(self.values.view, into: values.view)
    DenseFilters.halved(self.validity.view, into: validity.view)
    for row in 0..<r {
      let value = values.view.row(row), weight = validity.view.row(row)
      for column in 0..<c {
        let w = weight[column]
        let isValid = w > 0.75
        value[column] = isValid ? value[column] / w : 0
        weight[column] = isValid ? 1 : 0
      }
    }
    return DenseImage(values: values, validity: validity, hasMissing: true)
  }
}

/// Mean and scale that bring an image to unit variance, so that sums in single precision lose nothing.
struct IntensityScale {
  var mean: Float = 0
  var factor: Float = 1

  /// Statistics of the finite pixels; a constant image keeps a factor of 1.
  init(_ grid: Grid<Float>) {
    var sum = 0.0, square = 0.0, count = 0.0
    // The first finite value as origin keeps the square sum exact for 16-bit images with a large mean.
    guard let first = grid.cells.first(where: { $0.isFinite }) else { return }
    let origin = Double(first)
    for value in grid.cells where value.isFinite {
      let d = Double(value) - origin
      sum += d
      square += d * d
      count += 1
    }
    let shift = sum / count
    mean = Float(origin + shift)
    let variance = square / count - shift * shift
    if variance > 0 { factor = Float(1 / variance.squareRoot()) }
  }
}
