// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Judges the result of one window: how noisy and how biased each point is.
///
/// The textbook covariance σ² A⁻¹ is too small for four reasons, each measured here from the images themselves:
/// residuals are correlated over a few pixels (score variance of 8 × 8 pixel cells against that of single pixels);
/// noise in the gradients of the reference lengthens A (products with the gradients of the warped secondary,
/// whose noise is independent, do not); iterations let that noise grow (`NoiseGain`); and a window cannot follow
/// curvature (what is left of the field when its window mean is taken off, less the noise expected in that). A margin
/// so sharp that the window has smoothed it away leaves nothing there; it shows in the difference from the next smaller
/// window, which is therefore held against the estimate of the larger ones.
struct DenseEvaluation {
  private let window: DenseWindow
  private let rows: Int
  private let columns: Int
  private let stride: Int
  private let plane: Int
  private let pool: BufferPool
  private let cells: FloatBuffer
  private let response: FloatBuffer
  private let residuals: FloatBuffer
  /// Squared differences from the estimate of larger windows, and where there is one.
  private let differences: FloatBuffer

  init(_ window: DenseWindow) {
    self.window = window
    rows = window.field.rows
    columns = window.field.columns
    stride = window.field.stride
    plane = rows * stride
    pool = window.images.pool
    cells = FloatBuffer(unfilled: ScoreCells.channels * plane, pool: pool)
    response = FloatBuffer(unfilled: plane, pool: pool)
    residuals = FloatBuffer(unfilled: DenseWindow.Residuals.count * plane, pool: pool)
    differences = FloatBuffer(unfilled: 7 * plane, pool: pool)
  }

  /// Half side of the region over which second-order statistics are taken, in lattice steps: never fewer than about
  /// 64 px across, so that small windows do not judge themselves by a handful of cells.
  private var reach: Float { max(Float(window.half) + 0.5, 32.5) / Float(WindowSums.step) }

  /// Offers both candidates of the window at every solved point.
  func offer(to estimate: DenseEstimate) {
    window.measureIncrement()
    fillCells()
    CandidateChoice.responses(
      cells: .init(base: cells.base, plane: plane), into: response.base, count: plane)
    window.fill(.init(base: residuals.base, plane: plane), response: response.base)
    for index in 0..<DenseWindow.Residuals.count { sumOverRegion(residuals.base + index * plane) }
    compare(with: estimate)
    let shape = window.shape
    NoiseGain.forIterations(window.iterations, shape).table.withUnsafeBufferPointer { gains in
      let choice = CandidateChoice(
        field: window.field.arrays, increment: window.increment.arrays,
        cells: .init(base: cells.base, plane: plane), response: response.base,
        residuals: .init(base: residuals.base, plane: plane),
        differences: .init(base: differences.base, plane: plane), estimate: estimate.arrays, gains: gains,
        slopes: NoiseGain.slopeBias(shape), interpolation: window.images.interpolation, window: 2 * window.half + 1,
        stride: stride, pool: pool)
      for row in 0..<rows { choice.run(row: row, columns: columns, equations: window.equations) }
    }
    estimate.isEmpty = false
  }

  private func sumOverRegion(_ p: UnsafeMutablePointer<Float>) {
    ScoreCells.box(p, rows: rows, columns: columns, stride: stride, reach: reach, pool: pool)
  }

  /// Means, over a region twice the size of the window, of the squared differences between the estimate so far and
  /// what this window would answer.
  private func compare(with estimate: DenseEstimate) {
    guard !estimate.isEmpty else { return differences.base.update(repeating: 0, count: 6 * plane) }
    let both = differences.base + 6 * plane
    LatticeArithmetic.keep(window.increment.valid, whereFinite: estimate.layer(.error), into: both, count: plane)
    for index in 0..<6 {
      let layer: DenseEstimate.Layer = [.dx, .dy, .dxPerColumn, .dxPerRow, .dyPerColumn, .dyPerRow][index]
      let out = differences.base + index * plane
      LatticeArithmetic.scaledSum(
        1, window.field.parameter(layer.rawValue), window.increment.parameter(layer.rawValue), into: out, count: plane
      )
      LatticeArithmetic.squaredDifference(out, estimate.layer(layer), valid: both, into: out, count: plane)
    }
    let reach = max(Float(2 * window.half) + 1, 32.5) / Float(WindowSums.step)
    for index in 0..<7 {
      ScoreCells.box(
        differences.base + index * plane, rows: rows, columns: columns, stride: stride, reach: reach, pool: pool)
    }
    for index in 0..<6 { LatticeArithmetic.divide(differences.base + index * plane, both, count: plane) }
  }

  private func fillCells() {
    let images = window.images, increment = window.increment
    ScoreCells.run(
      .init(
        reference: images.reference.view, warped: images.warped.view, gx: images.gx.view, gy: images.gy.view,
        mask: images.mask.view, inner: images.inner.view, gain: increment.gain, offset: increment.offset,
        du: increment.u, dv: increment.v,
        stride: stride), into: cells.base, plane: plane)
    for channel in 0..<2 {
      LatticeArithmetic.squareBlocks(cells.base + channel * plane, rows: rows, columns: columns, stride: stride)
    }
    for channel in 0..<ScoreCells.channels { sumOverRegion(cells.base + channel * plane) }
  }
}
