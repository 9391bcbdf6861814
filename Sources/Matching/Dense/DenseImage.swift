// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// One level of a block's image pyramid: values with missing pixels filled by 0, and 1 or 0 per pixel for valid or
/// missing. Outside the block both are 0.
struct DenseImage {
  static let padding = DenseFilters.splinePadding
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
  init(_ grid: Grid<Float>, scale: IntensityScale, pool: BufferPool) {
    values = PaddedImage(unfilledRows: grid.rows, columns: grid.columns, padding: Self.padding, pool: pool)
    validity = PaddedImage(unfilledRows: grid.rows, columns: grid.columns, padding: Self.padding, pool: pool)
    let out = values.view, valid = validity.view
    hasMissing = grid.cells.withUnsafeBufferPointer { cells in
      Pyramid.load(cells.baseAddress!, mean: scale.mean, factor: scale.factor, into: out, validity: valid)
    }
  }

  /// The next level: smoothed and every second pixel taken; a pixel is valid when three quarters of what it was
  /// made from were.
  func halved(pool: BufferPool) -> DenseImage {
    let r = (rows + 1) / 2, c = (columns + 1) / 2
    let values = PaddedImage(unfilledRows: r, columns: c, padding: Self.padding, pool: pool)
    let validity = PaddedImage(unfilledRows: r, columns: c, padding: Self.padding, pool: pool)
    Pyramid.halve(
      self.values.view, validity: self.validity.view, into: values.view, validity: validity.view, pool: pool)
    return DenseImage(values: values, validity: validity, hasMissing: true)
  }
}

/// Mean and scale that bring an image to unit variance, so that sums in single precision lose nothing.
struct IntensityScale {
  var mean: Float = 0
  var factor: Float = 1

  /// Statistics of the finite pixels; a constant image keeps a factor of 1.
  init(_ grid: Grid<Float>) {
    // The first finite value as origin keeps the square sum exact for 16-bit images with a large mean.
    guard let first = grid.cells.first(where: { $0.isFinite }) else { return }
    let (sum, square, count) = grid.cells.withUnsafeBufferPointer { cells in
      Pyramid.sums(cells.baseAddress!, count: cells.count, origin: first)
    }
    let shift = sum / count
    mean = Float(Double(first) + shift)
    let variance = square / count - shift * shift
    if variance > 0 { factor = Float(1 / variance.squareRoot()) }
  }
}
