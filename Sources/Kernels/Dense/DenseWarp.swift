// SPDX-License-Identifier: Apache-2.0

/// Samples the secondary at `x + d(x)` for every pixel of the reference's block.
package enum DenseWarp {
  private typealias Taps = QuinticTaps<QuinticMOMS>

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

  /// Warps by spline interpolation (`SplineOrder.quinticMOMS`); the field is interpolated bilinearly between lattice
  /// points.
  ///
  /// - Parameters:
  ///   - coefficients: `DenseFilters.splineCoefficients` of the secondary; every sample must fall inside its padding.
  ///   - originColumn, originRow: position of the block's pixel (0, 0) in `coefficients`.
  ///   - mask: 1 or 0 per pixel of the block; the result is 0 where it is 0.
  package static func run(
    _ coefficients: ImageView, originColumn: Int, originRow: Int, field: Field, mask: ImageView, into out: ImageView
  ) {
    for latticeRow in 0..<(out.rows + 3) / 4 {
      let rows = min(4, out.rows - 4 * latticeRow)
      for latticeColumn in stride(from: 0, to: (out.columns + 3) / 4, by: 2) {
        let at = latticeRow * field.stride + latticeColumn
        let u = Patch(field.u + at, field.stride), v = Patch(field.v + at, field.stride)
        let row = 4 * latticeRow, column = 4 * latticeColumn
        let base = coefficients.row(originRow + row) + (originColumn + column)
        let corner = base + (Int(v.floor) * coefficients.stride + Int(u.floor))
        let reach = max(u.span, v.span)
        for r in 0..<rows {
          let value = sample(
            base + r * coefficients.stride, coefficients.stride, u.row(r), v.row(r), floor: (u.floor, v.floor),
            corner: corner + r * coefficients.stride, reach: reach)
          out.row(row + r).store(mask.row(row + r).lanes(at: column) * value, at: column)
        }
      }
    }
  }

  /// Eight neighbouring samples.
  ///
  /// - Parameters:
  ///   - p: coefficient under lane 0.
  ///   - u, v: how far each lane's sample lies from its own place.
  ///   - floor: the whole pixel below the least of them.
  ///   - corner: `p` moved by `floor`.
  ///   - reach: how far the largest of them lies above `floor`.
  @inline(__always)
  static func sample(
    _ p: UnsafeMutablePointer<Float>, _ stride: Int, _ u: Lanes, _ v: Lanes, floor: (u: Float, v: Float),
    corner: UnsafeMutablePointer<Float>, reach: Float
  ) -> Lanes {
    if reach < 1 { return Taps.value(corner, stride, u - floor.u, v - floor.v) }
    if reach < 2 { return interpolateAcross(corner, stride, u - floor.u, v - floor.v) }
    return scattered(p, stride, u, v)
  }

  /// One component of the field over four rows of eight pixels, that is, between six lattice points.
  private struct Patch {
    /// Values in the first row, and the change over four rows.
    let top, change: Lanes
    /// The whole pixel below the least value, and how far above it the largest lies.
    let floor, span: Float

    @inline(__always)
    init(_ p: UnsafeMutablePointer<Float>, _ stride: Int) {
      let q = p + stride
      let least = min(min(p[0], min(p[1], p[2])), min(q[0], min(q[1], q[2])))
      let most = max(max(p[0], max(p[1], p[2])), max(q[0], max(q[1], q[2])))
      floor = least.rounded(.down)
      span = most - floor
      top = Self.along(p[0], p[1], p[2])
      change = Self.along(q[0], q[1], q[2]) - top
    }

    @inline(__always)
    private static func along(_ a: Float, _ b: Float, _ c: Float) -> Lanes {
      let start = Lanes(lowHalf: SIMD4(repeating: a), highHalf: SIMD4(repeating: b))
      let end = Lanes(lowHalf: SIMD4(repeating: b), highHalf: SIMD4(repeating: c))
      return start + Lanes(0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75) * (end - start)
    }

    @inline(__always)
    func row(_ r: Int) -> Lanes {
      var value = top
      value.addProduct(0.25 * Float(r), change)
      return value
    }
  }

  /// Seven taps for lanes on both sides of a whole pixel: where `f` is 1 or more, the six start one pixel later.
  @inline(__always)
  private static func weightsAcross(_ f: Lanes) -> (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes) {
    let isLater = f .>= 1
    let w = Taps(at: f - Lanes.zero.replacing(with: 1, where: isLater))
    @inline(__always) func pick(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: isLater) }
    return (
      pick(w.w0, .zero), pick(w.w1, w.w0), pick(w.w2, w.w1), pick(w.w3, w.w2), pick(w.w4, w.w3), pick(w.w5, w.w4),
      pick(.zero, w.w5)
    )
  }

  /// Eight neighbouring samples whose whole-pixel offsets differ by at most one.
  @inline(__always)
  static func interpolateAcross(
    _ p: UnsafeMutablePointer<Float>, _ stride: Int, _ fx: Lanes, _ fy: Lanes
  ) -> Lanes {
    let w = weightsAcross(fx), h = weightsAcross(fy)
    @inline(__always) func line(_ q: UnsafeMutablePointer<Float>) -> Lanes {
      var sum = w.0 * q.lanes(at: -2)
      sum.addProduct(w.1, q.lanes(at: -1))
      sum.addProduct(w.2, q.lanes(at: 0))
      sum.addProduct(w.3, q.lanes(at: 1))
      sum.addProduct(w.4, q.lanes(at: 2))
      sum.addProduct(w.5, q.lanes(at: 3))
      sum.addProduct(w.6, q.lanes(at: 4))
      return sum
    }
    var sum = h.0 * line(p - 2 * stride), other = h.1 * line(p - stride)
    sum.addProduct(h.2, line(p))
    other.addProduct(h.3, line(p + stride))
    sum.addProduct(h.4, line(p + 2 * stride))
    other.addProduct(h.5, line(p + 3 * stride))
    sum.addProduct(h.6, line(p + 4 * stride))
    return sum + other
  }

  /// Eight samples whose whole-pixel offsets differ: one after the other, the six taps of a row as a vector of eight.
  @inline(__always)
  static func scattered(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ u: Lanes, _ v: Lanes) -> Lanes {
    var iu = Lanes.zero, iv = Lanes.zero
    for k in 0..<8 {
      iu[k] = u[k].rounded(.down)
      iv[k] = v[k].rounded(.down)
    }
    let w = Taps(at: u - iu), h = Taps(at: v - iv)
    var out = Lanes.zero
    for k in 0..<8 {
      let q = p + (Int(iv[k]) * stride + Int(iu[k]) + k - 2)
      var column = h.w0[k] * q.lanes(at: -2 * stride)
      column += h.w1[k] * q.lanes(at: -stride)
      column += h.w2[k] * q.lanes(at: 0)
      column += h.w3[k] * q.lanes(at: stride)
      column += h.w4[k] * q.lanes(at: 2 * stride)
      column += h.w5[k] * q.lanes(at: 3 * stride)
      let product = column * Lanes(w.w0[k], w.w1[k], w.w2[k], w.w3[k], w.w4[k], w.w5[k], 0, 0)
      out[k] = product.sum()
    }
    return out
  }
}
