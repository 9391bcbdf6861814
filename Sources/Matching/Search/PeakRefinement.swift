// SPDX-License-Identifier: Apache-2.0

/// A correlation surface of one point in memory: `values[row · stride + column]`, −2 where not measured.
struct CorrelationSurface {
  let values: UnsafePointer<Float>
  let stride, rows, columns: Int

  subscript(row: Int, column: Int) -> Double { Double(values[row * stride + column]) }

  /// The 3 × 3 values around a place, row by row; nil on the border or beside a place that was not measured.
  func neighbourhood(_ row: Int, _ column: Int) -> [9 of Double]? {
    guard row > 0, column > 0, row < rows - 1, column < columns - 1 else { return nil }
    var out = [9 of Double](repeating: 0)
    for k in 0..<9 {
      let value = self[row + k / 3 - 1, column + k % 3 - 1]
      if value < -1.5 { return nil }
      out[k] = value
    }
    return out
  }
}

/// Peak position between whole pixels, from the correlations around the best one.
///
/// All methods interpolate the correlation, never the images. Parabola and Gauss are biased towards whole pixels;
/// the upsampled surface is nearly free of it because the correlation of a fixed template is as smooth as the
/// image itself. Figures: `docs/results/search.md`.
enum PeakRefinement {
  /// Shift of the true peak from the whole-pixel one, px, each within ± 1; nil when the surface has no peak there.
  static func refine(
    _ surface: CorrelationSurface, row: Int, column: Int, by method: PeakInterpolation
  ) -> (dx: Double, dy: Double)? {
    guard let c = surface.neighbourhood(row, column) else { return nil }
    switch method {
    case .none:
      return (0, 0)
    case .parabola:
      return (parabola(c[3], c[4], c[5]), parabola(c[1], c[4], c[7]))
    case .gauss:
      return (gauss(c[3], c[4], c[5]), gauss(c[1], c[4], c[7]))
    case .quadratic:
      return Quadratic(c).peak
    case .upsampled:
      return UpsampledPeak.find(surface, row: row, column: column) ?? Quadratic(c).peak
    }
  }

  /// Vertex of the parabola through three values one pixel apart.
  static func parabola(_ left: Double, _ middle: Double, _ right: Double) -> Double {
    let curvature = left - 2 * middle + right
    return curvature < 0 ? max(-1, min(1, 0.5 * (left - right) / curvature)) : 0
  }

  /// Vertex of the Gauss curve through three values; the parabola where a value is not positive.
  static func gauss(_ left: Double, _ middle: Double, _ right: Double) -> Double {
    guard left > 0, middle > 0, right > 0 else { return parabola(left, middle, right) }
    return parabola(logarithm(left), logarithm(middle), logarithm(right))
  }
}

/// Least-squares quadratic through 3 × 3 values one pixel apart.
struct Quadratic {
  let x, y, xx, xy, yy: Double

  init(_ c: [9 of Double]) {
    let right = c[2] + c[5] + c[8], left = c[0] + c[3] + c[6]
    let bottom = c[6] + c[7] + c[8], top = c[0] + c[1] + c[2]
    let column = c[1] + c[4] + c[7], row = c[3] + c[4] + c[5]
    x = (right - left) / 6
    y = (bottom - top) / 6
    xx = (right + left - 2 * column) / 3
    yy = (bottom + top - 2 * row) / 3
    xy = (c[8] + c[0] - c[2] - c[6]) / 4
  }

  /// Place of the maximum; nil when the surface is not convex upward or its peak lies beyond the neighbours.
  var peak: (dx: Double, dy: Double)? {
    let determinant = xx * yy - xy * xy
    guard xx < 0, determinant > 0 else { return nil }
    let dx = (xy * y - yy * x) / determinant, dy = (xy * x - xx * y) / determinant
    return abs(dx) <= 1 && abs(dy) <= 1 ? (dx, dy) : nil
  }

  /// Full width at half maximum of a paraboloid of this curvature and height, along its flattest direction, px.
  func width(height: Double) -> Double {
    let mean = (xx + yy) / 2
    let spread = ((xx - yy) * (xx - yy) / 4 + xy * xy).squareRoot()
    let flattest = -(mean + spread)
    return flattest > 0 && height > 0 ? 2 * (height / flattest).squareRoot() : .infinity
  }
}
