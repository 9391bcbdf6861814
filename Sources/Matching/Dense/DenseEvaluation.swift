// SPDX-License-Identifier: Apache-2.0
import Kernels

/// Judges the result of one window: how noisy and how biased each point is.
///
/// The textbook covariance σ² A⁻¹ is too small for four reasons, each measured here from the images themselves:
/// residuals are correlated over a few pixels (score variance of 8 × 8 pixel cells against that of single pixels);
/// noise in the gradients of the reference lengthens A (products with the gradients of the warped secondary,
/// whose noise is independent, do not); iterations let that noise grow (`NoiseGain`); and a window cannot follow
/// curvature (what is left of the field when its window mean is taken off, less the noise expected in that).
struct DenseEvaluation {
  private let window: DenseWindow
  private let rows: Int
  private let columns: Int
  private let stride: Int
  private let plane: Int
  private let cells: FloatBuffer
  private let residuals: FloatBuffer

  init(_ window: DenseWindow) {
    self.window = window
    rows = window.field.rows
    columns = window.field.columns
    stride = window.field.stride
    plane = rows * stride
    cells = FloatBuffer(count: ScoreCells.channels * plane)
    residuals = FloatBuffer(count: 12 * plane)
  }

  private func cell(_ channel: Int) -> UnsafeMutablePointer<Float> { cells.base + channel * plane }
  private func residual(_ index: Int) -> UnsafeMutablePointer<Float> { residuals.base + index * plane }

  /// Half side of the region over which second-order statistics are taken, in lattice steps: never fewer than about
  /// 64 px across, so that small windows do not judge themselves by a handful of cells.
  private var reach: Float { max(Float(window.half) + 0.5, 32.5) / Float(WindowSums.step) }

  /// Offers both candidates of the window at every solved point.
  func offer(to estimate: DenseEstimate) {
    window.measureIncrement()
    fillCells()
    fillResiduals()
    let gains = NoiseGain.forIterations(window.iterations)
    let inverse = FloatBuffer(count: 21 * stride), texture = FloatBuffer(count: 4 * stride)
    for row in 0..<rows {
      window.equations.inverse(row: row, into: inverse.base, stride: stride)
      window.equations.texture(row: row, into: texture.base, stride: stride)
      for column in 0..<columns {
        let at = row * stride + column
        guard window.increment.valid[at] > 0 else { continue }
        judge(at, inverse.base + column, texture.base + column, gains, estimate)
      }
    }
  }

  private func judge(
    _ at: Int, _ inverse: UnsafePointer<Float>, _ texture: UnsafePointer<Float>, _ gains: NoiseGain,
    _ estimate: DenseEstimate
  ) {
    let variance = texture[0], count = texture[stride], unevenX = texture[2 * stride], unevenY = texture[3 * stride]
    let increment = window.increment, field = window.field
    let ncc = increment.ncc[at]
    let sigma2 = max(2 * variance * (1 - ncc) * ratio(cell(2)[at], cell(8)[at]), 1e-10) * count / max(count - 7, 1)
    let rhoX = ratio(cell(6)[at], cell(4)[at]), rhoY = ratio(cell(7)[at], cell(5)[at])
    let rho = min(max(0.5 * (rhoX + rhoY), 0.1), 1.2)
    let textbook = cell(2)[at] / max(cell(3)[at], 1)
    let factorX = correlationFactor(cell(0)[at], textbook * cell(4)[at])
    let factorY = correlationFactor(cell(1)[at], textbook * cell(5)[at])
    let noise = DenseEstimate.Noise(
      x: sigma2 * factorX, y: sigma2 * factorY, inverse: inverse, inverseStride: stride, ncc: ncc,
      window: 2 * window.half + 1, increment: max(abs(increment.u[at]), abs(increment.v[at])))
    let points = max(cell(3)[at] / 16, 1)
    let plain = gains.plain(rho), left = gains.residual(rho)
    let curved = gains.curved(rho), leftTwice = gains.secondResidual(rho)
    func excess(_ index: Int, _ gain: Float, _ unit: Float) -> Float {
      max(0, residual(index)[at] / points - 1.5 * gain * unit)
    }
    let ux = noise.x * noise.covariance(0, 0), uy = noise.y * noise.covariance(3, 3)
    let bx = excess(0, left.offset, ux) / (rho * rho), by = excess(1, left.offset, uy) / (rho * rho)
    let p = (0..<6).map { field.parameter($0)[at] }
    let d = (0..<6).map { increment.parameter($0)[at] }
    func gradientExcess(_ index: Int, _ noise: Float, _ k: Int) -> Float {
      0.64 * excess(index, left.gradient, noise * inverse[(k * (k + 1) / 2 + k) * stride]) / (rho * rho)
    }
    let bg = (
      gradientExcess(4, noise.x, 1), gradientExcess(5, noise.x, 2), gradientExcess(6, noise.y, 4),
      gradientExcess(7, noise.y, 5)
    )
    estimate.offer(
      .init(
        parameters: (p[0], p[1], p[2], p[3], p[4], p[5]), gains: plain, biasX: bx, biasY: by, gradientBias: bg),
      noise, at: at)
    // A last increment takes off the share rho of the bias, but for what uneven texture makes of it.
    let keep = max(0, 1 - rho)
    func combined(_ first: Float, _ second: Float, _ uneven: Float) -> Float {
      let b = keep * first.squareRoot() + second.squareRoot()
      return b * b + 0.25 * uneven * uneven * first
    }
    // The slope of a plane and the mean of a window lose different shares to curvature, so a part of the gradients'
    // bias stays.
    let ex = keep * keep + 0.2, ey = ex
    estimate.offer(
      .init(
        parameters: (p[0] + d[0], p[1] + d[1], p[2] + d[2], p[3] + d[3], p[4] + d[4], p[5] + d[5]), gains: curved,
        biasX: combined(bx, excess(2, leftTwice.offset, ux), unevenX),
        biasY: combined(by, excess(3, leftTwice.offset, uy), unevenY),
        gradientBias: (ex * bg.0, ex * bg.1, ey * bg.2, ey * bg.3)), noise, at: at)
  }

