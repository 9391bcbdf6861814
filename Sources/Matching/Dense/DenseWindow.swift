// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Dense least squares matching with one window size on one pyramid level.
final class DenseWindow {
  let images: DenseImages
  /// Half side of the box that has the noise of the window, px.
  let half: Int
  let shape: WindowShape
  /// Offsets, gradients, correlation, gain and validity after the last iteration.
  let field: LatticeField
  /// The increments that the last warp asked for.
  let increment: LatticeField
  private(set) var iterations = 0
  let equations: NormalEquations
  private let warpedSums: WindowSums
  private let smoother: PlaneSmoother
  private let planes: LatticeField

  init(images: DenseImages, half: Int, weights: WindowWeights, start: LatticeField, minimumValidShare: Float) {
    self.images = images
    self.half = half
    let shape = weights.shape(half: half)
    self.shape = shape
    field = start
    increment = LatticeField(rows: start.rows, columns: start.columns, pool: images.pool)
    planes = LatticeField(rows: start.rows, columns: start.columns, pool: images.pool)
    smoother = PlaneSmoother(
      window: shape, rows: start.rows, columns: start.columns, stride: start.stride,
      pool: images.pool)
    warpedSums = WindowSums(
      rows: images.rows, columns: images.columns, window: shape, families: WarpedSums.families, columnOrder: 1)
    equations = NormalEquations(
      latticeRows: warpedSums.latticeRows, latticeColumns: warpedSums.latticeColumns, window: shape,
      pool: images.pool)
    factor(minimumValidShare)
  }

  /// Normal equations of every window, and for a smooth one what makes their inverse a covariance.
  private func factor(_ minimumValidShare: Float) {
    let equations = equations, side = shape.noiseEquivalentSide, total = side * side
    let limits = NormalEquations.Limits(minimumCount: minimumValidShare * Float(total), minimumVariance: 1e-6)
    run(structure: shape, total) { row, sums in equations.factor(row: row, sums: sums, limits: limits) }
    if !shape.spreads.isEmpty {
      run(structure: shape.squared, total) { row, sums in equations.addSquares(row: row, sums: sums) }
    }
  }

  @inline(__always)
  private func run(
    structure window: WindowShape, _ total: Double, sink: (_ row: Int, _ sums: UnsafeMutablePointer<Float>) -> Void
  ) {
    let gx = images.gx.view, gy = images.gy.view, reference = images.reference.view, mask = images.mask.view
    WindowSums(
      rows: images.rows, columns: images.columns, window: window, total: total, families: StructureSums.families,
      columnOrder: 2
    ).run(
      pool: images.pool,
      accumulate: { cell, partial, whole in
        StructureSums.accumulate(
          cell, gx: gx, gy: gy, reference: reference, mask: mask, partial: partial, whole: whole)
      }, sink: sink)
  }

  /// Warps with the current field and solves every window; the field itself stays.
  func measureIncrement() {
    images.warp(field)
    let out = increment.output, equations = equations
    let gx = images.gx.view, gy = images.gy.view, reference = images.reference.view, warped = images.warped.view
    warpedSums.run(
      pool: images.pool,
      accumulate: { cell, partial, whole in
        WarpedSums.accumulate(
          cell, gx: gx, gy: gy, reference: reference, warped: warped, partial: partial, whole: whole)
      },
      sink: { row, sums in equations.solve(row: row, sums: sums, into: out) })
  }

  /// One iteration: the new field is the local plane of the old plus the increment.
  func iterate() {
    measureIncrement()
    smoother.prepare(valid: increment.valid)
    smooth(field.u, field.v)
    let count = field.rows * field.stride
    for index in 0..<6 {
      let p = field.parameter(index), d = increment.parameter(index), s = planes.parameter(index)
      if index % 3 == 0 {
        LatticeArithmetic.moveOffsets(smooth: s, increment: d, step: 2, into: p, count: count)
      } else {
        LatticeArithmetic.scaledSum(1 / Float(WindowSums.step), s, d, into: p, count: count)
      }
    }
    field.valid.update(from: increment.valid, count: count)
    field.settle(limit: DenseImages.limit(slack: images.slack))
    iterations += 1
  }

  /// Squares of what the window mean leaves, in lattice arrays with the stride of `field`.
  struct Residuals {
    /// Of the plain field, of that less what an increment answers to it, and of the plain field's gradients.
    static let count = 8
    let base: UnsafeMutablePointer<Float>
    let plane: Int
    func array(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * plane }
  }

  /// Fills the residuals of the field after the last `measureIncrement`.
  ///
  /// - Parameter response: see `CandidateChoice.responses`.
  func fill(_ residuals: Residuals, response: UnsafeMutablePointer<Float>) {
    let count = field.rows * field.stride, valid = increment.valid, mean = (planes.u, planes.v)
    smoother.prepare(valid: valid)
    func square(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, into index: Int) {
      LatticeArithmetic.squaredDifference(a, mean.0, valid: valid, into: residuals.array(index), count: count)
      LatticeArithmetic.squaredDifference(b, mean.1, valid: valid, into: residuals.array(index + 1), count: count)
    }
    smooth(field.u, field.v)
    square(field.u, field.v, into: 0)
    let u = residuals.array(4), v = residuals.array(5)
    LatticeArithmetic.scaledSum(1, field.u, increment.u, into: u, count: count)
    LatticeArithmetic.scaledSum(1, field.v, increment.v, into: v, count: count)
    smooth(u, v)
    LatticeArithmetic.scaledSum(-1, mean.0, u, into: u, count: count)
    LatticeArithmetic.scaledSum(-1, mean.1, v, into: v, count: count)
    smooth(u, v)
    LatticeArithmetic.multiply(mean.0, response, count: count)
    LatticeArithmetic.multiply(mean.1, response, count: count)
    square(u, v, into: 2)
    for (first, out) in [(1, 4), (4, 6)] {
      smooth(field.parameter(first), field.parameter(first + 1))
      square(field.parameter(first), field.parameter(first + 1), into: out)
    }
  }

  /// Local planes of two lattice arrays over the prepared points, in `planes`.
  private func smooth(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>) {
    smoother.run(
      u: a, v: b, valid: increment.valid,
      into: .init(value: planes.parameter(0), slopeX: planes.parameter(1), slopeY: planes.parameter(2)),
      .init(value: planes.parameter(3), slopeX: planes.parameter(4), slopeY: planes.parameter(5)))
  }
}
