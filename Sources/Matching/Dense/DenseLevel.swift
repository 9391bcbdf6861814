// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Dense least squares matching at one level of a block's pyramid.
///
/// The reference block and the secondary have the same scale; the secondary's array starts `slack` pixels up and
/// left of the reference's, so that offsets from -slack to +slack can be sampled.
final class DenseLevel {
  let reference: DenseImage
  let half: Int
  let slack: Int
  let mask: PaddedImage
  let gx: PaddedImage
  let gy: PaddedImage
  let warped: PaddedImage
  private let coefficients: PaddedImage
  private let equations: NormalEquations
  private let warpedSums: WindowSums
  private let smoother: PlaneSmoother
  let field: LatticeField
  private let increment: LatticeField
  private let planes: LatticeField

  init(
    reference: DenseImage, secondary: DenseImage, slack: Int, half: Int, start: LatticeField, minimumValidShare: Float
  ) {
    self.reference = reference
    self.half = half
    self.slack = slack
    let rows = reference.rows, columns = reference.columns, padding = DenseImage.padding
    func image() -> PaddedImage { PaddedImage(rows: rows, columns: columns, padding: padding) }
    mask = image()
    gx = image()
    gy = image()
    warped = image()
    coefficients = PaddedImage(rows: secondary.rows, columns: secondary.columns, padding: padding)
    DenseFilters.splineCoefficients(secondary.values, into: coefficients)
    field = start
    Self.fillMask(mask, reference: reference, secondary: secondary, slack: slack, field: start)
    DenseFilters.gradients(reference.values, mask: mask, gx: gx, gy: gy)
    let masked = image()
    for row in 0..<rows {
      for column in 0..<columns { masked.row(row)[column] = reference.values.row(row)[column] * mask.row(row)[column] }
    }
    maskedReference = masked
    warpedSums = WindowSums(rows: rows, columns: columns, half: half, families: WarpedSums.families, columnOrder: 1)
    equations = NormalEquations(
      latticeRows: warpedSums.latticeRows, latticeColumns: warpedSums.latticeColumns, half: half)
    increment = LatticeField(rows: start.rows, columns: start.columns)
    planes = LatticeField(rows: start.rows, columns: start.columns)
    smoother = PlaneSmoother(half: half, rows: start.rows, columns: start.columns, stride: start.stride)
    let structure = WindowSums(
      rows: rows, columns: columns, half: half, families: StructureSums.families, columnOrder: 2)
    let side = Float(2 * half + 1)
    let limits = NormalEquations.Limits(minimumCount: minimumValidShare * side * side, minimumVariance: 1e-6)
    structure.run(
      accumulate: { cell, partial, whole in
        StructureSums.accumulate(
          cell, gx: gx, gy: gy, reference: maskedReference, mask: mask, partial: partial, whole: whole)
      },
      sink: { row, sums in equations.factor(row: row, sums: sums, limits: limits) })
  }

  private let maskedReference: PaddedImage

  /// Warps with the current field, solves every window and replaces the field.
  ///
  /// - Parameter keepsCurvature: adds the increments to the field itself instead of to its local planes: what a plane
  ///   cannot follow then stays in the field, at the price of more noise.
  func iterate(keepsCurvature: Bool) {
    DenseWarp.run(
      coefficients, originColumn: slack, originRow: slack, field: field.warpField, mask: mask, into: warped)
    let out = increment.output
    warpedSums.run(
      accumulate: { cell, partial, whole in
        WarpedSums.accumulate(
          cell, gx: gx, gy: gy, reference: maskedReference, warped: warped, partial: partial, whole: whole)
      },
      sink: { row, sums in equations.solve(row: row, sums: sums, into: out) })
    smoother.run(
      u: field.u, v: field.v, valid: increment.valid,
      into: .init(value: planes.parameter(0), slopeX: planes.parameter(1), slopeY: planes.parameter(2)),
      .init(value: planes.parameter(3), slopeX: planes.parameter(4), slopeY: planes.parameter(5)))
    update(keepsCurvature: keepsCurvature)
  }

  private func update(keepsCurvature: Bool) {
    // Samples may reach into the padding, where the mask hides them, but not beyond.
    let limit = Float(slack + DenseImage.padding - 12)
    let count = field.rows * field.stride
    for index in 0..<6 {
      let p = field.parameter(index), d = increment.parameter(index), s = planes.parameter(index)
      if index % 3 == 0 {
        for i in 0..<count {
          let step = max(-2, min(2, d[i]))
          p[i] = max(-limit, min(limit, (keepsCurvature ? p[i] : s[i]) + step))
        }
      } else {
        for i in 0..<count { p[i] = (keepsCurvature ? p[i] : s[i] * 0.25) + d[i] }
      }
    }
    field.ncc.update(from: increment.ncc, count: count)
    field.gain.update(from: increment.gain, count: count)
    field.valid.update(from: increment.valid, count: count)
    field.extend()
  }

  /// 1 where the reference with its gradient, and the secondary around where the field leads, are valid.
  private static func fillMask(
    _ mask: PaddedImage, reference: DenseImage, secondary: DenseImage, slack: Int, field: LatticeField
  ) {
    MaskErosion.run(reference.validity, radius: 2, into: mask)
    guard secondary.hasMissing else { return }
    let target = PaddedImage(rows: secondary.rows, columns: secondary.columns, padding: DenseImage.padding)
    MaskErosion.run(secondary.validity, radius: 4, into: target)
    for row in 0..<mask.rows {
      let lattice = min(field.rows - 1, (row + 2) / 4) * field.stride
      for column in 0..<mask.columns {
        let at = lattice + min(field.columns - 1, (column + 2) / 4)
        let y = row + slack + Int(field.v[at].rounded()), x = column + slack + Int(field.u[at].rounded())
        let isInside = y >= 0 && x >= 0 && y < target.rows && x < target.columns
        if !isInside || target.row(y)[x] == 0 { mask.row(row)[column] = 0 }
      }
    }
  }
}
