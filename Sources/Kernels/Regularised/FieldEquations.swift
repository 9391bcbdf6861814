// SPDX-License-Identifier: Apache-2.0

/// The equations of an offset at every pixel: what the images say in a small window, and what neighbours say.
///
/// All images have one shape, 32 zeros or more around them, and columns in multiples of eight.
package enum FieldEquations {
  /// Sums over the large window, in which gain, offset and noise of the grey values are found.
  package struct Moments {
    package let mask, reference, secondary, referenceSquares, secondarySquares, products: ImageView

    package init(
      mask: ImageView, reference: ImageView, secondary: ImageView, referenceSquares: ImageView,
      secondarySquares: ImageView, products: ImageView
    ) {
      self.mask = mask
      self.reference = reference
      self.secondary = secondary
      self.referenceSquares = referenceSquares
      self.secondarySquares = secondarySquares
      self.products = products
    }
  }

  /// The normal equations of the offsets: matrix (xx, xy, yy) and right side (x, y).
  package struct Equations {
    package let xx, xy, yy, x, y: ImageView
    package init(xx: ImageView, xy: ImageView, yy: ImageView, x: ImageView, y: ImageView) {
      self.xx = xx
      self.xy = xy
      self.yy = yy
      self.x = x
      self.y = y
    }
  }

  /// Share of the grey values' variance below which noise is never taken to be: what interpolation alone leaves.
  private static let leastNoise: Float = 1e-3

  /// What each pixel adds to the normal equations: products of gradients, and of gradients with what is left between
  /// the images once means and standard deviations agree, all over the variance of that rest.
  ///
  /// - Parameters:
  ///   - moments: of the reference and of the warped secondary, both 0 where `joint` is.
  ///   - least: pixels that a large window needs.
  package static func contributions(
    reference: ImageView, secondary: ImageView, joint: ImageView, gx: ImageView, gy: ImageView, moments: Moments,
    least: Float, into out: Equations
  ) {
    for y in 0..<reference.rows {
      for x in stride(from: 0, to: reference.columns, by: 8) {
        @inline(__always) func at(_ image: ImageView) -> Lanes { image.row(y).lanes(at: x) }
        let number = at(moments.mask)
        let isCounted = number .>= least
        let inverse = 1 / number.replacing(with: 1, where: .!isCounted)
        let mt = at(moments.reference) * inverse, mw = at(moments.secondary) * inverse
        let vt = at(moments.referenceSquares) * inverse - mt * mt
        let vw = at(moments.secondarySquares) * inverse - mw * mw
        let both = at(moments.products) * inverse - mt * mw
        let isUsable = isCounted .& (vt .> 1e-9) .& (vw .> 1e-9)
        let gain = (vt.replacing(with: 0, where: .!isUsable) / vw.replacing(with: 1, where: .!isUsable)).squareRoot()
        let rest = (at(reference) - mt) - gain * (at(secondary) - mw)
        let noise = (2 * (vt - gain * both)).greater(leastNoise * vt)
        let weight = (at(joint) / noise.replacing(with: 1, where: .!isUsable)).replacing(with: 0, where: .!isUsable)
        let hx = at(gx), hy = at(gy), wx = weight * hx, wy = weight * hy
        out.xx.row(y).store(wx * hx, at: x)
        out.xy.row(y).store(wx * hy, at: x)
        out.yy.row(y).store(wy * hy, at: x)
        out.x.row(y).store(wx * rest, at: x)
        out.y.row(y).store(wy * rest, at: x)
      }
    }
  }

  /// Share of its weight that a difference keeps where there is no data: with less, offsets at the rim leave what can be
  /// sampled; with all, the rim is drawn to what lies beyond (measured).
  private static let hold = Lanes(repeating: 0.1)

  /// Weights of the differences to the right and lower neighbours: `strength / (1 + (gradient / scale)²)` on both sides'
  /// mean, so that a step of the field costs little more than a steep slope. Where one of both has no data, `hold` of
  /// that: it takes its offset from those that have, and must not draw them back to where it began.
  ///
  /// - Parameters:
  ///   - scale: gradient of the offset, px per px, from which on neighbours lose their hold.
  ///   - across, down: strengths along rows and columns.
  ///   - joint: 1 where a pixel has data, or 0.
  ///   - work: overwritten.
  package static func edges(
    u: ImageView, v: ImageView, joint: ImageView, across: Float, down: Float, scale: Float, work: ImageView,
    right: ImageView, below: ImageView
  ) {
    let rows = u.rows, columns = u.columns, factor = 0.5 / (scale * scale)
    for y in 0..<rows {
      let above = max(0, y - 1), under = min(rows - 1, y + 1)
      let o = work.row(y)
      for x in stride(from: 0, to: columns, by: 8) {
        var squares = Lanes.zero
        for f in [u, v] {
          let p = f.row(y), here = p.lanes(at: x)
          var after = p.lanes(at: x + 1) - here, before = here - p.lanes(at: x - 1)
          if x == 0 { before[0] = 0 }
          if x + 8 == columns { after[7] = 0 }
          let lower = f.row(under).lanes(at: x) - here, upper = here - f.row(above).lanes(at: x)
          squares += after * after + before * before + lower * lower + upper * upper
        }
        o.store(1 / (1 + factor * squares), at: x)
      }
    }
    for y in 0..<rows {
      let p = work.row(y), under = work.row(min(rows - 1, y + 1)), r = right.row(y), b = below.row(y)
      let m = joint.row(y), n = joint.row(y + 1)
      for x in stride(from: 0, to: columns, by: 8) {
        let here = p.lanes(at: x), has = m.lanes(at: x)
        let tie = (0.5 * across) * (has * m.lanes(at: x + 1)).greater(hold)
        r.store(tie * (here + p.lanes(at: x + 1)), at: x)
        let tieBelow = (0.5 * down) * (has * n.lanes(at: x)).greater(hold)
        b.store(y + 1 < rows ? tieBelow * (here + under.lanes(at: x)) : .zero, at: x)
      }
      r[columns - 1] = 0
    }
  }
}
