// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Dense least squares matching with one window size on one pyramid level.
final class DenseWindow {
  let images: DenseImages
  let half: Int
  /// Offsets, gradients, correlation, gain and validity after the last iteration.
  let field: LatticeField
  /// The increments that the last warp asked for.
  let increment: LatticeField
  private(set) var iterations = 0
  let equations: NormalEquations
  private let warpedSums: WindowSums
  private let smoother: PlaneSmoother
  private let planes: LatticeField

  init(images: DenseImages, half: Int, start: LatticeField, minimumValidShare: Float) {
    self.images = images
    self.half = half
    field = start
    increment = LatticeField(rows: start.rows, columns: start.columns)
    planes = LatticeField(rows: start.rows, columns: start.columns)
    smoother = PlaneSmoother(half: half, rows: start.rows, columns: start.columns, stride: start.stride)
    warpedSums = WindowSums(
      rows: images.rows, columns: images.columns, half: half, families: WarpedSums.families, columnOrder: 1)
    let equations = NormalEquations(
      latticeRows: warpedSums.latticeRows, latticeColumns: warpedSums.latticeColumns, half: half)
    self.equations = equations
    let structure = WindowSums(
      rows: images.rows, columns: images.columns, half: half, families: StructureSums.families, columnOrder: 2)
    let side = Float(2 * half + 1)
    let limits = NormalEquations.Limits(minimumCount: minimumValidShare * side * side, minimumVariance: 1e-6)
    let gx = images.gx.view, gy = images.gy.view, reference = images.reference.view, mask = images.mask.view
    structure.run(
      accumulate: { cell, partial, whole in
        StructureSums.accumulate(
          cell, gx: gx, gy: gy, reference: reference, mask: mask, partial: partial, whole: whole)
      },
      sink: { row, sums in equations.factor(row: row, sums: sums, limits: limits) })
  }

  /// Warps with the current field and solves every window; the field itself stays.
  func measureIncrement() {
    images.warp(field)
    let out = increment.output, equations = equations
    let gx = images.gx.view, gy = images.gy.view, reference = images.reference.view, warped = images.warped.view
    warpedSums.run(
      accumulate: { cell, partial, whole in
        WarpedSums.accumulate(
          cell, gx: gx, gy: gy, reference: reference, warped: warped, partial: partial, whole: whole)
      },
      sink: { row, sums in equations.solve(row: row, sums: sums, into: out) })
  }

  /// One iteration: the new field is the local plane of the old plus the increment.
  func iterate() {
    measureIncrement()
    smoother.run(
      u: field.u, v: field.v, valid: increment.valid,
      into: .init(value: planes.parameter(0), slopeX: planes.parameter(1), slopeY: planes.parameter(2)),
      .init(value: planes.parameter(3), slopeX: planes.parameter(4), slopeY: planes.parameter(5)))
    let count = field.rows * field.stride, limit = images.limit
    for index in 0..<6 {
      let p = field.parameter(index), d = increment.parameter(index), s = planes.parameter(index)
      if index % 3 == 0 {
        for i in 0..<count { p[i] = max(-limit, min(limit, s[i] + max(-2, min(2, d[i])))) }
      } else {
        for i in 0..<count { p[i] = s[i] * 0.25 + d[i] }
      }
    }
    field.valid.update(from: increment.valid, count: count)
    field.extend()
    iterations += 1
  }

  /// Window mean of a lattice array, in `out`.
  func smooth(_ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>) -> (
    UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
  ) {
    smoother.run(
      u: a, v: b, valid: increment.valid,
      into: .init(value: planes.parameter(0), slopeX: planes.parameter(1), slopeY: planes.parameter(2)),
      .init(value: planes.parameter(3), slopeX: planes.parameter(4), slopeY: planes.parameter(5)))
    return (planes.parameter(0), planes.parameter(3))
  }
}