  private func ratio(_ a: Float, _ b: Float) -> Float { b > 0 ? a / b : 1 }

  /// Overlapping cells of 8 × 8 px at every 4 px count each pair of pixels four times.
  private func correlationFactor(_ score: Float, _ independent: Float) -> Float {
    guard independent > 0 else { return 1 }
    return min(max(score / (4 * independent), 0.7), 6)
  }

  private func fillCells() {
    let images = window.images, increment = window.increment
    func image() -> PaddedImage {
      PaddedImage(rows: images.rows, columns: images.columns, padding: DenseImage.padding)
    }
    let inner = image(), wx = image(), wy = image()
    MaskErosion.run(images.mask.view, radius: 2, into: inner.view)
    DenseFilters.gradients(images.warped.view, mask: inner.view, gx: wx.view, gy: wy.view)
    ScoreCells.run(
      .init(
        reference: images.reference.view, warped: images.warped.view, gx: images.gx.view, gy: images.gy.view,
        mask: images.mask.view, warpedGx: wx.view, warpedGy: wy.view, gain: increment.gain, du: increment.u,
        dv: increment.v, stride: stride), into: cells.base, plane: plane)
    for channel in 0..<2 { squareBlocks(cell(channel)) }
    for channel in 0..<ScoreCells.channels {
      ScoreCells.box(cell(channel), rows: rows, columns: columns, stride: stride, reach: reach)
    }
  }

  /// Scores of 4 × 4 px cells to squared scores of the 8 × 8 px cells that start there.
  private func squareBlocks(_ p: UnsafeMutablePointer<Float>) {
    for row in 0..<rows {
      let a = p + row * stride, b = row + 1 < rows ? a + stride : a
      for column in 0..<columns {
        let next = min(column + 1, columns - 1)
        let sum = (a[column] + a[next]) + (b[column] + b[next])
        a[column] = sum * sum
      }
    }
  }

  /// Squares of what the window mean leaves of the plain field (0, 1) and of its gradients (4...7) and, twice applied,
  /// of the curved field (2, 3), summed over the region.
  private func fillResiduals() {
    let field = window.field, increment = window.increment, valid = increment.valid
    let a = residual(0), b = residual(1), c = residual(2), d = residual(3)
    let (su, sv) = window.smooth(field.u, field.v)
    for i in 0..<plane {
      a[i] = (field.u[i] - su[i]) * valid[i]
      b[i] = (field.v[i] - sv[i]) * valid[i]
    }
    let u = residual(4), v = residual(5)
    for i in 0..<plane {
      u[i] = field.u[i] + increment.u[i]
      v[i] = field.v[i] + increment.v[i]
    }
    let (tu, tv) = window.smooth(u, v)
    for i in 0..<plane {
      u[i] -= tu[i]
      v[i] -= tv[i]
    }
    let (ru, rv) = window.smooth(u, v)
    for i in 0..<plane {
      c[i] = (u[i] - ru[i]) * valid[i]
      d[i] = (v[i] - rv[i]) * valid[i]
    }
    for (first, second, out) in [(1, 2, 4), (4, 5, 6)] {
      let p = field.parameter(first), q = field.parameter(second)
      let (sp, sq) = window.smooth(p, q)
      let a = residual(out), b = residual(out + 1)
      for i in 0..<plane {
        a[i] = (p[i] - sp[i]) * valid[i]
        b[i] = (q[i] - sq[i]) * valid[i]
      }
    }
    for p in (0..<8).map(residual) {
      for i in 0..<plane { p[i] *= p[i] }
      ScoreCells.box(p, rows: rows, columns: columns, stride: stride, reach: reach)
    }
  }
}
