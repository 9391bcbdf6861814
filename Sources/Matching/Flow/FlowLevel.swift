// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// One resolution of an image pair and its field: ranks, gradients, normal equations, iterations.
final class FlowLevel: @unchecked Sendable {
  let rows, columns, threads: Int
  let pool: BufferPool
  let u, v: PaddedImage
  /// Correlation, number of pixels in the window and standard deviations, made by `evaluate`.
  let ncc, count, dxSigma, dySigma: PaddedImage
  let sign: PaddedImage?
  private let reference, coefficients, referenceMask, target, mask, gx, gy, hx, hy, products, share,
    warped: PaddedImage
  private let inverse: [PaddedImage]
  private let sums: FlowSums
  private let images: FlowSystem.Images
  private let minimumValidShare: Float
  /// Half side of the square over which the contrast is chosen, px, at most: it changes from field to field, so that one
  /// choice for all of a large window would count half of it with the wrong sign.
  private static let signRadius = 8

  init(
    reference: DenseImage, secondary: DenseImage, parameters: RankFlow.Parameters, threads: Int, pool: BufferPool
  ) {
    (rows, columns) = (reference.rows, reference.columns)
    (self.threads, self.pool) = (threads, pool)
    let (rows, columns) = (rows, columns)
    func plane() -> PaddedImage {
      PaddedImage(unfilledRows: rows, columns: columns, padding: DenseImage.padding, pool: pool)
    }
    self.reference = Self.ranks(reference, radius: parameters.rankRadius, threads: threads, pool: pool)
    let other = Self.ranks(secondary, radius: parameters.rankRadius, threads: threads, pool: pool)
    coefficients = plane()
    DenseFilters.splineCoefficients(other.view, into: coefficients.view, pool: pool)
    (referenceMask, target, mask, gx, gy) = (plane(), plane(), plane(), plane(), plane())
    MaskErosion.run(reference.validity.view, radius: 2, into: referenceMask.view, pool: pool)
    MaskErosion.run(secondary.validity.view, radius: secondary.hasMissing ? 4 : 1, into: target.view, pool: pool)
    (hx, hy, warped, u, v) = (plane(), plane(), plane(), plane(), plane())
    (ncc, count, dxSigma, dySigma) = (plane(), plane(), plane(), plane())
    (products, share) = (plane(), plane())
    inverse = [plane(), plane(), plane()]
    sign = parameters.contrastInversion ? plane() : nil
    sums = FlowSums(rows: rows, columns: columns, count: 6, threads: threads, pool: pool)
    minimumValidShare = Float(parameters.minimumValidShare)
    images = FlowSystem.Images(
      reference: self.reference.view, gx: gx.view, gy: gy.view, mask: mask.view, warped: warped.view, u: u.view,
      v: v.view, inverse: (inverse[0].view, inverse[1].view, inverse[2].view), products: products.view,
      share: share.view, sign: sign?.view)
  }

  /// The image's ranks; intensities, scaled to unit variance, where the radius is 0.
  private static func ranks(_ image: DenseImage, radius: Int, threads: Int, pool: BufferPool) -> PaddedImage {
    guard radius > 0 else { return image.values }
    let marked = PaddedImage(unfilledRows: image.rows, columns: image.columns, padding: radius + 8, pool: pool)
    let out = PaddedImage(unfilledRows: image.rows, columns: image.columns, padding: DenseImage.padding, pool: pool)
    RankTransform.mark(image.values.view, validity: image.validity.view, border: radius, into: marked.view)
    FlowSums.forRows(image.rows, threads: threads) { range in
      RankTransform.run(marked.view, radius: radius, rows: range, into: out.view)
    }
    withExtendedLifetime(marked) {}
    return out
  }

  /// Begins with no motion.
  func start() {
    for y in 0..<rows {
      u.view.row(y).update(repeating: 0, count: columns)
      v.view.row(y).update(repeating: 0, count: columns)
    }
    FlowWarp.settle(u: u.view, v: v.view, rows: 0..<rows)
  }

  /// Begins with the field of the next coarser level.
  func start(from coarser: FlowLevel) {
    FlowSums.forRows(rows, threads: threads) { [self] range in
      FlowWarp.double(coarser.u.view, rows: range, into: u.view)
      FlowWarp.double(coarser.v.view, rows: range, into: v.view)
      FlowWarp.settle(u: u.view, v: v.view, rows: range)
    }
  }

