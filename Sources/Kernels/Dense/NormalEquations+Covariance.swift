// SPDX-License-Identifier: Apache-2.0

extension NormalEquations {
  /// Covariance of the solutions of a lattice row over the variance of a pixel's residual: 21 numbers a point (lower
  /// triangle, row by row) at `out[k * stride + column]`; 0 where the point was not solved.
  ///
  /// The inverse of the normal matrix for a box. For other weights `addSquares` must have seen the row.
  package func covariance(row: Int, into out: UnsafeMutablePointer<Float>, stride: Int) {
    let scale = [1, 1 / half, 1 / half, 1, 1 / half, 1 / half]
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: Self.factorCount) { inverse in
      for b in 0..<blocksPerRow {
        let valid = block(row, b).lanes(at: 36 * 8) .> 0
        let known = covarianceBlock(row, b)
        if known == nil { invert(block(row, b), into: inverse) }
        var k = 0
        for i in 0..<6 {
          for j in 0...i {
            let value = known?.lanes(at: k * 8) ?? inverse[k]
            out.store(Lanes.zero.replacing(with: scale[i] * scale[j] * value, where: valid), at: k * stride + b * 8)
            k += 1
          }
        }
      }
    }
  }

  private func covarianceBlock(_ row: Int, _ index: Int) -> UnsafeMutablePointer<Float>? {
    covariances.map { $0.base + (row * blocksPerRow + index) * Self.factorCount * 8 }
  }

  /// The inverse of the factor, then its square: the lower triangle of the inverse of a normal matrix.
  @inline(__always)
  private func invert(_ o: UnsafeMutablePointer<Float>, into inverse: UnsafeMutableBufferPointer<Lanes>) {
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: Self.factorCount) { m in
      for j in 0..<6 {
        m[j * (j + 1) / 2 + j] = o.lanes(at: (j * (j + 1) / 2 + j) * 8)
        for i in (j + 1)..<max(6, j + 1) {
          var t = Lanes.zero
          for k in j..<i { t -= o.lanes(at: (i * (i + 1) / 2 + k) * 8) * m[k * (k + 1) / 2 + j] }
          m[i * (i + 1) / 2 + j] = t * o.lanes(at: (i * (i + 1) / 2 + i) * 8)
        }
      }
      for i in 0..<6 {
        for j in 0...i {
          var t = Lanes.zero
          for k in i..<6 { t.addProduct(m[k * (k + 1) / 2 + i], m[k * (k + 1) / 2 + j]) }
          inverse[i * (i + 1) / 2 + j] = t
        }
      }
    }
  }

  /// Takes the sums of `StructureSums` over the squares of a smooth window's weights for a factored row.
  ///
  /// With weights W the solution is A⁻¹ GᵀW r, where G holds the gradients less their means. Residuals of variance σ²
  /// that are independent then give σ² A⁻¹ B A⁻¹ with B = GᵀW²G (Aitken 1935); only where W is 0 or 1 is B = A.
  package func addSquares(row: Int, sums: UnsafeMutablePointer<Float>) {
    let unit = 1 / half, unit2 = unit * unit
    for b in 0..<blocksPerRow {
      guard let out = covarianceBlock(row, b) else { return }
      let t = StructureLanes(sums + b * 8 * 72), o = block(row, b), oneOverN = o.lanes(at: 27 * 8)
      let squares = [t.gx, unit * t.gxX, unit * t.gxY, t.gy, unit * t.gyX, unit * t.gyY]
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 3 * Self.factorCount) { work in
        let middle = UnsafeMutableBufferPointer(rebasing: work[0..<21])
        let inverse = UnsafeMutableBufferPointer(rebasing: work[21..<42])
        fill(middle, t, unit, unit2)
        var k = 0
        for i in 0..<6 {
          let meanI = o.lanes(at: (21 + i) * 8) * oneOverN
          for j in 0...i {
            let meanJ = o.lanes(at: (21 + j) * 8) * oneOverN
            middle[k] -= meanJ * squares[i] + meanI * (squares[j] - meanJ * t.count)
            k += 1
          }
        }
        invert(o, into: inverse)
        sandwich(inverse, middle, into: out)
      }
    }
  }

  /// Lower triangle of M B M from those of M and B, both symmetric.
  @inline(__always)
  private func sandwich(
    _ m: UnsafeMutableBufferPointer<Lanes>, _ b: UnsafeMutableBufferPointer<Lanes>,
    into out: UnsafeMutablePointer<Float>
  ) {
    @inline(__always) func at(_ i: Int, _ j: Int) -> Int { i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i }
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 6) { column in
      for j in 0..<6 {
        // Column j of B M.
        for i in 0..<6 {
          var t = Lanes.zero
          for k in 0..<6 { t.addProduct(b[at(i, k)], m[at(k, j)]) }
          column[i] = t
        }
        for i in j..<6 {
          var t = Lanes.zero
          for k in 0..<6 { t.addProduct(m[at(i, k)], column[k]) }
          out.store(t, at: at(i, j) * 8)
        }
      }
    }
  }

  /// Four numbers for each point of a lattice row, `stride` floats apart: variance of the reference in the window,
  /// count of valid pixels, and for dx and dy how unevenly the texture lies in the window: the relative deviation of
  /// its second moments from those of an even spread.
  package func texture(row: Int, into out: UnsafeMutablePointer<Float>, stride: Int) {
    for b in 0..<blocksPerRow {
      let o = block(row, b)
      out.store(o.lanes(at: 29 * 8) * o.lanes(at: 27 * 8), at: b * 8)
      out.store(1 / o.lanes(at: 27 * 8), at: stride + b * 8)
      @inline(__always) func diagonal(_ i: Int) -> Lanes {
        let at = i * (i + 1) / 2
        let inverse = o.lanes(at: (at + i) * 8)
        var sum = 1 / (inverse * inverse)
        for k in 0..<i { sum.addProduct(o.lanes(at: (at + k) * 8), o.lanes(at: (at + k) * 8)) }
        return sum
      }
      for (channel, i) in [(2, 0), (3, 3)] {
        let total = diagonal(i)
        let a = 3 * diagonal(i + 1) / total - 1, c = 3 * diagonal(i + 2) / total - 1
        out.store((0.5 * (a * a + c * c)).squareRoot(), at: channel * stride + b * 8)
      }
    }
  }
}
