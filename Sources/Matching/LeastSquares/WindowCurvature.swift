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
/// Where the curvature itself changes within reach, as at the margin of a glacier, a plane is wrong. Neighbours half as
/// far away then say something else: the mean square of the difference of both biases, less its noise, is an estimate
/// of that error (the idea of Hausman 1978). It goes into the variance, and where it exceeds the noise that the nearer
/// ones add, these are taken.
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
  private let templateWindow: Int
  /// The bias per px⁻¹ of Laplacian, px².
  private let factor: Double
  /// The point's neighbours, right and down of it, px, and Σ x² = Σ y² over them, px².
  private let neighbours: [SIMD2<Double>]
  private let squares: Double
  /// Noise variance of the Laplacian over that of a gradient, and its covariance with the offset over the offset's.
  private var noise, covariance: Double
  private let kernel: TemplateOverlap

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
    self.templateWindow = templateWindow
    half = Double(templateWindow / 2)
    factor = half * (half + 1) / 6
    kernel = TemplateOverlap(templateWindow)
    let steps = (-(reach / step)...reach / step).map { Double($0 * step) * spacing }
    neighbours = steps.flatMap { y in steps.map { SIMD2($0, y) } }
    squares = neighbours.reduce(0) { $0 + $1.x * $1.x }
    (noise, covariance) = (0, 0)
    noise = max(0, sharedNoise(self))
    for p in neighbours {
      covariance += (p.x * kernel.slopeToMean(p.x, p.y) + p.y * kernel.slopeToMean(p.y, p.x)) / squares
    }
  }

  /// Covariance of the Laplacian with that of `other`, over the variance of a gradient.
  private func sharedNoise(_ other: WindowCurvature) -> Double {
    var sum = 0.0
    for p in neighbours {
      for q in other.neighbours {
        let d = q - p
        sum += p.x * q.x * kernel.slopeToSlope(d.x, d.y) + p.y * q.y * kernel.slopeToSlope(d.y, d.x)
        sum += 2 * p.x * q.y * kernel.slopeToCross(d.x, d.y)
      }
    }
    return sum / (squares * other.squares)
  }

  /// Cells on each side of a point that its correction is taken from: 1.25 windows, which balance noise and the size of
  /// real features on the simulated pairs.
  static func reach(spacing: Double, templateWindow: Int) -> Int {
    min(12, max(1, Int((1.25 * Double(templateWindow) / spacing).rounded())))
  }

  /// The same with neighbours half as far away; nil where there are none.
  var nearer: WindowCurvature? {
    guard reach > 1 else { return nil }
    return WindowCurvature(
      spacing: spacing, templateWindow: templateWindow, reach: reach / 2, step: min(step, reach / 2),
      surroundings: surroundings)
  }

  /// What to do to one component.
  struct Correction {
    /// The part of the bias to be taken off, 0 … 1.
    var share = 0.0
    /// Variance of the corrected offset, px²: noise of both, and what is left of the bias.
    var variance: Double
    /// Whether the bias is that from the nearer neighbours.
    var isNearer = false
  }

  /// The component's values that the correction needs.
  struct Component {
    /// Gradients of the offset to the right and down; NaN where missing.
    var perColumn, perRow: Grid<Double>
    /// Variance of the offset, and mean variance of its two gradients.
    var variance, gradientVariance: Grid<Double>
  }

  /// The bias of a component's offset, px, and the noise variance of the Laplacian it was found from, as a multiple of
  /// that of a gradient; NaN where unknown.
  struct Bias {
    var values: Grid<Double>
    var noise: Grid<Double>
  }

  /// The bias `values`, px, that `derivatives` of this reach explain.
  func bias(_ values: Grid<Double>, from derivatives: Grid<SecondDerivatives>) -> Bias {
    Bias(values: values, noise: derivatives.map { noise * $0.noise })
  }

  /// - Parameters:
  ///   - wide: the bias found with this reach.
  ///   - near: the same with the reach of `nearer`.
  func corrections(_ component: Component, wide: Bias, near: Bias?) -> Grid<Correction> {
    var out = component.variance.map { Correction(variance: $0) }
    var bias = wide
    let change = near.map { changes(component, wide: wide, near: $0) }
    if let near, let mean = change {
      for index in out.cells.indices where !mean.cells[index].isNaN && !near.values.cells[index].isNaN {
        let added =
          factor * factor * component.gradientVariance.cells[index]
          * (near.noise.cells[index] - wide.noise.cells[index])
        // Twice, since the mean square is uncertain itself.
        guard 2 * added < mean.cells[index] else { continue }
        out.cells[index].isNearer = true
        bias.values.cells[index] = near.values.cells[index]
        bias.noise.cells[index] = near.noise.cells[index]
      }
    }
    let excess = bias.values.cells.indices.map { index in
      bias.values.cells[index] * bias.values.cells[index]
        - factor * factor * bias.noise.cells[index] * component.gradientVariance.cells[index]
    }
    let signal = Grid(rows: out.rows, columns: out.columns, cells: excess).localMeans(reach: surroundings)
    for index in out.cells.indices where !bias.values.cells[index].isNaN {
      let power = max(0, signal.cells[index]), own = component.variance.cells[index]
      let biasNoise = factor * factor * bias.noise.cells[index] * component.gradientVariance.cells[index]
      let shared = factor * covariance * own
      let total = power + biasNoise
      let share = total > 0 ? min(1, max(0, (power + shared) / total)) : 0
      let left = (1 - share) * (1 - share) * power
      out.cells[index].share = share
      out.cells[index].variance = own + left + share * (share * biasNoise - 2 * shared)
      if let change = change?.cells[index], change > 0 { out.cells[index].variance += change }
    }
    return out
  }

  /// Mean square of what the nearer neighbours change in the bias, less the noise of that, px².
  private func changes(_ component: Component, wide: Bias, near: Bias) -> Grid<Double> {
    guard let nearer else { return wide.values }
    let noise = max(0, sharedNoise(self) + nearer.sharedNoise(nearer) - 2 * sharedNoise(nearer))
    let excess = wide.values.cells.indices.map { index in
      let change = near.values.cells[index] - wide.values.cells[index]
      return change * change - factor * factor * noise * component.gradientVariance.cells[index]
    }
    return Grid(rows: wide.values.rows, columns: wide.values.columns, cells: excess)
      .localMeans(reach: nearer.reach)
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
}
