// SPDX-License-Identifier: Apache-2.0

extension NormalEquations {
  /// Inverse of the normal matrix of a lattice row: 21 numbers a point (lower triangle, row by row) at
  /// `out[k * stride + column]`, in units of 1/(variance of the residual); 0 where the point was not solved.
  package func inverse(row: Int, into out: UnsafeMutablePointer<Float>, stride: Int) {
    let scale = [1, 1 / half, 1 / half, 1, 1 / half, 1 / half]
    for b in 0..<blocksPerRow {
      let o = block(row, b)
      let valid = o.lanes(at: 36 * 8) .> 0
      // The inverse of the factor, then its square.
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 21) { m in
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
            let k = i * (i + 1) / 2 + j
            out.store(Lanes.zero.replacing(with: scale[i] * scale[j] * t, where: valid), at: k * stride + b * 8)
          }
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
