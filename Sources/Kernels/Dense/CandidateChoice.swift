// SPDX-License-Identifier: Apache-2.0

/// Predicts the error of a window's two candidates at eight lattice points at once and keeps the better one where it
/// beats what other windows gave. The mathematics is described in `Matching`'s `DenseEvaluation`.
package struct CandidateChoice {
  /// Arrays of the lattice; array `i` of a group begins `i * plane` floats after its base.
  package struct Arrays {
    package let base: UnsafeMutablePointer<Float>
    package let plane: Int
    package init(base: UnsafeMutablePointer<Float>, plane: Int) {
      self.base = base
      self.plane = plane
    }
    @inline(__always)
    func lanes(_ index: Int, _ at: Int) -> Lanes { base.lanes(at: index * plane + at) }
  }

  /// Layers of an estimate: six parameters, correlation, window, error, increment, two variances of the offset, ten of
  /// the gradients' covariance (lower triangle row by row), both of noise alone, and six squared biases to add to the
  /// variances of dx, dy and the gradients.
  package static let layers = 28
  /// The layer that holds the predicted squared error.
  package static let errorLayer = 8
  private static let biasLayer = 22
  /// A squared difference must exceed this many times the smaller window's variance to count as bias. The region
  /// holds only a few independent windows, so that the mean of their squares strays far above its expectation.
  private static let noiseOfDifference: Float = 2.5
  /// Variance of dx and dy together, px², above which a window is too noisy to judge a larger one: 0.1 px each. In
  /// speckle such windows err by far more than they predict.
  private static let judgeVariance: Float = 0.02

  /// Squared bias that uneven texture leaves in the curved candidate, over the plain one's and the fourth power of the
  /// unevenness. Chosen on simulated pairs.
  private static let unevenTexture: Float = 6

  /// Six parameters, correlation, gain, validity (the last three of `increment` only).
  private let field, increment: Arrays
  /// Region sums of `ScoreCells`.
  private let cells: Arrays
  /// See `responses`.
  private let response: UnsafeMutablePointer<Float>
  /// Region sums of squared residuals: plain dx, dy, curved dx, dy, plain gradients dx/dx, dx/dy, dy/dx, dy/dy.
  private let residuals: Arrays
  /// Region means of the squared differences from the estimate so far: dx, dy, and the four gradients.
  private let differences: Arrays
  private let estimate: Arrays
  /// Eight gains for every 0.05 of rho: offset and gradient of the plain field, its residual, the curved field and its
  /// second residual.
  private let gains: UnsafePointer<Float>
  private let gainEntries: Int
  private let slopes: SlopeBias
  /// Squared shift that interpolation may cause at a quarter of a pixel, in x and y, px².
  private let interpolation: (x: Float, y: Float)
  private let window: Float
  private let stride: Int
  /// Covariances of a single solution and texture numbers of the current row.
  private let inverse, texture: FloatBuffer

  /// Bias of a gradient, both numbers over the square of what the window mean leaves of it.
  package struct SlopeBias: Sendable {
    /// Of a fitted plane.
    package let plain: Float
    /// What a last increment can't take off.
    package let rest: Float
    package init(plain: Float, rest: Float) {
      self.plain = plain
      self.rest = rest
    }
  }

  package init(
    field: Arrays, increment: Arrays, cells: Arrays, response: UnsafeMutablePointer<Float>, residuals: Arrays,
    differences: Arrays, estimate: Arrays,
    gains: UnsafeBufferPointer<Float>, slopes: SlopeBias, interpolation: (x: Float, y: Float), window: Int,
    stride: Int, pool: BufferPool?
  ) {
    self.field = field
    self.increment = increment
    self.cells = cells
    self.response = response
    self.residuals = residuals
    self.differences = differences
    self.estimate = estimate
    self.gains = gains.baseAddress!
    gainEntries = gains.count / 8
    self.slopes = slopes
    self.interpolation = interpolation
    self.window = Float(window)
    self.stride = stride
    inverse = FloatBuffer(count: NormalEquations.factorCount * stride, pool: pool)
    texture = FloatBuffer(count: 4 * stride, pool: pool)
  }

  /// Judges one lattice row.
  package func run(row: Int, columns: Int, equations: NormalEquations) {
    equations.covariance(row: row, into: inverse.base, stride: stride)
    equations.texture(row: row, into: texture.base, stride: stride)
    for column in Swift.stride(from: 0, to: columns, by: 8) {
      let at = row * stride + column
      let isSolved = increment.lanes(8, at) .> 0
      choose(at, column, Noise(self, at, column), isSolved)
    }
  }

  @inline(__always)
  private func covariance(_ i: Int, _ j: Int, _ column: Int) -> Lanes {
    inverse.base.lanes(at: (i * (i + 1) / 2 + j) * stride + column)
  }

  /// Share of its error that a field loses to an increment, at every lattice point: what the two images' gradients have
  /// in common over the square of the reference's.
  ///
  /// Noise in the reference makes it smaller than one. Central differences fall short of sharp texture's gradients, which
  /// makes it larger, so the warped image's derivative, its partner, is taken exactly.
  package static func responses(
    cells: Arrays, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for at in Swift.stride(from: 0, to: count, by: 8) {
      let x = ratio(cells.lanes(6, at), cells.lanes(4, at)), y = ratio(cells.lanes(7, at), cells.lanes(5, at))
      // In this order NaN, which only lanes beyond the lattice hold, becomes 0.1.
      out.store(Lanes(repeating: 0.1).greater(0.5 * (x + y)).lesser(Lanes(repeating: 1.2)), at: at)
    }
  }

  @inline(__always)
  private static func ratio(_ a: Lanes, _ b: Lanes) -> Lanes {
    let isPositive = b .> 0
    return Lanes(repeating: 1).replacing(with: a / b.replacing(with: 1, where: .!isPositive), where: isPositive)
  }

  /// What both candidates share.
  private struct Noise {
    /// Residual variance times the factor for its correlation, for dx and dy.
    let x, y: Lanes
    /// See `responses`.
    let rho: Lanes
    /// Lattice points in the region of the statistics, at most one per 16 valid pixels.
    let points: Lanes

    @inline(__always)
    init(_ a: CandidateChoice, _ at: Int, _ column: Int) {
      let variance = a.texture.base.lanes(at: column), count = a.texture.base.lanes(at: a.stride + column)
      let cells = a.cells
      let after = cells.lanes(2, at), before = cells.lanes(8, at), valid = cells.lanes(3, at)
      let gx2 = cells.lanes(4, at), gy2 = cells.lanes(5, at)
      let misfit = 2 * variance * (1 - a.increment.lanes(6, at)) * CandidateChoice.ratio(after, before)
      let sigma2 = misfit.greater(Lanes(repeating: 1e-10)) * count / (count - 7).greater(Lanes(repeating: 1))
      rho = a.response.lanes(at: at)
      let textbook = after / valid.greater(Lanes(repeating: 1))
      x = sigma2 * Self.correlationFactor(cells.lanes(0, at), textbook * gx2)
      y = sigma2 * Self.correlationFactor(cells.lanes(1, at), textbook * gy2)
      points = (valid * (1.0 / 16)).greater(Lanes(repeating: 1))
    }

    /// Overlapping cells of 8 × 8 px at every 4 px count each pair of pixels four times.
    @inline(__always)
    static func correlationFactor(_ score: Lanes, _ independent: Lanes) -> Lanes {
      CandidateChoice.ratio(score, 4 * independent).greater(Lanes(repeating: 0.7)).lesser(Lanes(repeating: 6))
    }
  }

  /// The eight gains at each lane's rho.
  @inline(__always)
  private func look(_ rho: Lanes) -> Matrix8 {
    let x = (20 * rho).lesser(Lanes(repeating: Float(gainEntries) - 1.001))
    @inline(__always) func entry(_ k: Int) -> Lanes {
      let i = Int(x[k])
      let a = gains.lanes(at: 8 * i), b = gains.lanes(at: 8 * i + 8)
      return a + (x[k] - Float(i)) * (b - a)
    }
    var m = Matrix8(entry(0), entry(1), entry(2), entry(3), entry(4), entry(5), entry(6), entry(7))
    m.transpose()
    return m
  }

  /// Raises the error of the estimate so far to what its difference from this smaller window shows of its bias.
  @inline(__always)
  private func raise(_ at: Int, _ column: Int, _ noise: Noise, _ g: Matrix8) {
    let ux = noise.x * covariance(0, 0, column), uy = noise.y * covariance(3, 3, column)
    let isPrecise = g.r4 * (ux + uy) .< Self.judgeVariance
    @inline(__always) func least(_ index: Int, _ expected: Lanes) -> Lanes {
      let i = (Self.biasLayer + index) * estimate.plane + at
      let old = estimate.base.lanes(at: i)
      let shown = differences.lanes(index, at) - Self.noiseOfDifference * expected
      let new = old.greater(shown.replacing(with: 0, where: .!isPrecise))
      estimate.base.store(new, at: i)
      return new - old
    }
    let more = least(0, g.r4 * ux) + least(1, g.r4 * uy)
    let i = Self.errorLayer * estimate.plane + at
    estimate.base.store(estimate.base.lanes(at: i) + more, at: i)
    _ = least(2, g.r5 * noise.x * covariance(1, 1, column))
    _ = least(3, g.r5 * noise.x * covariance(2, 2, column))
    _ = least(4, g.r5 * noise.y * covariance(4, 4, column))
    _ = least(5, g.r5 * noise.y * covariance(5, 5, column))
  }

  /// What interpolation may be wrong by, px²: the square of a sine of the sub-pixel phase, of which a window keeps the
  /// less the more phases a strained field has in it.
  @inline(__always)
  private func doubt(_ parameter: Int, _ at: Int) -> Lanes {
    let offset = field.lanes(parameter, at)
    let phase = offset - offset.rounded(.toNearestOrEven), size = phase.greater(-phase)
    // A parabola instead of the sine: 1 at a quarter, 0 at a half.
    let sine = 16 * phase * (0.5 - size)
    let kept = sine * mean(window * field.lanes(parameter + 1, at)) * mean(window * field.lanes(parameter + 2, at))
    return 0.5 * (parameter == 0 ? interpolation.x : interpolation.y) * kept * kept
  }

  /// sin πx / πx up to its first zero: the mean of a wave over `x` of its periods.
  @inline(__always)
  private func mean(_ x: Lanes) -> Lanes {
    let square = (x * x).lesser(Lanes(repeating: 1))
    return (1 - square) * (1 - 0.645 * square)
  }

  @inline(__always)
  private func choose(_ at: Int, _ column: Int, _ noise: Noise, _ isSolved: SIMDMask<SIMD8<Int32>>) {
    let g = look(noise.rho)
    let inverseRho2 = 1 / (noise.rho * noise.rho), onePerPoint = 1 / noise.points
    @inline(__always) func excess(_ index: Int, _ expected: Lanes) -> Lanes {
      (residuals.lanes(index, at) * onePerPoint - 1.5 * expected).greater(.zero)
    }
    let ux = noise.x * covariance(0, 0, column), uy = noise.y * covariance(3, 3, column)
    let bx = excess(0, g.r2 * ux) * inverseRho2, by = excess(1, g.r2 * uy) * inverseRho2
    // Less noise hides what gradients too long leave of the plain candidate's bias than what the increment leaves in all.
    let keep = (1 - noise.rho).greater(.zero)
    // Uneven texture makes a window's mean uneven, and the last increment in its turn.
    @inline(__always) func curved(_ index: Int, _ expected: Lanes, _ uneven: Lanes, _ plain: Lanes) -> Lanes {
      let rest = (excess(index, expected) * inverseRho2).greater(keep * keep * plain)
      return rest + Self.unevenTexture * (uneven * uneven) * (uneven * uneven) * plain
    }
    let curvedBX = curved(2, g.r6 * ux, texture.base.lanes(at: 2 * stride + column), bx)
    let curvedBY = curved(3, g.r6 * uy, texture.base.lanes(at: 3 * stride + column), by)
    raise(at, column, noise, g)
    let doubtX = doubt(0, at), doubtY = doubt(3, at), doubts = doubtX + doubtY
    let plain = g.r0 * (ux + uy) + bx + by + doubts
    let curvedError = g.r4 * (ux + uy) + curvedBX + curvedBY + doubts
    let isCurved = curvedError .< plain
    let error = plain.lesser(curvedError)
    let isBetter = (error .< estimate.lanes(Self.errorLayer, at)) .& isSolved
    guard Lanes.zero.replacing(with: 1, where: isBetter).sum() > 0 else { return }
    @inline(__always) func put(_ layer: Int, _ value: Lanes) {
      let i = layer * estimate.plane + at
      estimate.base.store(estimate.base.lanes(at: i).replacing(with: value, where: isBetter), at: i)
    }
    for k in 0..<6 {
      put(k, field.lanes(k, at) + Lanes.zero.replacing(with: increment.lanes(k, at), where: isCurved))
    }
    put(6, increment.lanes(6, at))
    put(7, Lanes(repeating: window))
    put(Self.errorLayer, error)
    let du = increment.lanes(0, at), dv = increment.lanes(3, at)
    put(9, du.greater(-du).greater(dv.greater(-dv)))
    let offsetGain = g.r0.replacing(with: g.r4, where: isCurved)
    put(10, offsetGain * ux)
    put(11, offsetGain * uy)
    put(22, bx.replacing(with: curvedBX, where: isCurved) + doubtX)
    put(23, by.replacing(with: curvedBY, where: isCurved) + doubtY)
    // The slope of a plane and the mean of a window lose different shares to curvature, so a part of the gradients'
    // bias stays in the curved candidate.
    let left = Lanes(repeating: slopes.plain).replacing(
      with: slopes.plain * (keep * keep) + slopes.rest, where: isCurved)
    let share = inverseRho2 * left
    @inline(__always) func bias(_ index: Int, _ variance: Lanes) -> Lanes { share * excess(index, g.r3 * variance) }
    let gain = g.r1.replacing(with: g.r5, where: isCurved)
    let xx = gain * noise.x, yy = gain * noise.y, xy = gain * (noise.x * noise.y).squareRoot()
    let c11 = covariance(1, 1, column), c22 = covariance(2, 2, column)
    let c44 = covariance(4, 4, column), c55 = covariance(5, 5, column)
    put(12, xx * c11)
    put(24, bias(4, noise.x * c11))
    put(13, xx * covariance(2, 1, column))
    put(14, xx * c22)
    put(25, bias(5, noise.x * c22))
    put(15, xy * covariance(4, 1, column))
    put(16, xy * covariance(4, 2, column))
    put(17, yy * c44)
    put(26, bias(6, noise.y * c44))
    put(18, xy * covariance(5, 1, column))
    put(19, xy * covariance(5, 2, column))
    put(20, yy * covariance(5, 4, column))
    put(21, yy * c55)
    put(27, bias(7, noise.y * c55))
  }
}
