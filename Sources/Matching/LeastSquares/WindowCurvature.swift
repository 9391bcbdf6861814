// SPDX-License-Identifier: Apache-2.0
import Grids

/// What the curvature of the motion inside the template does to an offset, and how to take it out.
///
/// An affine template averages the motion: where the offset u is curved, its centre is off by h (h + 1) / 6 times the
/// Laplacian of u, h being half the template (the mean of x² / 2 and y² / 2 over a square of even texture), and by what
/// `CurvatureResponse` says for the texture there is. The second derivatives come from the measured gradients of the
/// neighbours, by a plane through those within `reach`. What is taken off is that bias times S² / (S² + noise), the
/// part of it that is not noise, S² being its mean square around.
///
/// Without noise the bias is all there is of the error: on the simulated pair the error halves.
struct WindowCurvature {
  /// Cells on each side that second derivatives are taken from, and every how many of them.
  private let reach, step: Int
  /// Cells on each side over which the mean square of the bias is taken.
  private let surroundings: Int
  private let spacing: Double
  /// Half the template's side, px.
  private let half: Double
  /// The bias per px⁻¹ of Laplacian, px².
  private let factor: Double
  /// Σ x² = Σ y² over a point's neighbours, px².
  private let squares: Double
  /// Noise variance of the Laplacian over that of a gradient, and its covariance with the offset over the offset's.
  private let noise, covariance: Double

  /// For the points of a regular grid.
  ///
  /// - Parameters:
  ///   - spacing: distance between grid cells, px.
  ///   - templateWindow: side of the template, px.
  init(spacing: Double, templateWindow: Int) {
    let reach = Self.reach(spacing: spacing, templateWindow: templateWindow)
    // Templates a third of a window apart share most of their noise: those in between would add work only.
    let step = max(1, Int(Double(templateWindow) / (3 * spacing)))
    self.init(
      spacing: spacing, templateWindow: templateWindow, reach: reach, step: step, surroundings: 2 * reach)
  }

  /// For a single point and the eight neighbours `distance` px away from it in rows and columns.
  init(distance: Int, templateWindow: Int) {
    self.init(spacing: Double(distance), templateWindow: templateWindow, reach: 1, step: 1, surroundings: 0)
  }

  private init(spacing: Double, templateWindow: Int, reach: Int, step: Int, surroundings: Int) {
    (self.spacing, self.reach, self.step, self.surroundings) = (spacing, reach, step, surroundings)
    half = Double(templateWindow / 2)
    factor = half * (half + 1) / 6
    let kernel = TemplateOverlap(templateWindow)
    let steps = (-(reach / step)...reach / step).map { Double($0 * step) * spacing }
    let cells = steps.flatMap { y in steps.map { (y, $0) } }
    squares = cells.reduce(0) { $0 + $1.1 * $1.1 }
    var noise = 0.0, covariance = 0.0
    for (y, x) in cells {
      covariance += (x * kernel.slopeToMean(x, y) + y * kernel.slopeToMean(y, x)) / squares
      for (v, u) in cells {
        let same = x * u * kernel.slopeToSlope(u - x, v - y) + y * v * kernel.slopeToSlope(v - y, u - x)
        noise += (same + 2 * x * v * kernel.slopeToCross(u - x, v - y)) / (squares * squares)
      }
    }
    self.noise = max(0, noise)
    self.covariance = covariance
  }

  /// Cells on each side of a point that its correction is taken from: 1.25 windows, which balance noise and the size of
  /// real features on the simulated pairs.
  static func reach(spacing: Double, templateWindow: Int) -> Int {
    min(12, max(1, Int((1.25 * Double(templateWindow) / spacing).rounded())))
  }

  /// What to do to one component.
  struct Correction {
    /// The part of the bias to be taken off, 0 … 1.
    var share = 0.0
    /// Variance of the corrected offset, px²: noise of both, and what is left of the bias.
    var variance: Double
  }

  /// The component's values that the correction needs.
  struct Component {
    /// Gradients of the offset to the right and down; NaN where missing.
    var perColumn, perRow: Grid<Double>
    /// Variance of the offset, and mean variance of its two gradients.
    var variance, gradientVariance: Grid<Double>
  }

  /// - Parameters:
  ///   - bias: of the offset, px; NaN where unknown.
  ///   - curvature: that the bias was found from.
  func corrections(
    _ component: Component, bias: Grid<Double>, of curvature: Grid<SecondDerivatives>
  ) -> Grid<Correction> {
    var biasNoise = bias, excess = bias
    for index in bias.cells.indices {
      let noise = noise * curvature.cells[index].noise
      biasNoise.cells[index] = factor * factor * noise * component.gradientVariance.cells[index]
      excess.cells[index] = bias.cells[index] * bias.cells[index] - biasNoise.cells[index]
    }
    let signal = boxMeans(excess, reach: surroundings)
    var out = component.variance.map { Correction(variance: $0) }
    for index in out.cells.indices where !bias.cells[index].isNaN {
      let power = max(0, signal.cells[index]), own = component.variance.cells[index]
      let shared = factor * covariance * own
      let total = power + biasNoise.cells[index]
      let share = total > 0 ? min(1, max(0, (power + shared) / total)) : 0
      let left = (1 - share) * (1 - share) * power
      out.cells[index].share = share
      out.cells[index].variance = own + left + share * (share * biasNoise.cells[index] - 2 * shared)
    }
    return out
  }

