// SPDX-License-Identifier: Apache-2.0
import Kernels

/// One level of the pyramid: the images, and the field at every pixel.
final class RegularisedLevel {
  /// Half side of the window in which gain, offset and noise of the grey values are found, px.
  static let momentHalf = 15
  /// Gradients of the offset beyond what is expected, px per px, above which neighbours lose their hold: one for each
  /// warp of the image. The first ones are lenient, so that the rim of a whole-pixel offset isn't taken for a fault; most
  /// so on reduced images, where the field begins.
  static let scales: [Float] = [0.025, 0.0125, 0.0075, 0.005, 0.005]
  static let coarseScales: [Float] = [0.05, 0.025, 0.0125, 0.0075, 0.005]
  /// Sweeps of the solver for each warp. On reduced images they are cheap and bring what is wide to rest.
  static let sweeps = 20
  static let coarseSweeps = 60
  static let relaxation: Float = 1.8

  let rows, columns, slack: Int
  let u, v: PaddedImage
  let pool: BufferPool
  let parameters: RegularisedMatching.Parameters
  let reference, mask, warped, joint: PaddedImage
  let gx, gy: PaddedImage
  private let slopePlanes: [PaddedImage]
  private let coefficients, targets: PaddedImage

  /// - Parameters:
  ///   - reference: its columns are a multiple of eight.
  ///   - secondary: has `slack` pixels more on every side.
  init(
    reference image: DenseImage, secondary: DenseImage, slack: Int, parameters: RegularisedMatching.Parameters,
    pool: BufferPool
  ) {
    (rows, columns, self.slack, self.pool, self.parameters) = (image.rows, image.columns, slack, pool, parameters)
    func make(_ shape: DenseImage) -> PaddedImage {
      PaddedImage(rows: shape.rows, columns: shape.columns, padding: DenseImage.padding, pool: pool)
    }
    (u, v, reference, mask, warped) = (make(image), make(image), make(image), make(image), make(image))
    (joint, gx, gy) = (make(image), make(image), make(image))
    slopePlanes = (0..<4).map { _ in make(image) }
    (coefficients, targets) = (make(secondary), make(secondary))
    DenseFilters.splineCoefficients(secondary.values.view, into: coefficients.view, pool: pool)
    MaskErosion.run(secondary.validity.view, radius: 3, into: targets.view, pool: pool)
    MaskErosion.run(image.validity.view, radius: 2, into: mask.view, pool: pool)
    DenseFilters.gradients(image.values.view, mask: mask.view, gx: gx.view, gy: gy.view)
    DenseFilters.multiply(image.values.view, mask.view, into: reference.view)
  }

  func plane() -> PaddedImage {
    PaddedImage(rows: rows, columns: columns, padding: DenseImage.padding, pool: pool)
  }

  /// Takes over the field of the next coarser level, at twice its size, and its slopes.
  func begin(from coarser: RegularisedLevel) {
    for (from, to) in [(coarser.u.view, u.view), (coarser.v.view, v.view)] {
      for y in 0..<rows {
        let above = from.row(y / 2), below = from.row(min(from.rows - 1, (y + 1) / 2)), out = to.row(y)
        for x in 0..<columns {
          let left = x / 2, right = min(from.columns - 1, (x + 1) / 2)
          out[x] = 0.5 * ((above[left] + above[right]) + (below[left] + below[right]))
        }
      }
    }
    for (from, to) in zip(coarser.slopePlanes, slopePlanes) {
      for y in 0..<rows {
        let p = from.view.row(y / 2), out = to.view.row(y)
        for x in 0..<columns { out[x] = p[x / 2] }
      }
    }
  }

  /// Gives pixels without data the offset of the nearest in their row that has, or of the nearest row: what a search or a
  /// coarser level left there would draw their neighbours away.
  private func fillMissing() {
    var filled: [Int] = []
    for y in 0..<rows {
      let m = mask.view.row(y)
      guard let first = (0..<columns).first(where: { m[$0] > 0 }) else { continue }
      filled.append(y)
      for field in [u.view.row(y), v.view.row(y)] {
        var last = field[first]
        for x in 0..<columns { if m[x] > 0 { last = field[x] } else { field[x] = last } }
      }
    }
    guard !filled.isEmpty else { return }
    var next = 0
    for y in 0..<rows {
      while next + 1 < filled.count, abs(filled[next + 1] - y) <= abs(filled[next] - y) { next += 1 }
      guard filled[next] != y else { continue }
      u.view.row(y).update(from: u.view.row(filled[next]), count: columns)
      v.view.row(y).update(from: v.view.row(filled[next]), count: columns)
    }
  }

