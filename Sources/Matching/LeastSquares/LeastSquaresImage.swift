// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// An image with a border of missing pixels, made ready once for the templates of many points.
///
/// Rows are padded to an odd number of cache lines: with a width that is a power of two, the rows of a template would
/// all fall on the same few cache sets.
public struct LeastSquaresImage: Sendable {
  public let rows, columns: Int
  /// Subtracted from every pixel.
  let level: Float
  /// The spline whose coefficients a secondary's plane holds.
  let order: SplineOrder
  let pad: Int
  let stride: Int
  /// Pixels less the level (reference) or spline coefficients, scaled as `SplineOrder.scaledPrefilter` (secondary).
  let plane: [Float]
  /// The plane that gradients are taken of, where that is another one.
  let smooth: [Float]
  /// Weight of each neighbour in `smooth`.
  let smoothing: Double
  /// 1 where the coefficients of a cell come from pixels; empty for a reference.
  let valid: [UInt8]
  private let missing: MissingCounts

  /// A reference image.
  ///
  /// - Parameters:
  ///   - image: rows × columns, any radiometric unit; NaN pixels take no part in any match.
  ///   - templateWindow: largest template that will be matched, px.
  ///   - gradientSmoothing: see `LeastSquaresMatching.Parameters`.
  ///   - level: a value near the image's mean, for precision; the mean where nil. Give the same to all tiles.
  public static func reference(
    _ image: Grid<Float>, templateWindow: Int, gradientSmoothing: Double = 0.2, level: Float? = nil, threads: Int = 1
  ) -> Self {
    let planes = PaddedPlanes(image, templateWindow: templateWindow, level: level, threads: threads)
    let pixels = planes.pixels()
    let smooth = gradientSmoothing == 0 ? [] : planes.smoothed(pixels, side: Float(gradientSmoothing))
    return Self(planes, order: .quinticMOMS, plane: pixels, smooth: smooth, smoothing: gradientSmoothing, valid: [])
  }

  /// A secondary image, as the coefficients of its interpolating B-spline.
  ///
  /// Missing pixels are filled with the mean of their surroundings, for the filter only: every sample that has one
  /// within 3 px of its inner four taps is left out. A tile's result differs from the whole image's within 20 px of its
  /// edge.
  ///
  /// Source: Unser 1999, IEEE Signal Processing Magazine 16(6), with a finite filter.
  public static func secondary(
    _ image: Grid<Float>, templateWindow: Int, interpolation: LeastSquaresMatching.Interpolation = .quintic,
    level: Float? = nil, threads: Int = 1
  ) -> Self {
    let planes = PaddedPlanes(image, templateWindow: templateWindow, level: level, threads: threads)
    let order = interpolation.order
    return Self(
      planes, order: order, plane: planes.splineCoefficients(order), smooth: [], smoothing: 0,
      valid: planes.validCells())
  }

  private init(
    _ planes: PaddedPlanes, order: SplineOrder, plane: [Float], smooth: [Float], smoothing: Double, valid: [UInt8]
  ) {
    (rows, columns) = (planes.image.rows, planes.image.columns)
    (level, pad, stride, missing) = (planes.level, planes.pad, planes.stride, planes.missing)
    (self.order, self.plane, self.smooth, self.smoothing, self.valid) = (order, plane, smooth, smoothing, valid)
  }

  var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// Index of a pixel in the plane; `row` and `column` may lie up to `pad` px outside the image.
  func index(row: Int, column: Int) -> Int { (row + pad) * stride + column + pad }

  /// Whether every pixel of the rectangle, ends included, is inside the image, and no pixel in or near it is missing.
  func isComplete(rows: ClosedRange<Int>, columns: ClosedRange<Int>) -> Bool {
    guard rows.lowerBound >= 0, columns.lowerBound >= 0, rows.upperBound < self.rows,
      columns.upperBound < self.columns
    else { return false }
    return missing.isEmpty || missing.isComplete(rows, columns)
  }
}
