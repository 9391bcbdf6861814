// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// The iterations for one point at a time, with scratch memory.
struct LeastSquaresSolver {
  private let reference, secondary: LeastSquaresImage
  private let parameters: LeastSquaresMatching.Parameters
  private let referencePlane, gradientPlane, secondaryPlane: UnsafePointer<Float>
  private let valid: UnsafePointer<UInt8>
  private let patch: LeastSquaresPatch
  private let sums: LeastSquaresSums
  private var system: LeastSquaresSystem
  private let half: Int

  /// The whole pixel at the template's centre.
  private var row = 0, column = 0
  private var isReferenceComplete = false

  init(
    _ matching: LeastSquaresMatching, _ referencePlane: UnsafePointer<Float>, _ gradientPlane: UnsafePointer<Float>,
    _ secondaryPlane: UnsafePointer<Float>, _ valid: UnsafePointer<UInt8>
  ) {
    reference = matching.reference
    secondary = matching.secondary
    parameters = matching.parameters
    self.referencePlane = referencePlane
    self.gradientPlane = gradientPlane
    self.secondaryPlane = secondaryPlane
    self.valid = valid
    half = parameters.templateWindow / 2
    patch = LeastSquaresPatch(half: half)
    sums = LeastSquaresSums()
    system = LeastSquaresSystem(transformation: parameters.transformation, length: Double(half))
  }

  func deallocate() {
    patch.deallocate()
    sums.deallocate()
  }

  mutating func match(_ point: PixelPoint, _ start: AffineOffset) -> LeastSquaresMatch {
    guard point.row.isFinite, point.column.isFinite, abs(point.row) < 1e9, abs(point.column) < 1e9 else {
      return LeastSquaresMatch(flag: .offImage)
    }
    row = Int(point.row.rounded())
    column = Int(point.column.rounded())
    guard (0..<reference.rows).contains(row), (0..<reference.columns).contains(column) else {
      return LeastSquaresMatch(flag: .offImage)
    }
    let x = Double(column) - point.column, y = Double(row) - point.row
    isReferenceComplete = reference.isComplete(
      rows: row - half - 3...row + half + 3, columns: column - half - 3...column + half + 3)
    loadPatch()
    var match = iterate(from: Six(start.moved(x: x, y: y)))
    if match.flag == .measured {
      match.offset = match.offset.moved(x: -x, y: -y)
      match.covariance = match.covariance.moved(x: -x, y: -y)
      let limit = Float(parameters.precisionLimit)
      // Written so that NaN fails.
      let isPrecise = match.covariance.dxSigma <= limit && match.covariance.dySigma <= limit
      if !isPrecise { return LeastSquaresMatch(flag: .imprecise) }
    }
    return match
  }

  private func loadPatch() {
    let at = reference.index(row: row, column: column), centre = referencePlane + at
    let level = centre.pointee.isNaN ? 0 : centre.pointee
    patch.load(
      centre, smooth: gradientPlane + at, stride: reference.stride, level: level, mayBeMissing: !isReferenceComplete)
  }

  private mutating func iterate(from start: Six) -> LeastSquaresMatch {
    var p = start, expansion = start
    var startNcc = Double.nan, lastMove = 0.0
    for iteration in 1...parameters.maximumIterations {
      guard let warp = warp(p) else { return LeastSquaresMatch(flag: .offImage) }
      let isMasked = !isReferenceComplete || warp.valid != nil
      if iteration == 1 || isMasked || largestMove(from: expansion, to: p) > Self.linearRange {
        if isMasked && iteration > 1 { loadPatch() }
        patch.sample(warp)
        if iteration == 1 || isMasked { patch.referenceSums(sums.reference) }
        patch.crossSums(sums.secondary)
        if let flag = missingFlag(warp) { return LeastSquaresMatch(flag: flag) }
        guard system.expand(sums) else { return LeastSquaresMatch(flag: .noTexture) }
        expansion = p
      } else {
        leastSquaresScore(patch, warp, sums: sums.secondary)
      }
      guard system.update(sums) else { return LeastSquaresMatch(flag: .noTexture) }
      if iteration == 1 { startNcc = system.ncc }
      guard let step = system.step() else { return LeastSquaresMatch(flag: .imprecise) }
      p = compose(p, step)
      guard isNear(p, start) else { return LeastSquaresMatch(flag: .noConvergence) }
      let move = largestMove(of: step)
      if hasConverged(move, after: lastMove) {
        return finish(p, from: start, startNcc: startNcc, iterations: iteration)
      }
      lastMove = move
    }
    return LeastSquaresMatch(flag: .noConvergence)
  }

