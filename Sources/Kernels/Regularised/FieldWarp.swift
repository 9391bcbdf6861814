// SPDX-License-Identifier: Apache-2.0

/// Samples the secondary where an offset at every pixel leads.
package enum FieldWarp {
  /// Warps by spline interpolation (`SplineOrder.quinticMOMS`).
  ///
  /// - Parameters:
  ///   - coefficients: `DenseFilters.splineCoefficients` of the secondary; every sample must fall inside its padding.
  ///   - validity: 1 or 0 per pixel of the secondary, in the layout of `coefficients`.
  ///   - origin: row and column of the field's pixel (0, 0) in the secondary.
  ///   - mask: 1 or 0 per pixel of the reference.
  ///   - out, joint: the samples, and 1 where the reference and the nearest pixel of the secondary are valid; both 0
  ///     elsewhere. Columns are a multiple of eight.
  package static func run(
    _ coefficients: ImageView, validity: ImageView, origin: Int, u: ImageView, v: ImageView, mask: ImageView,
    into out: ImageView, joint: ImageView
  ) {
    for y in 0..<out.rows {
      let du = u.row(y), dv = v.row(y), m = mask.row(y), o = out.row(y), j = joint.row(y)
      let base = coefficients.row(origin + y) + origin
      let valid = validity.row(origin + y) + origin
      for x in stride(from: 0, to: out.columns, by: 8) {
        let a = du.lanes(at: x), b = dv.lanes(at: x)
        var both = m.lanes(at: x)
        for k in 0..<8 {
          let row = Int((b[k] + 0.5).rounded(.down)), column = Int((a[k] + 0.5).rounded(.down))
          both[k] *= valid[row &* validity.stride &+ column &+ x &+ k]
        }
        o.store(both * DenseWarp.sample(base + x, coefficients.stride, a, b), at: x)
        j.store(both, at: x)
      }
    }
  }
}

extension DenseWarp {
  /// Eight neighbouring samples, each at its own offset from its pixel; `p` is the coefficient at the first pixel.
  @inline(__always)
  static func sample(_ p: UnsafeMutablePointer<Float>, _ stride: Int, _ u: Lanes, _ v: Lanes) -> Lanes {
    let left = u.min().rounded(.down), top = v.min().rounded(.down)
    let reach = Swift.max(u.max() - left, v.max() - top)
    let corner = p + (Int(top) * stride + Int(left))
    if reach < 1 { return QuinticTaps<QuinticMOMS>.value(corner, stride, u - left, v - top) }
    if reach < 2 { return interpolateAcross(corner, stride, u - left, v - top) }
    return scattered(p, stride, u, v)
  }
}
