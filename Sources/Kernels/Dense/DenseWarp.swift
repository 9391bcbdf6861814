// SPDX-License-Identifier: Apache-2.0

/// Samples the secondary at `x + d(x)` for every pixel of the reference's block.
package enum DenseWarp {
  /// A displacement field on the lattice of `WindowSums.step` pixels. One more row and column than the lattice
  /// covers must be filled, for the interpolation between lattice points.
  package struct Field {
    package let u, v: UnsafeMutablePointer<Float>
    package let stride: Int
    package init(u: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, stride: Int) {
      self.u = u
      self.v = v
      self.stride = stride
    }
  }

  /// Warps by quintic B-spline interpolation (a cubic one leaves a bias of up to 0.0015 px that depends on the
  /// sub-pixel phase); the field is interpolated bilinearly between lattice points.
  ///
  /// - Parameters:
  ///   - coefficients: B-spline coefficients of the secondary; every sample must fall inside its padding.
  ///   - originColumn, originRow: position of the block's pixel (0, 0) in `coefficients`.
  ///   - mask: 1 or 0 per pixel of the block; the result is 0 where it is 0.
  package static func run(
    _ coefficients: ImageView, originColumn: Int, originRow: Int, field: Field, mask: ImageView, into out: ImageView
  ) {
    let latticeRows = (out.rows + 3) / 4
    for Y in 0..<latticeRows {
      let u0 = field.u + Y * field.stride, v0 = field.v + Y * field.stride
      let u1 = u0 + field.stride, v1 = v0 + field.stride
      let rows = min(4, out.rows - 4 * Y)
      for X in stride(from: 0, to: (out.columns + 3) / 4, by: 2) {
        let iu = u0[X].rounded(.down), iv = v0[X].rounded(.down)
        let isUniform =
          same(u0, X, iu) && same(u1, X, iu) && same(v0, X, iv) && same(v1, X, iv)
        let corner = coefficients.row(originRow + 4 * Y + Int(iv)) + (originColumn + 4 * X + Int(iu))
        for r in 0..<rows {
          let t = Float(r) * 0.25
          let u = along(u0, u1, X, t), v = along(v0, v1, X, t)
          let y = 4 * Y + r
          let m = mask.row(y).lanes(at: 4 * X)
          let value: Lanes
          if isUniform {
            value = interpolate(corner + r * coefficients.stride, coefficients.stride, u - iu, v - iv)
          } else {
            let base = coefficients.row(originRow + y) + (originColumn + 4 * X)
            value = scattered(base, coefficients.stride, u, v)
          }
          out.row(y).store(m * value, at: 4 * X)
        }
      }
    }
  }

  @inline(__always)
  private static func same(_ p: UnsafeMutablePointer<Float>, _ x: Int, _ floor: Float) -> Bool {
    let a = p[x] - floor, b = p[x + 1] - floor, c = p[x + 2] - floor
    return min(a, min(b, c)) >= 0 && max(a, max(b, c)) < 1
  }

  /// The field at eight pixels of a row that starts at lattice column `x`, at share `t` from `p` to `q`.
  @inline(__always)
  private static func along(
    _ p: UnsafeMutablePointer<Float>, _ q: UnsafeMutablePointer<Float>, _ x: Int, _ t: Float
  ) -> Lanes {
    let a = p[x] + t * (q[x] - p[x]), b = p[x + 1] + t * (q[x + 1] - p[x + 1])
    let c = p[x + 2] + t * (q[x + 2] - p[x + 2])
    let quarter = Lanes(0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75)
    let start = Lanes(lowHalf: SIMD4(repeating: a), highHalf: SIMD4(repeating: b))
    let slope = Lanes(lowHalf: SIMD4(repeating: b - a), highHalf: SIMD4(repeating: c - b))
    return start + quarter * slope
  }

  /// Weights of the six quintic B-spline taps at fraction `f`, times 120.
  @inline(__always)
  private static func weights(_ f: Lanes) -> (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes) {
    let o = 1 - f
    let f2 = f * f, f5 = f2 * f2 * f
    let o2 = o * o, o5 = o2 * o2 * o
    let q = o + 1, r = f + 1
    let q2 = q * q, r2 = r * r
    let b = q2 * q2 * q - 6 * o5, e = r2 * r2 * r - 6 * f5
    let c = 66 - f2 * (60 - f2 * (30 - 10 * f))
    return (o5, b, c, 120 - o5 - b - c - e - f5, e, f5)
  }

  /// Eight neighbouring samples whose whole-pixel offset is the same.
  @inline(__always)
  private static func interpolate(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes) -> Lanes
  {
    let w = weights(fx), h = weights(fy)
    @inline(__always) func line(_ q: UnsafeMutablePointer<Float>) -> Lanes {
      var sum = w.0 * q.lanes(at: -2)
      sum.addProduct(w.1, q.lanes(at: -1))
      sum.addProduct(w.2, q.lanes(at: 0))
      sum.addProduct(w.3, q.lanes(at: 1))
      sum.addProduct(w.4, q.lanes(at: 2))
      sum.addProduct(w.5, q.lanes(at: 3))
      return sum
    }
    var sum = h.0 * line(p - 2 * stride)
    sum.addProduct(h.1, line(p - stride))
    sum.addProduct(h.2, line(p))
    sum.addProduct(h.3, line(p + stride))
    sum.addProduct(h.4, line(p + 2 * stride))
    sum.addProduct(h.5, line(p + 3 * stride))
    return (1.0 / 14400 as Float) * sum
  }

  /// Eight samples whose whole-pixel offsets differ: one after the other, the six taps of a row as a vector of eight.
  @inline(__always)
  private static func scattered(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ u: Lanes, _ v: Lanes) -> Lanes {
    let iu = u.floor, iv = v.floor
    let w = weights(u - iu), h = weights(v - iv)
    var out = Lanes.zero
    for k in 0..<8 {
      let q = p + (Int(iv[k]) * stride + Int(iu[k]) + k - 2)
      var column = h.0[k] * q.lanes(at: -2 * stride)
      column += h.1[k] * q.lanes(at: -stride)
      column += h.2[k] * q.lanes(at: 0)
      column += h.3[k] * q.lanes(at: stride)
      column += h.4[k] * q.lanes(at: 2 * stride)
      column += h.5[k] * q.lanes(at: 3 * stride)
      let product = column * Lanes(w.0[k], w.1[k], w.2[k], w.3[k], w.4[k], w.5[k], 0, 0)
      out[k] = product.sum()
    }
    return (1.0 / 14400 as Float) * out
  }
}