  /// Whether the step was small, or the next is foreseen to be much smaller: convergence is linear at least, so it is
  /// shorter than this one by as much as this one is than the last. A fifth keeps the error of that forecast below all
  /// noise, and saves every third pass over the template.
  private func hasConverged(_ move: Double, after last: Double) -> Bool {
    move <= parameters.convergence || move < 0.5 * last && move * move <= 0.2 * parameters.convergence * last
  }

  /// Largest move of a template pixel, px, within which the normal matrix need not be formed again: gradients of the
  /// two images that are further apart no longer belong together.
  private static var linearRange: Double { 0.15 }

  private func finish(
    _ p: Six, from start: Six, startNcc: Double, iterations: Int
  ) -> LeastSquaresMatch {
    guard system.ncc > 0, !isWorse(startNcc: startNcc, start, p) else {
      return LeastSquaresMatch(flag: .noConvergence)
    }
    patch.residualCorrelations(
      scale: Float(system.scale), mean: Float(system.residualMean(sums)), sums.correlations)
    guard let found = system.covariance(noise(at: p), sums) else {
      return LeastSquaresMatch(flag: .imprecise)
    }
    var out = LeastSquaresMatch(flag: .measured)
    out.offset = AffineOffset(p)
    out.covariance = found.covariance
    if let response = system.curvatureResponse(sums) { out.curvatureResponse = response }
    out.curvatureResponse.misfit = found.misfit
    out.ncc = system.ncc
    out.startNcc = startNcc
    out.gain = 1 / system.scale
    out.iterations = iterations
    return out
  }

  private func noise(at p: Six) -> InterpolatedNoise {
    InterpolatedNoise(p, half: half, smoothing: reference.smoothing, order: secondary.order)
  }

  /// Whether the correlation fell, and the sum of squares of the normalised images rose, by more than noise does it.
  private func isWorse(startNcc: Double, _ start: Six, _ p: Six) -> Bool {
    // Between two fits of six parameters to noise the sum of squares differs by up to 28 / count (chi-square, 6 degrees,
    // 99.99 %), more where the noise is not white: a smaller rise is no rise.
    let limit = (1 - startNcc) * (1 + 40 / system.count) + 1e-7
    // A hundredth of a pixel is no way astray: without noise, interpolation alone makes such differences.
    if 1 - system.ncc <= limit || largestMove(from: start, to: p) <= 10 * parameters.convergence { return false }
    // Interpolation between pixels smooths the noise, at whole pixels not: that alone changes the correlation.
    let before = noise(at: start).power, after = noise(at: p).power
    return (1 - system.ncc) * (1 + before) > limit * (1 + after)
  }

  /// The warp in the secondary's plane; nil where it leaves the plane.
  private func warp(_ p: Six) -> LeastSquaresWarp? {
    let wholeX = p[0].rounded(.down), wholeY = p[3].rounded(.down)
    guard abs(wholeX) < 1e7, abs(wholeY) < 1e7 else { return nil }
    // Written so that NaN fails.
    guard abs(p[1]) + abs(p[2]) < 100, abs(p[4]) + abs(p[5]) < 100 else { return nil }
    let originColumn = column + Int(wholeX), originRow = row + Int(wholeY)
    let before = PaddedPlanes.before, after = PaddedPlanes.after
    let reach = Double(half), u = p[0] - wholeX, v = p[3] - wholeY
    let spreadX = reach * (1 + abs(p[1]) + abs(p[2])), spreadY = reach * (1 + abs(p[4]) + abs(p[5]))
    let left = originColumn + Int((u - spreadX).rounded(.down)) - before
    let right = originColumn + Int((u + spreadX).rounded(.down)) + after
    let top = originRow + Int((v - spreadY).rounded(.down)) - before
    let bottom = originRow + Int((v + spreadY).rounded(.down)) + after
    // The frame around the template is moved like it, and a vector reads up to 8 columns more.
    let frame = Double(LeastSquaresPatch.margin) / reach
    let borderX = secondary.pad - 9 - Int((frame * spreadX).rounded(.up))
    let borderY = secondary.pad - 9 - Int((frame * spreadY).rounded(.up))
    guard left >= -borderX, top >= -borderY, right < secondary.columns + borderX, bottom < secondary.rows + borderY
    else { return nil }
    let isComplete = secondary.isComplete(rows: top...bottom, columns: left...right)
    let at = secondary.index(row: originRow, column: originColumn)
    let level = secondaryPlane[at] * secondary.order.denominator * secondary.order.denominator
    return LeastSquaresWarp(
      order: secondary.order, origin: secondaryPlane + at, stride: secondary.stride, u: Float(u), ux: Float(p[1]),
      uy: Float(p[2]),
      v: Float(v), vx: Float(p[4]), vy: Float(p[5]), level: level,
      valid: isComplete ? nil : valid + at)
  }

