// SPDX-License-Identifier: Apache-2.0

/// How well a field fits: correlation over the square, and covariance of the offset.
package enum FlowEvaluation {
  /// Six lines of one row: mask, both images, their squares and their product.
  package static func moments(
    _ images: FlowSystem.Images, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    let p = images.reference.row(row), q = images.warped.row(row), mask = images.mask.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      let m = mask.lanes(at: x), a = m * p.lanes(at: x), b = m * q.lanes(at: x)
      lines.store(m, at: x)
      lines.store(a, at: length &+ x)
      lines.store(b, at: 2 &* length &+ x)
      lines.store(a * a, at: 3 &* length &+ x)
      lines.store(b * b, at: 4 &* length &+ x)
      lines.store(a * b, at: 5 &* length &+ x)
    }
  }

  /// Correlation over the square, times the sign that was chosen, and the number of pixels in it.
  package static func correlate(
    _ sums: StripSums, sign: ImageView?, into out: ImageView, count: ImageView
  ) {
    let plane = sums.plane
    sums.forEach(columns: out.columns) { y, x, s in
      @inline(__always) func sum(_ k: Int) -> Lanes { s.lanes(at: k &* plane) }
      let n = sum(0), safe = n.greater(Lanes(repeating: 1))
      let a = sum(1) / safe, b = sum(2) / safe
      let va = sum(3) - sum(1) * a, vb = sum(4) - sum(2) * b, cov = sum(5) - sum(1) * b
      let product = va * vb, isKnown = product .> 0
      let root = product.replacing(with: 1, where: .!isKnown).squareRoot()
      var ncc = Lanes.zero.replacing(with: cov / root, where: isKnown)
      if let sign { ncc *= sign.row(y).lanes(at: x) }
      out.row(y).store(ncc.lesser(Lanes(repeating: 1)).greater(Lanes(repeating: -1)), at: x)
      count.row(y).store(n, at: x)
    }
  }

  /// The score, gradient times residual, at one row: two lines.
  package static func score(
    _ images: FlowSystem.Images, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    let gx = images.gx.row(row), gy = images.gy.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      let e = images.difference(row, x)
      lines.store(gx.lanes(at: x) * e, at: x)
      lines.store(gy.lanes(at: x) * e, at: length &+ x)
    }
  }

  /// Copies sums to images.
  package static func copy(_ sums: StripSums, into first: ImageView, _ second: ImageView) {
    sums.forEach(columns: first.columns) { y, x, p in
      first.row(y).store(p.lanes(at: 0), at: x)
      second.row(y).store(p.lanes(at: sums.plane), at: x)
    }
  }

  /// Squares and product of two images at one row: three lines.
  package static func squares(
    _ first: ImageView, _ second: ImageView, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    let p = first.row(row), q = second.row(row)
    for x in stride(from: 0, to: first.columns, by: 8) {
      let a = p.lanes(at: x), b = q.lanes(at: x)
      lines.store(a * a, at: x)
      lines.store(a * b, at: length &+ x)
      lines.store(b * b, at: 2 &* length &+ x)
    }
  }

  /// What the change of motion within the square did to the offset: increments that the images still ask for.
  ///
  /// The field is its own weighted mean plus these, so they are how far the mean is from the field.
  package static func bias(_ sums: StripSums, images: FlowSystem.Images, dx: ImageView, dy: ImageView) {
    sums.forEach(columns: images.gx.columns) { y, x, p in
      let d = FlowSystem.solution(sums, p, images, y, x)
      dx.row(y).store(d.u, at: x)
      dy.row(y).store(d.v, at: x)
    }
  }

  /// Standard deviations of the offset: √(A⁻¹ B A⁻¹ / share + (bias / share)²), A being the normal matrix, B the covariance
  /// of the summed score, and share the part of A that is not noise.
  ///
  /// Noise in A makes every step too short, so that iterations add up to a field smoothed more than by the window, by
  /// 1/share. Noise of a frequency that the window passes with weight w grows by 1/(1 − w + w·share): 1/share at most, 1 at
  /// least, √ of it within a tenth for what iterations are usual.
  ///
  /// - Parameters:
  ///   - sums: of the lines of `squares`, taken of scores that were summed over squares of `cell` pixels first. That
  ///     counts the products of scores up to a square's side apart, so that noise that neighbours share is not taken for
  ///     independent.
  ///   - dx, dy: hold the bias and get the standard deviations.
  package static func sigma(
    _ sums: StripSums, cell: Float, images: FlowSystem.Images, dx: ImageView, dy: ImageView
  ) {
    let plane = sums.plane
    sums.forEach(columns: images.gx.columns) { y, x, p in
      let xx = p.lanes(at: 0) / cell, xy = p.lanes(at: plane) / cell, yy = p.lanes(at: 2 &* plane) / cell
      let i00 = images.i00.row(y).lanes(at: x), i01 = images.i01.row(y).lanes(at: x)
      let i11 = images.i11.row(y).lanes(at: x), share = images.share.row(y).lanes(at: x)
      let vx = i00 * i00 * xx + 2 * i00 * i01 * xy + i01 * i01 * yy
      let vy = i01 * i01 * xx + 2 * i01 * i11 * xy + i11 * i11 * yy
      let bx = dx.row(y).lanes(at: x), by = dy.row(y).lanes(at: x)
      dx.row(y).store(((vx.greater(.zero) + bx * bx / share) / share).squareRoot(), at: x)
      dy.row(y).store(((vy.greater(.zero) + by * by / share) / share).squareRoot(), at: x)
    }
  }
}