  /// Warps the secondary with the field, which is cut where it would leave what was read.
  func warp() {
    let limit = DenseImages.limit(slack: slack)
    for field in [u.view, v.view] {
      for y in 0..<rows {
        let p = field.row(y)
        for x in 0..<columns { p[x] = max(-limit, min(limit, p[x])) }
      }
    }
    FieldWarp.run(
      coefficients.view, validity: targets.view, origin: slack, u: u.view, v: v.view, mask: mask.view,
      into: warped.view, joint: joint.view)
  }

  var images: LabelCosts.Images {
    .init(reference: reference.view, mask: mask.view, secondary: warped.view, secondaryMask: joint.view)
  }

  /// Adds to the field the whole-pixel offset, up to `reach`, that fits best to the images and the neighbours.
  func search(reach: Int) {
    warp()
    let dx = plane(), dy = plane()
    choose(reach: min(reach, LabelCosts.radius), dx.view, dy.view)
    defer { withExtendedLifetime((dx, dy)) {} }
    // The warped pixel (x + l) was taken from x + l + d(x + l).
    let oldU = plane(), oldV = plane()
    copy(u.view, to: oldU.view)
    copy(v.view, to: oldV.view)
    for y in 0..<rows {
      for x in 0..<columns where dx.view.row(y)[x] != 0 || dy.view.row(y)[x] != 0 {
        let a = dx.view.row(y)[x], b = dy.view.row(y)[x]
        let row = max(0, min(rows - 1, y + Int(b))), column = max(0, min(columns - 1, x + Int(a)))
        u.view.row(y)[x] = a + oldU.view.row(row)[column]
        v.view.row(y)[x] = b + oldV.view.row(row)[column]
      }
    }
    withExtendedLifetime((oldU, oldV)) {}
  }

  /// The whole-pixel offsets themselves.
  private func choose(reach: Int, _ dx: ImageView, _ dy: ImageView) {
    let bytes = rows * columns * LabelCosts.stride, steps = parameters.steps
    let costs = FloatBuffer(unfilled: bytes / 4, pool: pool)
    defer { withExtendedLifetime(costs) {} }
    func table(_ buffer: FloatBuffer) -> UnsafeMutablePointer<UInt8> {
      UnsafeMutableRawPointer(buffer.base).assumingMemoryBound(to: UInt8.self)
    }
    let unit = steps.unit(mostCost: 1 - Float(parameters.decorrelationThreshold))
    LabelCosts.run(
      images, half: parameters.windowHalf, reach: reach, shape: parameters.costShape, unit: unit, into: table(costs),
      pool: pool)
    let sums = FloatBuffer(unfilled: bytes / 4, pool: pool)
    defer { withExtendedLifetime(sums) {} }
    LabelPaths.run(table(costs), sums: table(sums), steps: steps, unit: unit, dx: dx, dy: dy, pool: pool)
  }

  private func copy(_ image: ImageView, to out: ImageView) {
    for y in 0..<rows { out.row(y).update(from: image.row(y), count: columns) }
  }

  /// What the offset is expected to change by from a pixel to the next.
  private var slopes: FieldSlopes {
    .init(
      uRight: slopePlanes[0].view, vRight: slopePlanes[1].view, uBelow: slopePlanes[2].view,
      vBelow: slopePlanes[3].view)
  }

  /// The planes that every warp fills anew.
  final class Work {
    let moments: [PaddedImage]
    let sums: [PaddedImage]
    let right, below, product: PaddedImage

    init(_ level: RegularisedLevel) {
      moments = (0..<6).map { _ in level.plane() }
      sums = (0..<5).map { _ in level.plane() }
      (right, below, product) = (level.plane(), level.plane(), level.plane())
    }

    var greys: FieldEquations.Moments {
      .init(
        mask: moments[0].view, reference: moments[1].view, secondary: moments[2].view,
        referenceSquares: moments[3].view, secondarySquares: moments[4].view, products: moments[5].view)
    }

    var equations: FieldEquations.Equations {
      .init(xx: sums[0].view, xy: sums[1].view, yy: sums[2].view, x: sums[3].view, y: sums[4].view)
    }
  }

