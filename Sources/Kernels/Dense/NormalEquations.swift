// SPDX-License-Identifier: Apache-2.0

/// The affine normal equations of all lattice points, factored once and solved at every iteration.
///
/// Unknowns of a point, in this order: offset dx, its change per `WindowShape.scale` to the right and down, then the
/// same for dy. The radiometric offset is eliminated, the gain is the ratio of the standard deviations (so that the sum
/// that is minimised is the zero-mean normalised one, ZNSSD). Eight points share the lanes of a vector.
package final class NormalEquations: @unchecked Sendable {
  /// Vectors per eight points: 21 of the Cholesky factor (its diagonal inverted), 6 column means of the gradients,
  /// 1/N, mean and variance sum of the reference, 6 of the right-hand side that do not change, validity.
  private static let size = 37
  package static let factorCount = 21
  private let store: FloatBuffer
  let blocksPerRow: Int
  package let latticeRows: Int
  package let latticeColumns: Int
  let half: Float
  /// Vectors of a smooth window's covariance, which is not the inverse of its normal matrix; nil for a box.
  let covariances: FloatBuffer?

  /// Rules for what can be solved.
  package struct Limits: Sendable {
    /// Fewest valid pixels of a window.
    package let minimumCount: Float
    /// Smallest variance of the reference that counts as texture, in its own units squared.
    package let minimumVariance: Float
    package init(minimumCount: Float, minimumVariance: Float) {
      self.minimumCount = minimumCount
      self.minimumVariance = minimumVariance
    }
  }

  package init(latticeRows: Int, latticeColumns: Int, window: WindowShape, pool: BufferPool?) {
    self.latticeRows = latticeRows
    self.latticeColumns = latticeColumns
    half = Float(window.scale)
    blocksPerRow = (latticeColumns + 7) / 8
    let size = latticeRows * blocksPerRow * Self.factorCount * 8
    covariances = window.spreads.isEmpty ? nil : FloatBuffer(unfilled: size, pool: pool)
    store = FloatBuffer(unfilled: latticeRows * blocksPerRow * Self.size * 8, pool: pool)
  }

  @inline(__always)
  func block(_ row: Int, _ index: Int) -> UnsafeMutablePointer<Float> {
    store.base + (row * blocksPerRow + index) * Self.size * 8
  }

  /// Factors the equations of a lattice row from the sums of `StructureSums` (column order 2: 9 vectors a point).
  package func factor(row: Int, sums: UnsafeMutablePointer<Float>, limits: Limits) {
    for b in 0..<blocksPerRow {
      let p = sums + b * 8 * 72
      // Channels by [group * 3 + power of x].
      let t = StructureLanes(p)
      let inverse = 1 / half, inverse2 = inverse * inverse
      let n = t.count, valid0 = n .>= limits.minimumCount
      let safeN = n.replacing(with: 1, where: .!valid0)
      let oneOverN = 1 / safeN
      let meanR = t.r * oneOverN
      let varianceR = t.rr - t.r * meanR
      let valid = valid0 .& (varianceR .> limits.minimumVariance * safeN)
      // Gradient sums: 1, x, y for gx, then gy.
      let s = [t.gx, inverse * t.gxX, inverse * t.gxY, t.gy, inverse * t.gyX, inverse * t.gyY]
      let right = [t.gxR, inverse * t.gxRX, inverse * t.gxRY, t.gyR, inverse * t.gyRX, inverse * t.gyRY]
      let o = block(row, b)
      s.withUnsafeBufferPointer { s in
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 21) { a in
          fill(a, t, inverse, inverse2)
          var k = 0
          for i in 0..<6 {
            for j in 0...i {
              a[k] -= s[i] * s[j] * oneOverN
              k += 1
            }
          }
          let isRegular = cholesky(a) .& valid
          for i in 0..<21 { o.store(a[i].replacing(with: 0, where: .!isRegular), at: i * 8) }
          for i in 0..<6 {
            o.store(s[i], at: (21 + i) * 8)
            o.store(right[i] - s[i] * meanR, at: (30 + i) * 8)
          }
          o.store(oneOverN, at: 27 * 8)
          o.store(t.r, at: 28 * 8)
          o.store(varianceR.replacing(with: 0, where: varianceR .< 0), at: 29 * 8)
          o.store(Lanes.zero.replacing(with: 1, where: isRegular), at: 36 * 8)
        }
      }
    }
  }

  /// Lower triangle, row by row, of the 6 × 6 matrix before the offset is eliminated.
  @inline(__always)
  func fill(
    _ a: UnsafeMutableBufferPointer<Lanes>, _ t: StructureLanes, _ inverse: Float, _ inverse2: Float
  ) {
    // gx gx: rows 0...2, columns 0...2.
    a[0] = t.xx.m
    a[1] = inverse * t.xx.x
    a[2] = inverse2 * t.xx.xx
    a[3] = inverse * t.xx.y
    a[4] = inverse2 * t.xx.xy
    a[5] = inverse2 * t.xx.yy
    // gx gy: rows 3...5, columns 0...2; symmetric in the pair of moments.
    a[6] = t.xy.m
    a[7] = inverse * t.xy.x
    a[8] = inverse * t.xy.y
    a[10] = inverse * t.xy.x
    a[11] = inverse2 * t.xy.xx
    a[12] = inverse2 * t.xy.xy
    a[15] = inverse * t.xy.y
    a[16] = inverse2 * t.xy.xy
    a[17] = inverse2 * t.xy.yy
    // gy gy: rows 3...5, columns 3...5.
    a[9] = t.yy.m
    a[13] = inverse * t.yy.x
    a[14] = inverse2 * t.yy.xx
    a[18] = inverse * t.yy.y
    a[19] = inverse2 * t.yy.xy
    a[20] = inverse2 * t.yy.yy
  }

  /// In-place Cholesky factor with inverted diagonal; false in lanes where the matrix is near singular.
  @inline(__always)
  private func cholesky(_ a: UnsafeMutableBufferPointer<Lanes>) -> SIMDMask<SIMD8<Int32>> {
    var ok = SIMDMask<SIMD8<Int32>>(repeating: true)
    // A pivot this small beside its diagonal is rounding noise of the sums: the direction carries no texture.
    let floor: Float = 1e-4
    for i in 0..<6 {
      let ri = i * (i + 1) / 2
      for j in 0..<i {
        let rj = j * (j + 1) / 2
        var t = a[ri + j]
        for k in 0..<j { t -= a[ri + k] * a[rj + k] }
        a[ri + j] = t * a[rj + j]
      }
      let diagonal = a[ri + i]
      var t = diagonal
      for k in 0..<i { t -= a[ri + k] * a[ri + k] }
      let good = (t .> floor * diagonal) .& (diagonal .> 0)
      ok = ok .& good
      a[ri + i] = 1 / t.replacing(with: 1, where: .!good).squareRoot()
    }
    return ok
  }

  /// Where the results of `solve` go; each array is the lattice, `stride` floats a row, a multiple of eight.
  package struct Output {
    package let parameters: [UnsafeMutablePointer<Float>]
    package let ncc, gain, offset, valid: UnsafeMutablePointer<Float>
    package let stride: Int
    package init(
      parameters: [UnsafeMutablePointer<Float>], ncc: UnsafeMutablePointer<Float>, gain: UnsafeMutablePointer<Float>,
      offset: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<Float>, stride: Int
    ) {
      self.parameters = parameters
      self.ncc = ncc
      self.gain = gain
      self.offset = offset
      self.valid = valid
      self.stride = stride
    }
  }

  /// Increments of the six parameters of a lattice row from the sums of `WarpedSums` (column order 1: 2 vectors a
  /// point), the correlation before the increment, and gain and offset of the reference over the secondary.
  package func solve(row: Int, sums: UnsafeMutablePointer<Float>, into out: Output) {
    let inverse = 1 / half
    for b in 0..<blocksPerRow {
      var m0 = Matrix8(sums + b * 8 * 16, stride: 16), m1 = Matrix8(sums + b * 8 * 16 + 8, stride: 16)
      m0.transpose()
      m1.transpose()
      let o = block(row, b)
      let oneOverN = o.lanes(at: 27 * 8), sumR = o.lanes(at: 28 * 8), varR = o.lanes(at: 29 * 8)
      let valid = o.lanes(at: 36 * 8)
      let meanW = m0.r4 * oneOverN
      let varW = m0.r5 - m0.r4 * meanW
      let covariance = m0.r6 - sumR * meanW
      let isUsable = (varW .> 1e-12) .& (valid .> 0)
      let safeW = varW.replacing(with: 1, where: .!isUsable), safeR = varR.replacing(with: 1, where: .!isUsable)
      let gain = (safeR / safeW).squareRoot()
      let w = (m0.r0, inverse * m1.r0, inverse * m0.r1, m0.r2, inverse * m1.r2, inverse * m0.r3)
      @inline(__always) func load(_ i: Int) -> Lanes { o.lanes(at: i * 8) }
      @inline(__always) func right(_ i: Int, _ q: Lanes) -> Lanes { load(30 + i) - gain * (q - load(21 + i) * meanW) }
      // Forward substitution.
      let y0 = right(0, w.0) * load(0)
      let y1 = (right(1, w.1) - load(1) * y0) * load(2)
      let y2 = (right(2, w.2) - load(3) * y0 - load(4) * y1) * load(5)
      let y3 = (right(3, w.3) - load(6) * y0 - load(7) * y1 - load(8) * y2) * load(9)
      let y4 = (right(4, w.4) - load(10) * y0 - load(11) * y1 - load(12) * y2 - load(13) * y3) * load(14)
      let y5 =
        (right(5, w.5) - load(15) * y0 - load(16) * y1 - load(17) * y2 - load(18) * y3 - load(19) * y4) * load(20)
      // Backward substitution.
      let x5 = y5 * load(20)
      let x4 = (y4 - load(19) * x5) * load(14)
      let x3 = (y3 - load(13) * x4 - load(18) * x5) * load(9)
      let x2 = (y2 - load(8) * x3 - load(12) * x4 - load(17) * x5) * load(5)
      let x1 = (y1 - load(4) * x2 - load(7) * x3 - load(11) * x4 - load(16) * x5) * load(2)
      let x0 = (y0 - load(1) * x1 - load(3) * x2 - load(6) * x3 - load(10) * x4 - load(15) * x5) * load(0)
      let at = row * out.stride + b * 8
      @inline(__always) func put(_ i: Int, _ x: Lanes, _ scale: Float) {
        out.parameters[i].store(Lanes.zero.replacing(with: scale * x, where: isUsable), at: at)
      }
      put(0, x0, 1)
      put(1, x1, inverse)
      put(2, x2, inverse)
      put(3, x3, 1)
      put(4, x4, inverse)
      put(5, x5, inverse)
      let ncc = covariance / (safeR * safeW).squareRoot()
      out.ncc.store(Lanes.zero.replacing(with: ncc, where: isUsable), at: at)
      out.gain.store(Lanes.zero.replacing(with: gain, where: isUsable), at: at)
      let offset = sumR * oneOverN - gain * meanW
      out.offset.store(Lanes.zero.replacing(with: offset, where: isUsable), at: at)
      out.valid.store(Lanes.zero.replacing(with: 1, where: isUsable), at: at)
    }
  }
}