  /// Iterates with one window.
  func refine(radius: Int, iterations: Int) {
    prepare(radius: radius)
    for _ in 0..<iterations {
      warp(radius: radius)
      sums.run(2, radius: radius) { [images] in
        FlowSystem.rightSide(images, row: $0, into: $1, length: $2)
      } use: { [images] in
        FlowSystem.solve($0, images: images)
      }
    }
  }

  /// Masks by where the field leads now, and the normal matrices of all windows.
  private func prepare(radius: Int) {
    FlowSums.forRows(rows, threads: threads) { [self] range in
      FlowWarp.validity(
        of: referenceMask.view, target: target.view, u: u.view, v: v.view, rows: range, into: mask.view)
      gradients(of: images.reference, rows: range, images.gx, images.gy)
    }
    warp(radius: radius)
    FlowSums.forRows(rows, threads: threads) { [self] range in
      gradients(of: images.warped, rows: range, hx.view, hy.view)
      FlowSystem.addGradients(images, hx: hx.view, hy: hy.view, rows: range)
    }
    let side = Float(2 * radius + 1), least = minimumValidShare * side * side
    sums.run(5, radius: radius) { [images] in
      FlowSystem.normal(images, row: $0, into: $1, length: $2)
    } use: { [images] in
      FlowSystem.invert($0, least: least, images: images)
    }
  }

  private func gradients(of image: ImageView, rows: Range<Int>, _ gx: ImageView, _ gy: ImageView) {
    func part(_ image: ImageView) -> ImageView {
      ImageView(base: image.row(rows.lowerBound), rows: rows.count, columns: image.columns, stride: image.stride)
    }
    DenseFilters.gradients(part(image), mask: part(images.mask), gx: part(gx), gy: part(gy))
  }

  /// Samples the secondary by the field, and chooses its contrast.
  private func warp(radius: Int) {
    FlowSums.forRows(rows, threads: threads) { [self] range in
      FlowWarp.run(coefficients.view, u: u.view, v: v.view, rows: range, into: warped.view)
    }
    guard let sign = sign?.view else { return }
    sums.run(1, radius: min(radius, Self.signRadius)) { [images] row, line, _ in
      FlowSystem.agreement(images, row: row, into: line)
    } use: {
      FlowSystem.choose($0, into: sign)
    }
  }

  /// Correlation and standard deviations of the field with the last window.
  ///
  /// - Parameter cell: half side of the squares within which noise may be shared.
  func evaluate(radii: [Int], cell: Int) {
    let radius = radii[radii.count - 1]
    warp(radius: radius)
    let views = (ncc: ncc.view, count: count.view, dx: dxSigma.view, dy: dySigma.view, sign: sign?.view)
    sums.run(6, radius: radius) { [images] in
      FlowEvaluation.moments(images, row: $0, into: $1, length: $2)
    } use: {
      FlowEvaluation.correlate($0, sign: views.sign, into: views.ncc, count: views.count)
    }
    // The gradients of the secondary and their products are not needed any more.
    let cells = (hx.view, hy.view), solved = products.view
    sums.run(2, radius: cell) { [images] in
      FlowEvaluation.score(images, row: $0, into: $1, length: $2)
    } use: {
      FlowEvaluation.copy($0, into: cells.0, cells.1)
    }
    sums.run(3, radius: radius) { [images] in
      FlowEvaluation.field(images, row: $0, into: $1, length: $2)
    } use: { [images] in
      FlowEvaluation.departure($0, images: images, dx: views.dx, dy: views.dy, count: solved)
    }
    let pixels = Float((2 * cell + 1) * (2 * cell + 1)), gains = FlowGains(radii: radii, cell: cell)
    sums.run(5, radius: radius) {
      FlowEvaluation.powers(
        scores: cells, departures: (views.dx, views.dy), row: $0, into: $1, length: $2)
    } use: { [images] in
      FlowEvaluation.sigma(
        $0, cell: pixels, gains: gains, images: images, count: solved, dx: views.dx, dy: views.dy)
    }
  }

  /// Whether the window around a pixel had an inverse.
  func isSolved(_ row: Int, _ column: Int) -> Bool { images.i00.row(row)[column] > 0 }
}