  /// Refines the field below the pixel.
  func refine(scales: [Float], sweeps: Int) {
    let work = Work(self)
    fillMissing()
    for scale in scales {
      warp()
      setUp(work, half: parameters.windowHalf)
      setEdges(work, scale: scale)
      findSlopes(work)
      let system = FieldSolver.prepare(
        work.equations, right: work.right.view, below: work.below.view, slopes: slopes, u: u.view, v: v.view)
      FieldSolver.run(system, u: u.view, v: v.view, sweeps: sweeps, relaxation: Self.relaxation)
    }
    withExtendedLifetime(work) {}
  }

  /// Weights of neighbours' differences, for equations summed over the window.
  func setEdges(_ work: Work, scale: Float) {
    let (across, down) = parameters.strengths
    FieldEquations.bends(u: u.view, v: v.view, slopes: slopes, into: work.product.view)
    FieldEquations.edges(
      bends: work.product.view, joint: joint.view, across: across, down: down, scale: scale, right: work.right.view,
      below: work.below.view)
  }

  /// After `setEdges`: takes the slopes anew; the first of the moments gets how much the ties around hold.
  func findSlopes(_ work: Work) {
    let (across, down) = parameters.strengths
    slopes.find(
      u: u.view, v: v.view, joint: joint.view, right: work.right.view, below: work.below.view, across: across,
      down: down, hold: work.moments[0].view, work: work.product.view, pool: pool)
  }

  /// Normal equations of windows of the given half side, of the images as they are warped now.
  func setUp(_ work: Work, half: Int) {
    let planes = work.moments.map(\.view), product = work.product.view
    let m = joint.view, t = work.sums[0].view, w = warped.view
    DenseFilters.multiply(reference.view, m, into: t)
    for (index, pair) in [(m, m), (t, m), (w, m), (t, t), (w, w), (t, w)].enumerated() {
      DenseFilters.multiply(pair.0, pair.1, into: product)
      WindowBox.run(product, radius: Self.momentHalf, into: planes[index], pool: pool)
    }
    FieldEquations.contributions(
      reference: reference.view, secondary: w, joint: m, gx: gx.view, gy: gy.view, moments: work.greys,
      least: Self.leastPixels, into: work.equations)
    for image in work.sums { sum(image.view, half: half, work) }
  }

  /// Pixels that windows of `momentHalf` need.
  private static let leastPixels: Float = 0.2 * Float((2 * momentHalf + 1) * (2 * momentHalf + 1))

  /// Replaces an image by its sums over windows of the given half side.
  private func sum(_ image: ImageView, half: Int, _ work: Work) {
    WindowBox.run(image, radius: half, into: work.product.view, pool: pool)
    copy(work.product.view, to: image)
  }

  /// After `setEdges`: squares of the step that the field may hide around each pixel, px².
  ///
  /// A step of size d that windows spread over w pixels has a gradient of d / w there; a pixel within a few pixels of it
  /// may have the offset of the other side. `stepReach` was measured on discs and a fault.
  func steps(_ work: Work, into out: PaddedImage) {
    FieldEquations.bends(u: u.view, v: v.view, slopes: slopes, into: work.product.view)
    let side = Float(2 * Self.stepHalf + 1), scale = Self.stepReach * Self.stepReach / (side * side)
    for y in 0..<rows {
      let p = work.product.view.row(y), m = joint.view.row(y)
      for x in 0..<columns { p[x] = m[x] * scale * max(0, p[x] - Self.leastBend * Self.leastBend) }
    }
    WindowBox.run(work.product.view, radius: Self.stepHalf, into: out.view, pool: pool)
  }

  private static let stepHalf = 4
  private static let stepReach: Float = 2.8
  /// Gradients up to this are noise or bends, px per px.
  private static let leastBend: Float = 0.0035

  /// After `setUp`: how many times an offset's variance exceeds what its equations say.
  func varianceGrowth(_ work: Work, into out: PaddedImage) {
    let inner = plane(), sums = (0..<3).map { _ in plane() }
    MaskErosion.run(joint.view, radius: 2, into: inner.view, pool: pool)
    let gradients = FieldEquations.GradientSums(
      cross: sums[0].view, reference: sums[1].view, secondary: sums[2].view)
    FieldEquations.gradientProducts(
      secondary: warped.view, joint: inner.view, gx: gx.view, gy: gy.view, into: gradients)
    for image in sums { sum(image.view, half: Self.momentHalf, work) }
    FieldEquations.varianceGrowth(work.greys, gradients: gradients, least: Self.leastPixels, into: out.view)
    withExtendedLifetime((inner, sums)) {}
  }
}
