// SPDX-License-Identifier: Apache-2.0

/// How well a field fits: correlation over the square, and standard deviations of the offset.
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
  private static func squares(
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

  /// The field where it was solved, and where that is, at one row: three lines.
  package static func field(
    _ images: FlowSystem.Images, row: Int, into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    let u = images.u.row(row), v = images.v.row(row), inverse = images.i00.row(row)
    for x in stride(from: 0, to: images.gx.columns, by: 8) {
      let isSolved = inverse.lanes(at: x) .> 0
      lines.store(Lanes.zero.replacing(with: u.lanes(at: x), where: isSolved), at: x)
      lines.store(Lanes.zero.replacing(with: v.lanes(at: x), where: isSolved), at: length &+ x)
      lines.store(Lanes.zero.replacing(with: 1, where: isSolved), at: 2 &* length &+ x)
    }
  }

  /// How far the field is from its mean over the square, 0 where it was not solved.
  ///
  /// - Parameters:
  ///   - sums: of the lines of `field`.
  ///   - count: gets the number of solved pixels in the square, at least 1.
  package static func departure(
    _ sums: StripSums, images: FlowSystem.Images, dx: ImageView, dy: ImageView, count: ImageView
  ) {
    let plane = sums.plane
    sums.forEach(columns: images.gx.columns) { y, x, p in
      let n = p.lanes(at: 2 &* plane).greater(Lanes(repeating: 1))
      let isSolved = images.i00.row(y).lanes(at: x) .> 0
      let du = images.u.row(y).lanes(at: x) - p.lanes(at: 0) / n
      let dv = images.v.row(y).lanes(at: x) - p.lanes(at: plane) / n
      dx.row(y).store(Lanes.zero.replacing(with: du, where: isSolved), at: x)
      dy.row(y).store(Lanes.zero.replacing(with: dv, where: isSolved), at: x)
      count.row(y).store(n, at: x)
    }
  }

  /// Squares of what sigma is made of at one row: three lines of `squares` for the scores, two for the departures.
  package static func powers(
    scores: (ImageView, ImageView), departures: (ImageView, ImageView), row: Int,
    into lines: UnsafeMutablePointer<Float>, length: Int
  ) {
    squares(scores.0, scores.1, row: row, into: lines, length: length)
    let u = departures.0.row(row), v = departures.1.row(row)
    for x in stride(from: 0, to: scores.0.columns, by: 8) {
      let du = u.lanes(at: x), dv = v.lanes(at: x)
      lines.store(du * du, at: 3 &* length &+ x)
      lines.store(dv * dv, at: 4 &* length &+ x)
    }
  }

  /// Standard deviations of the offset: √(g V + b max(0, P − k V)) with V = A⁻¹ B A⁻¹, A being the normal matrix, B the
  /// covariance of the summed score, P the mean squared departure of the field from its own mean over the square, and
  /// g, b and k what `gains` says for the part of A that is not noise.
  ///
  /// The first term is noise. The second is the change of motion within the square, which takes the mean of it: what
  /// smoothing once more does to the field shows how much smoothing did the first time. Noise has a part in P too, which is
  /// taken off.
  ///
  /// - Parameters:
  ///   - sums: of the lines of `powers`, the scores summed over squares of `cell` pixels first. That counts the products
  ///     of scores up to a square's side apart, so that noise that neighbours share is not taken for independent.
  ///   - count: made by `departure`.
  package static func sigma(
    _ sums: StripSums, cell: Float, gains: FlowGains, images: FlowSystem.Images, count: ImageView, dx: ImageView,
    dy: ImageView
  ) {
    let plane = sums.plane
    sums.forEach(columns: images.gx.columns) { y, x, p in
      let xx = p.lanes(at: 0) / cell, xy = p.lanes(at: plane) / cell, yy = p.lanes(at: 2 &* plane) / cell
      let i00 = images.i00.row(y).lanes(at: x), i01 = images.i01.row(y).lanes(at: x)
      let i11 = images.i11.row(y).lanes(at: x), n = count.row(y).lanes(at: x)
      let vx = (i00 * i00 * xx + 2 * i00 * i01 * xy + i01 * i01 * yy).greater(.zero)
      let vy = (i01 * i01 * xx + 2 * i01 * i11 * xy + i11 * i11 * yy).greater(.zero)
      let gain = gains.at(images.share.row(y).lanes(at: x))
      @inline(__always) func total(_ variance: Lanes, _ power: Lanes) -> Lanes {
        let change = (power / n - gain.departure * variance).greater(.zero)
        return (gain.noise * variance + gain.change * change).squareRoot()
      }
      dx.row(y).store(total(vx, p.lanes(at: 3 &* plane)), at: x)
      dy.row(y).store(total(vy, p.lanes(at: 4 &* plane)), at: x)
    }
  }
}
