// SPDX-License-Identifier: Apache-2.0

/// Sums over squares for one strip of columns, one plane after the other: what `SquareSums.down` made.
package struct StripSums {
  package let base: UnsafeMutablePointer<Float>
  /// Floats from one plane to the next.
  package let plane: Int
  package let rows: Range<Int>
  package let column: Int

  package init(base: UnsafeMutablePointer<Float>, plane: Int, rows: Range<Int>, column: Int) {
    self.base = base
    self.plane = plane
    self.rows = rows
    self.column = column
  }

  /// Runs `body` on every eight pixels whose first lies in the image: row, column and where their sums lie.
  @inline(__always)
  func forEach(columns: Int, _ body: (_ row: Int, _ column: Int, _ sums: UnsafeMutablePointer<Float>) -> Void) {
    let end = min(SquareSums.stripWidth, columns &- column)
    for row in rows {
      let line = base + (row &- rows.lowerBound) &* SquareSums.stripWidth
      for k in stride(from: 0, to: end, by: 8) { body(row, column &+ k, line + k) }
    }
  }
}

/// The normal equations of optical flow, one system of two unknowns at every pixel.
package enum FlowSystem {
  package struct Images: Sendable {
    /// Reference; gradients times the mask, made by `addGradients`; the mask, 1 or 0.
    package let reference, gx, gy, mask: ImageView
    /// The secondary sampled with the field, and the field.
    package let warped, u, v: ImageView
    /// Inverse of the normal matrix; 0 where it has none.
    package let i00, i01, i11: ImageView
    /// Products of one image's gradients with the other's, and the share of the normal matrices that is not noise.
    package let products, share: ImageView
    /// 1 or −1: how the warped image counts.
    package let sign: ImageView?

    package init(
      reference: ImageView, gx: ImageView, gy: ImageView, mask: ImageView,
      warped: ImageView, u: ImageView, v: ImageView, inverse: (ImageView, ImageView, ImageView), products: ImageView,
      share: ImageView, sign: ImageView?
    ) {
      (self.reference, self.gx, self.gy, self.mask, self.warped) = (reference, gx, gy, mask, warped)
      (self.u, self.v, self.sign) = (u, v, sign)
      (i00, i01, i11) = inverse
      (self.products, self.share) = (products, share)
    }

    @inline(__always)
    func difference(_ y: Int, _ x: Int) -> Lanes {
      let w = warped.row(y).lanes(at: x)
      guard let sign else { return reference.row(y).lanes(at: x) - w }
      return reference.row(y).lanes(at: x) - sign.row(y).lanes(at: x) * w
    }
  }

  /// Takes the mean of the reference's gradients and those of the warped secondary, whose noises are independent: half
  /// the noise in the normal matrices, where it makes every step too short.
  ///
  /// - Parameters:
  ///   - images: gradients of the reference, which become the mean.
  ///   - hx, hy: gradients of `warped`.
  package static func addGradients(_ images: Images, hx: ImageView, hy: ImageView, rows: Range<Int>) {
    for y in rows {
      let gx = images.gx.row(y), gy = images.gy.row(y), sign = images.sign?.row(y)
      for x in stride(from: 0, to: images.gx.columns, by: 8) {
        let side = sign?.lanes(at: x) ?? Lanes(repeating: 1)
        let a = gx.lanes(at: x), b = gy.lanes(at: x)
        let c = side * hx.row(y).lanes(at: x), d = side * hy.row(y).lanes(at: x)
        images.products.row(y).store((a * c).adding(b, times: d), at: x)
        gx.store(0.5 * (a + c), at: x)
        gy.store(0.5 * (b + d), at: x)
      }
    }
  }

  /// Products of the gradients at one row, the mask, and products across the images: five lines `length` apart.
  package static func normal(_ images: Images, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int) {
    let gx = images.gx.row(row), gy = images.gy.row(row), m = images.mask.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      let a = gx.lanes(at: x), b = gy.lanes(at: x)
      lines.store(a * a, at: x)
      lines.store(a * b, at: length &+ x)
      lines.store(b * b, at: 2 &* length &+ x)
      lines.store(m.lanes(at: x), at: 3 &* length &+ x)
      lines.store(images.products.row(row).lanes(at: x), at: 4 &* length &+ x)
    }
  }

  /// Inverts the normal matrices.
  ///
  /// - Parameters:
  ///   - sums: of the lines of `normal`.
  ///   - least: pixels that a square must hold.
  package static func invert(_ sums: StripSums, least: Float, images: Images) {
    let plane = sums.plane
    sums.forEach(columns: images.gx.columns) { y, x, p in
      let a = p.lanes(at: 0), b = p.lanes(at: plane), c = p.lanes(at: 2 &* plane), n = p.lanes(at: 3 &* plane)
      let det = a * c - b * b, trace = a + c
      // A matrix whose small eigenvalue is a thousandth of the large one says nothing along one direction.
      let isGood = (det .> 1e-3 * trace * trace) .& (trace .> 0) .& (n .>= least) .& (trace .> 1e-6 * n)
      let scale = Lanes.zero.replacing(with: 1 / det.replacing(with: 1, where: .!isGood), where: isGood)
      images.i00.row(y).store(c * scale, at: x)
      images.i01.row(y).store((0 - b) * scale, at: x)
      images.i11.row(y).store(a * scale, at: x)
      // Noise of the two images is independent: what their products lack against the squares is noise.
      let share = p.lanes(at: 4 &* plane) / trace.replacing(with: 1, where: .!isGood)
      let least = Lanes(repeating: FlowGains.leastShare)
      images.share.row(y).store(share.lesser(Lanes(repeating: 1)).greater(least), at: x)
    }
  }

  /// Gradient times what the linearised images say of the whole offset, at one row: two lines.
  ///
  /// The field itself stands on the right side, not its increment: the solution is a weighted mean of the true field over
  /// the square (Le Besnerais & Champagnat 2005), which keeps the iteration stable.
  package static func rightSide(
    _ images: Images, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    let gx = images.gx.row(row), gy = images.gy.row(row), u = images.u.row(row), v = images.v.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      let a = gx.lanes(at: x), b = gy.lanes(at: x)
      let e = images.difference(row, x).adding(a, times: u.lanes(at: x)).adding(b, times: v.lanes(at: x))
      lines.store(a * e, at: x)
      lines.store(b * e, at: length &+ x)
    }
  }

  /// New offsets from the sums of `rightSide`; where the matrix has no inverse the old ones stay.
  package static func solve(_ sums: StripSums, images: Images) {
    let columns = images.gx.columns
    sums.forEach(columns: columns) { y, x, p in
      let d = solution(sums, p, images, y, x), isSolved = images.i00.row(y).lanes(at: x) .> 0
      let u = images.u.row(y), v = images.v.row(y)
      let du = u.lanes(at: x).replacing(with: d.u, where: isSolved)
      let dv = v.lanes(at: x).replacing(with: d.v, where: isSolved)
      u.store(FlowWarp.settled(du, first: Float(x), step: FlowWarp.ramp, size: columns), at: x)
      v.store(FlowWarp.settled(dv, first: Float(y), step: .zero, size: images.v.rows), at: x)
    }
  }

  /// The inverse times the first two sums.
  @inline(__always)
  static func solution(
    _ sums: StripSums, _ p: UnsafeMutablePointer<Float>, _ images: Images, _ y: Int, _ x: Int
  ) -> (u: Lanes, v: Lanes) {
    let b0 = p.lanes(at: 0), b1 = p.lanes(at: sums.plane)
    let i00 = images.i00.row(y).lanes(at: x), i01 = images.i01.row(y).lanes(at: x)
    let i11 = images.i11.row(y).lanes(at: x)
    return ((i00 * b0).adding(i01, times: b1), (i01 * b0).adding(i11, times: b1))
  }

  /// Product of both images at one row, whose sign over a square tells whether the contrast is inverted.
  package static func agreement(_ images: Images, row: Int, into line: UnsafeMutablePointer<Float>) {
    let p = images.reference.row(row), q = images.warped.row(row), m = images.mask.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      line.store(m.lanes(at: x) * p.lanes(at: x) * q.lanes(at: x), at: x)
    }
  }

  /// −1 where the sum of `agreement` is below 0, that is, where the inverted image leaves the smaller sum of squares.
  package static func choose(_ sums: StripSums, into sign: ImageView) {
    sums.forEach(columns: sign.columns) { y, x, p in
      sign.row(y).store(Lanes(repeating: 1).replacing(with: -1, where: p.lanes(at: 0) .< 0), at: x)
    }
  }
}
