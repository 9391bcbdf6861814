// SPDX-License-Identifier: Apache-2.0
import CLanes

/// A field with one offset at every pixel: sampling by it, and bringing it to the next finer image.
package enum FlowWarp {
  /// How far beyond the image a sample may lie, px.
  static let reach: Float = 8

  /// Samples `coefficients` at `x + d(x)` for the pixels of some rows.
  ///
  /// - Parameters:
  ///   - coefficients: `DenseFilters.splineCoefficients` of an image of the same shape.
  ///   - u, v: offsets, settled by `settle`.
  package static func run(
    _ coefficients: ImageView, u: ImageView, v: ImageView, rows: Range<Int>, into out: ImageView
  ) {
    let stride = coefficients.stride
    for y in rows {
      let pu = u.row(y), pv = v.row(y), p = coefficients.row(y), o = out.row(y)
      for x in Swift.stride(from: 0, to: out.columns, by: 8) {
        let du = pu.lanes(at: x), dv = pv.lanes(at: x)
        let fu = ogive_smallest(du).rounded(.down), fv = ogive_smallest(dv).rounded(.down)
        let span = max(ogive_largest(du) - fu, ogive_largest(dv) - fv)
        let value = DenseWarp.sample(
          p + x, stride, du, dv, floor: (fu, fv), corner: p + (x &+ Int(fv) &* stride &+ Int(fu)), reach: span)
        o.store(value, at: x)
      }
    }
  }

  /// An offset cut so that its target stays near the image.
  @inline(__always)
  static func settled(_ d: Lanes, first: Float, step: Lanes, size: Int) -> Lanes {
    let place = step + first
    return d.greater((0 - reach) - place).lesser((Float(size - 1) + reach) - place)
  }

  @inline(__always) static var ramp: Lanes { Lanes(0, 1, 2, 3, 4, 5, 6, 7) }

  /// Cuts the offsets of some rows so that their targets stay near an image of the same shape, and copies the last
  /// offset of a row to the vector's end.
  package static func settle(u: ImageView, v: ImageView, rows: Range<Int>) {
    for y in rows {
      let pu = u.row(y), pv = v.row(y)
      for x in u.columns..<(u.columns + 7) / 8 * 8 { (pu[x], pv[x]) = (pu[u.columns - 1], pv[u.columns - 1]) }
      for x in stride(from: 0, to: u.columns, by: 8) {
        pu.store(settled(pu.lanes(at: x), first: Float(x), step: ramp, size: u.columns), at: x)
        pv.store(settled(pv.lanes(at: x), first: Float(y), step: .zero, size: v.rows), at: x)
      }
    }
  }

  /// Twice the offsets of an image of half the size, between its pixels by linear interpolation.
  ///
  /// - Parameter rows: of the result, whose pixel (2i, 2j) lies on pixel (i, j) of `field`.
  package static func double(_ field: ImageView, rows: Range<Int>, into out: ImageView) {
    let last = field.columns - 1
    for y in rows {
      let top = field.row(min(y / 2, field.rows - 1)), bottom = field.row(min((y + 1) / 2, field.rows - 1))
      let o = out.row(y)
      for x in 0..<out.columns {
        let a = min(x / 2, last), b = min((x + 1) / 2, last)
        o[x] = 0.5 * ((top[a] + bottom[a]) + (top[b] + bottom[b]))
      }
    }
  }

  /// `mask` times the validity of the pixel nearest to where each offset leads.
  package static func validity(
    of mask: ImageView, target: ImageView, u: ImageView, v: ImageView, rows: Range<Int>, into out: ImageView
  ) {
    for y in rows {
      let pu = u.row(y), pv = v.row(y), m = mask.row(y), o = out.row(y)
      for x in 0..<mask.columns {
        let dx = Int((pu[x] + 0.5).rounded(.down)), dy = Int((pv[x] + 0.5).rounded(.down))
        o[x] = m[x] * target.row(y &+ dy)[x &+ dx]
      }
    }
  }
}