  /// Mean square, px², of what an affine motion leaves over of one with these second derivatives, over the template: of
  /// x² / 2 it is h⁴ / 45, of x y h⁴ / 9.
  func misfit(_ derivatives: SIMD3<Double>) -> Double {
    let squares = derivatives * derivatives
    return half * half * half * half * (squares.x / 45 + squares.y / 9 + squares.z / 45)
  }

  /// How an offset curves at a point.
  struct SecondDerivatives {
    /// By column twice, column and row, row twice, px⁻¹; NaN where too few gradients are measured around.
    var values = SIMD3<Double>(repeating: .nan)
    /// Noise variance of their Laplacian over what it is where all neighbours are measured, as if all noise were
    /// independent.
    var noise = 1.0
  }

  /// Second derivatives of the offset from planes through the gradients around.
  func secondDerivatives(_ component: Component) -> Grid<SecondDerivatives> {
    var out = component.perColumn.map { _ in SecondDerivatives() }
    for row in 0..<out.rows {
      for column in 0..<out.columns where !component.perColumn[row, column].isNaN {
        if let found = secondDerivatives(component, row, column) { out[row, column] = found }
      }
    }
    return out
  }

  private func secondDerivatives(_ component: Component, _ row: Int, _ column: Int) -> SecondDerivatives? {
    var n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0, syy = 0.0
    var a = SIMD4<Double>.zero, b = SIMD4<Double>.zero
    for r in places(around: row, below: component.perColumn.rows) {
      for c in places(around: column, below: component.perColumn.columns) {
        let f = component.perColumn[r, c], g = component.perRow[r, c]
        if f.isNaN { continue }
        let x = Double(c - column) * spacing, y = Double(r - row) * spacing
        n += 1
        sx += x
        sy += y
        sxx += x * x
        sxy += x * y
        syy += y * y
        a += f * SIMD4(1, x, y, 0)
        b += g * SIMD4(1, x, y, 0)
      }
    }
    let side = Double(2 * (reach / step) + 1)
    guard n >= 0.4 * side * side else { return nil }
    let cxx = sxx - sx * sx / n, cxy = sxy - sx * sy / n, cyy = syy - sy * sy / n
    let determinant = cxx * cyy - cxy * cxy
    guard determinant > 0.05 * (sxx * syy), determinant > 0 else { return nil }
    let fx = a.y - sx * a.x / n, fy = a.z - sy * a.x / n, gx = b.y - sx * b.x / n, gy = b.z - sy * b.x / n
    let mixed = (cxx * fy - cxy * fx + cyy * gx - cxy * gy) / 2
    return SecondDerivatives(
      values: SIMD3(cyy * fx - cxy * fy, mixed, cxx * gy - cxy * gx) / determinant,
      noise: (cxx + cyy) / determinant * squares / 2)
  }

  private func places(around centre: Int, below count: Int) -> StrideThrough<Int> {
    let before = min(reach, centre) / step, after = min(reach, count - 1 - centre) / step
    return stride(from: centre - before * step, through: centre + after * step, by: step)
  }

  /// Mean of the cells that are not NaN within `reach`.
  private func boxMeans(_ grid: Grid<Double>, reach: Int) -> Grid<Double> {
    // Rows first, then columns; sums in a fixed order, anchored to the grid.
    var sums = Grid<SIMD2<Double>>(rows: grid.rows, columns: grid.columns, filledWith: .zero)
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        for c in max(0, column - reach)...min(grid.columns - 1, column + reach) where !grid[row, c].isNaN {
          sums[row, column] += SIMD2(grid[row, c], 1)
        }
      }
    }
    var out = grid
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        var total = SIMD2<Double>.zero
        for r in max(0, row - reach)...min(grid.rows - 1, row + reach) { total += sums[r, column] }
        out[row, column] = total.y > 0 ? total.x / total.y : .nan
      }
    }
    return out
  }
}

/// How the noise of a template's mean and gradient is shared by two templates some way apart, for white noise and even
/// texture: inner products of 1, x and y over their overlap.
private struct TemplateOverlap {
  private let half: Double
  private let side: Double
  /// Σ x² over one row of the template.
  private let square: Double

  init(_ templateWindow: Int) {
    half = Double(templateWindow / 2)
    side = 2 * half + 1
    square = half * (half + 1) * side / 3
  }

  /// Σ 1, Σ t, Σ t (t − d) over the overlap of two segments `d` apart, t counted from the first's centre.
  private func sums(_ d: Double) -> (one: Double, first: Double, both: Double) {
    let n = max(0, side - abs(d))
    if n == 0 { return (0, 0, 0) }
    // The overlap is centred on d / 2.
    let spread = n * (n * n - 1) / 12
    return (n, n * d / 2, spread - n * d * d / 4)
  }

  /// Correlation of the gradient along u of one template with that of another (u, v) away.
  func slopeToSlope(_ u: Double, _ v: Double) -> Double { sums(u).both / square * sums(v).one / side }

  /// Correlation of the gradient along u of one template with that along v of another (u, v) away.
  func slopeToCross(_ u: Double, _ v: Double) -> Double {
    sums(u).first * -sums(v).first / (square * side)
  }

  /// Covariance of the gradient along u of a template (u, v) away with the mean of this one, over the mean's variance.
  func slopeToMean(_ u: Double, _ v: Double) -> Double { -sums(u).first * sums(v).one / (square * side) }
}