  /// Why too few pixels are left, if so: off image where the template or its target reaches beyond an image.
  private func missingFlag(_ warp: LeastSquaresWarp) -> MatchFlag? {
    let side = Double(2 * half + 1)
    if sums.reference[0] >= max(parameters.minimumValidShare * side * side, 12) { return nil }
    let at = warp.origin - secondaryPlane
    let top = at / secondary.stride - secondary.pad, left = at % secondary.stride - secondary.pad
    return contains(reference, row, column) && contains(secondary, top, left) ? .masked : .offImage
  }

  private func contains(_ image: LeastSquaresImage, _ row: Int, _ column: Int) -> Bool {
    image.window.contains(Window(row: row, column: column, rows: 1, columns: 1).grown(by: half + 2))
  }

  private func isNear(_ p: Six, _ start: Six) -> Bool {
    let dx = p[0] - start[0], dy = p[3] - start[3]
    let strains = max(abs(p[1]), abs(p[2]), max(abs(p[4]), abs(p[5])))
    // Written so that NaN fails.
    return dx * dx + dy * dy <= parameters.maximumMove * parameters.maximumMove && strains < 0.5
  }

  /// Largest distance that a template pixel on the middle of a side moves, px.
  private func largestMove(of step: Six) -> Double {
    let h = Double(half * half)
    let strains = step[1] * step[1] + step[2] * step[2] + step[4] * step[4] + step[5] * step[5]
    return (step[0] * step[0] + step[3] * step[3] + h * strains).squareRoot()
  }

  private func largestMove(from a: Six, to b: Six) -> Double {
    var difference = Six(repeating: 0)
    for i in 0..<6 { difference[i] = b[i] - a[i] }
    return largestMove(of: difference)
  }

  /// The warp `p` after the inverse of the small warp `step`; as a rigid motion made a rotation again, as a
  /// translation with the very gradients of `p`.
  private func compose(_ p: Six, _ step: Six) -> Six {
    let a = 1 + step[1], b = step[2], c = step[4], d = 1 + step[5], determinant = a * d - b * c
    let i11 = d / determinant, i12 = -b / determinant, i21 = -c / determinant, i22 = a / determinant
    let x = -(i11 * step[0] + i12 * step[3]), y = -(i21 * step[0] + i22 * step[3])
    let p11 = 1 + p[1], p12 = p[2], p21 = p[4], p22 = 1 + p[5]
    var out: Six = [
      p11 * x + p12 * y + p[0], p11 * i11 + p12 * i21 - 1, p11 * i12 + p12 * i22,
      p21 * x + p22 * y + p[3], p21 * i11 + p22 * i21, p21 * i12 + p22 * i22 - 1,
    ]
    if parameters.transformation == .translation {
      for i in [1, 2, 4, 5] { out[i] = p[i] }
    }
    if parameters.transformation == .rigid {
      let sine = out[4] - out[2], cosine = 2 + out[1] + out[5], length = (sine * sine + cosine * cosine).squareRoot()
      out[1] = cosine / length - 1
      out[5] = out[1]
      out[4] = sine / length
      out[2] = -out[4]
    }
    return out
  }
}

extension InlineArray where count == 6, Element == Double {
  init(_ offset: AffineOffset) {
    self = [offset.dx, offset.dxPerColumn, offset.dxPerRow, offset.dy, offset.dyPerColumn, offset.dyPerRow]
  }
}

extension AffineOffset {
  init(_ p: Six) {
    self.init(dx: p[0], dy: p[3], dxPerColumn: p[1], dxPerRow: p[2], dyPerColumn: p[4], dyPerRow: p[5])
  }
}
