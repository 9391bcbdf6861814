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

  /// Share of the grey values' variance below which noise is never taken to be when the field is solved for.
  private static let leastNoise: Float = 2e-3

  /// Grey values of eight pixels' large windows: means, variance of the reference, the gain that makes the secondary's
  /// equal to it, and the variance of what is left between both.
  private struct Greys {
    let reference, secondary, variance, gain, noise: Lanes
    let isUsable: SIMDMask<SIMD8<Int32>>

    /// - Parameter least: pixels that a window needs.
    @inline(__always)
    init(_ moments: Moments, _ y: Int, _ x: Int, least: Float) {
      func at(_ image: ImageView) -> Lanes { image.row(y).lanes(at: x) }
      let number = at(moments.mask)
      let isCounted = number .>= least
      let inverse = 1 / number.replacing(with: 1, where: .!isCounted)
      reference = at(moments.reference) * inverse
      secondary = at(moments.secondary) * inverse
      let vt = at(moments.referenceSquares) * inverse - reference * reference
      let vw = at(moments.secondarySquares) * inverse - secondary * secondary
      let both = at(moments.products) * inverse - reference * secondary
      isUsable = isCounted .& (vt .> 1e-9) .& (vw .> 1e-9)
      gain = (vt.replacing(with: 0, where: .!isUsable) / vw.replacing(with: 1, where: .!isUsable)).squareRoot()
      variance = vt
      noise = 2 * (vt - gain * both)
    }
  }

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
        let greys = Greys(moments, y, x, least: least), isUsable = greys.isUsable
        let rest = (at(reference) - greys.reference) - greys.gain * (at(secondary) - greys.secondary)
        let noise = greys.noise.greater(leastNoise * greys.variance)
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

  /// Squares of a field's gradient, px² per px², after what it is expected to be: of differences across two pixels, a
  /// mean over three lines. Single differences would take noise for faults (measured).
  package static func bends(u: ImageView, v: ImageView, slopes: FieldSlopes, into out: ImageView) {
    let rows = u.rows, columns = u.columns
    for y in 0..<rows {
      let above = max(0, y - 1), under = min(rows - 1, y + 1), o = out.row(y)
      for x in stride(from: 0, to: columns, by: 8) {
        var squares = Lanes.zero
        for (f, right, below) in [(u, slopes.uRight, slopes.uBelow), (v, slopes.vRight, slopes.vBelow)] {
          let p = f.row(above) + x, q = f.row(y) + x, r = f.row(under) + x
          let left = p.lanes(at: -1) + 2 * q.lanes(at: -1) + r.lanes(at: -1)
          var across = p.lanes(at: 1) + 2 * q.lanes(at: 1) + r.lanes(at: 1) - left
          let top = p.lanes(at: -1) + 2 * p.lanes(at: 0) + p.lanes(at: 1)
          var down = r.lanes(at: -1) + 2 * r.lanes(at: 0) + r.lanes(at: 1) - top
          across -= 8 * right.row(y).lanes(at: x)
          down -= 8 * below.row(y).lanes(at: x)
          squares += across * across + down * down
        }
        if x == 0 { squares[0] = 0 }
        if x + 8 == columns { squares[7] = 0 }
        o.store((1 / 64) * squares, at: x)
      }
    }
  }

  /// Weights of the differences to the right and lower neighbours: `strength / (1 + (gradient / scale)²)` on both sides'
  /// mean, so that a step of the field costs little more than a steep slope. Where one of both has no data, `hold` of
  /// that: it takes its offset from those that have, and must not draw them back to where it began.
  ///
  /// - Parameters:
  ///   - bends: squared gradients of the offset after what is expected, px² per px²; overwritten.
  ///   - scale: gradient from which on neighbours lose their hold, px per px.
  ///   - across, down: strengths along rows and columns.
  ///   - joint: 1 where a pixel has data, or 0.
  package static func edges(
    bends: ImageView, joint: ImageView, across: Float, down: Float, scale: Float, right: ImageView, below: ImageView
  ) {
    let rows = bends.rows, columns = bends.columns, factor = 1 / (scale * scale)
    for y in 0..<rows {
      let p = bends.row(y)
      for x in stride(from: 0, to: columns, by: 8) { p.store(1 / (1 + factor * p.lanes(at: x)), at: x) }
    }
    for y in 0..<rows {
      let p = bends.row(y), under = bends.row(min(rows - 1, y + 1)), r = right.row(y), b = below.row(y)
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

  /// Sums over the large window of products of gradients.
  package struct GradientSums {
    package let cross, reference, secondary: ImageView
    package init(cross: ImageView, reference: ImageView, secondary: ImageView) {
      self.cross = cross
      self.reference = reference
      self.secondary = secondary
    }
  }

  /// Products of the gradients of both images, of the reference's and of the secondary's, each of a pixel.
  ///
  /// - Parameter joint: 1 where the gradients of both can be taken, or 0.
  package static func gradientProducts(
    secondary: ImageView, joint: ImageView, gx: ImageView, gy: ImageView, into out: GradientSums
  ) {
    for y in 0..<secondary.rows {
      let w = secondary.row(y)
      for x in stride(from: 0, to: secondary.columns, by: 8) {
        let m = joint.row(y).lanes(at: x), a = gx.row(y).lanes(at: x), b = gy.row(y).lanes(at: x)
        let g = DenseFilters.gradient(w + x, secondary.stride)
        out.cross.row(y).store(m * (a * g.x + b * g.y), at: x)
        out.reference.row(y).store(m * (a * a + b * b), at: x)
        out.secondary.row(y).store(m * (g.x * g.x + g.y * g.y), at: x)
      }
    }
  }

  /// How many times the variance of an offset exceeds that from clean gradients and the noise of the equations.
  ///
  /// Noise of the reference is in its gradients too. It lets the matrix grow but tells nothing, so that the images pull
  /// only with ρ, the correlation of both images' gradients, of what the matrix says, and the variance is 1/ρ times
  /// larger. It is smaller where the noise is less than the least with which was solved.
  package static func varianceGrowth(_ moments: Moments, gradients: GradientSums, least: Float, into out: ImageView) {
    for y in 0..<out.rows {
      for x in stride(from: 0, to: out.columns, by: 8) {
        let greys = Greys(moments, y, x, least: least)
        let floor = (leastNoise * greys.variance).replacing(with: 1, where: .!greys.isUsable)
        let share = (greys.noise / floor).greater(leastNoiseShare).lesser(Lanes(repeating: 1))
        let both = gradients.reference.row(y).lanes(at: x) * gradients.secondary.row(y).lanes(at: x)
        let energy = both.greater(Lanes(repeating: 1e-20)).squareRoot()
        let agreement = (gradients.cross.row(y).lanes(at: x) / energy).greater(leastAgreement)
        // Rounding and interpolation, all that is left far below the least, average out faster than white noise: to two
        // thirds of its variance on the noise-free simulated pairs.
        let counted = share * (2 + share) * (1 / 3)
        out.row(y).store(counted / agreement.lesser(Lanes(repeating: 1)), at: x)
      }
    }
  }

  private static let leastAgreement = Lanes(repeating: 0.1)
  /// Interpolation and other faces of the ground always leave some.
  private static let leastNoiseShare = Lanes(repeating: 0.03)
}
