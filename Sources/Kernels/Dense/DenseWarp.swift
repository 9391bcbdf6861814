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

  /// Warps by cubic B-spline interpolation; the field is interpolated bilinearly between lattice points.
  ///
  /// - Parameters:
  ///   - coefficients: B-spline coefficients of the secondary; every sample must fall inside its padding.
  ///   - originColumn, originRow: position of the block's pixel (0, 0) in `coefficients`.
  ///   - mask: 1 or 0 per pixel of the block; the result is 0 where it is 0.
  package static func run(
    _ coefficients: PaddedImage, originColumn: Int, originRow: Int, field: Field, mask: PaddedImage, into out: PaddedImage
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

  /// Weights of the four cubic B-spline taps at fraction `f`.
  @inline(__always)
  private static func weights(_ f: Lanes) -> (Lanes, Lanes, Lanes, Lanes) {
    let o = 1 - f, f2 = f * f, sixth: Float = 1.0 / 6
    let a = sixth * (o * o * o), d = sixth * (f2 * f)
    let b = (2.0 / 3 as Float) - f2 + 3 * d
    return (a, b, 1 - a - b - d, d)
  }

  /// Eight neighbouring samples whose whole-pixel offset is the same.
  @inline(__always)
  private static func interpolate(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes) -> Lanes {
    let (a, b, c, d) = weights(fx)
    let (e, f, g, h) = weights(fy)
    @inline(__always) func line(_ q: UnsafeMutablePointer<Float>) -> Lanes {
      var sum = a * q.lanes(at: -1)
      sum.addProduct(b, q.lanes(at: 0))
      sum.addProduct(c, q.lanes(at: 1))
      sum.addProduct(d, q.lanes(at: 2))
      return sum
    }
    var sum = e * line(p - stride)
    sum.addProduct(f, line(p))
    sum.addProduct(g, line(p + stride))
    sum.addProduct(h, line(p + 2 * stride))
    return sum
  }

  /// Eight samples whose whole-pixel offsets differ: one after the other, the four taps of a row as a vector.
  @inline(__always)
  private static func scattered(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ u: Lanes, _ v: Lanes) -> Lanes {
    var iu = Lanes.zero, iv = Lanes.zero
    for k in 0..<8 {
      iu[k] = u[k].rounded(.down)
      iv[k] = v[k].rounded(.down)
    }
    let (a, b, c, d) = weights(u - iu)
    let (e, f, g, h) = weights(v - iv)
    var out = Lanes.zero
    for k in 0..<8 {
      let q = p + (Int(iv[k]) * stride + Int(iu[k]) + k - 1)
      @inline(__always) func tap(_ r: Int) -> SIMD4<Float> {
        UnsafeRawPointer(q + r * stride).loadUnaligned(as: SIMD4<Float>.self)
      }
      let column = e[k] * tap(-1) + f[k] * tap(0) + g[k] * tap(1) + h[k] * tap(2)
      let product = column * SIMD4<Float>(a[k], b[k], c[k], d[k])
      out[k] = (product[0] + product[1]) + (product[2] + product[3])
    }
    return out
  }
}
