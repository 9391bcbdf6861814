// SPDX-License-Identifier: Apache-2.0
import Kernels

/// The sums of a template, in the order that `LeastSquaresPatch` writes them.
struct LeastSquaresSums {
  let reference, secondary, correlations: UnsafeMutablePointer<Double>

  init() {
    reference = .allocate(capacity: 45 + 51 + 39)
    reference.initialize(repeating: 0, count: 45 + 51 + 39)
    secondary = reference + 45
    correlations = secondary + 51
  }

  func deallocate() { reference.deallocate() }

  func six(_ plane: UnsafeMutablePointer<Double>, _ at: Int) -> Six {
    [plane[at], plane[at + 1], plane[at + 2], plane[at + 3], plane[at + 4], plane[at + 5]]
  }
}

/// Normal equations of the six affine parameters, gain and offset eliminated, in radiometric units of the reference.
struct LeastSquaresSystem {
  /// Pixels that take part.
  private(set) var count = 0.0
  private(set) var ncc = Double.nan
  /// Reference contrast over secondary contrast.
  private(set) var scale = Double.nan
  private var referenceNorm = 0.0
  /// `scale` when the matrices were formed.
  private var expansionScale = 1.0
  /// Sensitivity of the score to the parameters, and the usual matrix of the reference's gradients alone.
  private var cross = NormalMatrix(), own = NormalMatrix()
  private var crossInverse: NormalMatrix?
  private let transformation: LeastSquaresMatching.Transformation
  private let length: Double

  /// - Parameter length: half the template's side, px.
  init(transformation: LeastSquaresMatching.Transformation, length: Double) {
    self.transformation = transformation
    self.length = length
  }
  private var gradients = Six(repeating: 0), ownScore = Six(repeating: 0), score = Six(repeating: 0)

  /// Forms the matrices from complete sums; false where an image has no contrast.
  mutating func expand(_ sums: LeastSquaresSums) -> Bool {
    let r = sums.reference, s = sums.secondary
    count = r[0]
    gradients = sums.six(r, 3)
    let ownProducts = sums.six(r, 9), products = sums.six(s, 3)
    let slopes = sums.six(s, 9), slopeProducts = sums.six(s, 15)
    guard let (meanR, squareR) = Self.centred(r[1], r[2], count),
      let (meanT, squareT) = Self.centred(s[0], s[1], count)
    else { return false }
    referenceNorm = squareR.squareRoot()
    var mixed = Six(repeating: 0), turned = Six(repeating: 0)
    for i in 0..<6 {
      ownScore[i] = ownProducts[i] - meanR * gradients[i]
      mixed[i] = products[i] - meanT * gradients[i]
      turned[i] = slopeProducts[i] - meanT * slopes[i]
    }
    own = NormalMatrix(moments: r + 15)
    own.subtract(gradients, gradients, scale: 1 / count)
    own.subtract(ownScore, ownScore, scale: 1 / squareR)
    cross = NormalMatrix(moments: s + 21)
    cross.subtract(gradients, slopes, scale: 1 / count)
    cross.subtract(mixed, turned, scale: 1 / squareT)
    let contrast = (squareR / squareT).squareRoot()
    cross.multiply(by: contrast)
    expansionScale = contrast
    crossInverse = cross.inverse(length: length, transformation: transformation)
    return true
  }

  /// Takes the sums of a new warp into the score; false where the secondary has no contrast there.
  mutating func update(_ sums: LeastSquaresSums) -> Bool {
    let r = sums.reference, s = sums.secondary
    guard let (meanR, _) = Self.centred(r[1], r[2], count), let (meanT, squareT) = Self.centred(s[0], s[1], count)
    else { return false }
    scale = referenceNorm / squareT.squareRoot()
    ncc = (s[2] - count * meanR * meanT) / (referenceNorm * squareT.squareRoot())
    for i in 0..<6 { score[i] = scale * (s[3 + i] - meanT * gradients[i]) - ownScore[i] }
    return true
  }

  /// Mean, and sum of squares about it; nil where that is no more than rounding.
  private static func centred(_ sum: Double, _ squares: Double, _ count: Double) -> (Double, Double)? {
    let mean = sum / count, centred = squares - sum * mean
    return centred > 1e-7 * squares && centred > 1e-30 ? (mean, centred) : nil
  }

  /// The next Gauss-Newton step; nil where the texture does not fix all parameters.
  func step() -> Six? {
    if let step = crossInverse?.times(score), step[0] * step[0] + step[3] * step[3] < 0.25 { return step }
    // Far from the solution the two images' gradients do not belong together yet: take the cautious matrix.
    return own.inverse(length: length, transformation: transformation)?.times(score)
  }

  /// Covariance of the parameters: the sandwich of the true sensitivity C (cross products) and of the score's variance.
  ///
  /// With noise of variance s² in each image, the reference's noise reaches the score through its true gradients only
  /// (with its own gradients it cancels, summed by parts), the secondary's also through the noise in those gradients,
  /// damped by the interpolation. Of the reference's matrix H, a share n is such noise: the score's variance is
  /// s² (2 (1 − n) + damping n) H.
  ///
  /// - Returns: also what `CurvatureResponse.misfit` holds.
  func covariance(
    _ noise: InterpolatedNoise, _ sums: LeastSquaresSums
  ) -> (covariance: AffineCovariance, misfit: SIMD4<Float>)? {
    guard let inverse = crossInverse else { return nil }
    let free: Double =
      switch transformation {
      case .affine: 8
      case .rigid: 5
      case .translation: 4
      }
    let residual = 2 * referenceNorm * referenceNorm * max(Self.resolution, 1 - ncc) / max(1, count - free)
    let variance = residual / (1 + noise.power)
    let total = variance * noise.gradientPower * count
    let excess = excessCorrelation(noise, sums.correlations, parameters: free - 2)
    let across = min(1, total / own[0, 0]), down = min(1, total / own[3, 3])
    let white = (
      across: variance * (2 - across * (2 - noise.horizontal)), down: variance * (2 - down * (2 - noise.vertical))
    )
    // A product with v vᵀ keeps the matrix positive definite, whatever was measured.
    let v = (
      across: max(0.3 * white.across, white.across + residual * excess.noise.x).squareRoot(),
      down: max(0.3 * white.down, white.down + residual * excess.noise.y).squareRoot()
    )
    var middle = NormalMatrix()
    for i in 0..<6 {
      for j in 0..<6 { middle[i, j] = (i < 3 ? v.across : v.down) * (j < 3 ? v.across : v.down) * own[i, j] }
    }
    let sandwich = inverse.sandwiching(middle)
    var out = AffineCovariance()
    for i in 0..<6 {
      for j in i..<6 { out[i, j] = Float(sandwich[i, j]) }
    }
    // A residual that follows the gradients takes part in the score's variance with their correlations.
    let share = SIMD2(
      (white.across / residual + excess.misfit.x) / (v.across * v.across),
      (white.down / residual + excess.misfit.y) / (v.down * v.down))
    let power = SIMD2(max(0, cross[0, 0]), max(0, cross[3, 3])) / count
    let misfit = SIMD4(share.x * power.x, share.x * power.y, share.y * power.x, share.y * power.y)
    return (out, SIMD4<Float>(misfit))
  }

  /// A correlation cannot be known better than single precision: without noise sigma is small and not zero.
  private static let resolution = 0x1p-23

  /// How much more the score varies than for white noise: 2 Σ (ρe − ρe of white noise) ρg over the lags, for each
  /// gradient. Noise of real images is correlated, and so is what the model leaves over.
  ///
  /// The residual of a fit of k parameters to white noise has the covariance 1 − P, P projecting on their gradients:
  /// that lowers its correlations by k ρg / count, which is given back.
  ///
  /// - Returns: for the gradients to the right and down; and the same for a residual that is correlated as they are,
  ///   as where the motion is curved.
  private func excessCorrelation(
    _ noise: InterpolatedNoise, _ sums: UnsafeMutablePointer<Double>, parameters: Double
  ) -> (noise: SIMD2<Double>, misfit: SIMD2<Double>) {
    guard sums[0] > 0, sums[13] > 0, sums[26] > 0 else { return (.zero, .zero) }
    let side = 2 * length + 1
    var total = SIMD2<Double>.zero, misfit = total
    for (index, lag) in residualLags.enumerated() {
      // Pairs that reach beyond the right edge are lost.
      let pairs = side / (side - Double(abs(lag.x)))
      let gradient = pairs * SIMD2(sums[14 + index] / sums[13], sums[27 + index] / sums[26])
      let fitted = (parameters * gradient.sum() / 2 + 2) / count
      let excess = pairs * sums[1 + index] / sums[0] + fitted - noise.residual[index]
      total += 2 * excess * gradient
      misfit += 2 * (gradient - noise.residual[index]) * gradient
    }
    return (total, misfit)
  }

  /// What each parameter gains from each second derivative of the motion, uxx, uxy, uyy, vxx, vxy, vyy, px²: the fit of
  /// an affine motion to x²/2, xy, y²/2 with the weights of this template's texture. Gain and offset are left aside.
  func curvatureResponse(_ sums: LeastSquaresSums) -> CurvatureResponse? {
    guard let inverse = crossInverse else { return nil }
    // Moments of degrees 2 and 3 that x²/2, xy and y²/2 make of 1, x and y, and their weights.
    let places: InlineArray<9, Int> = [3, 4, 5, 6, 7, 8, 7, 8, 9]
    let m = sums.secondary + 21
    var out = CurvatureResponse()
    for second in 0..<6 {
      var right = Six(repeating: 0)
      for i in 0..<6 {
        let block = i / 3 == second / 3 ? i / 3 * 20 : 10
        right[i] = m[block + places[i % 3 * 3 + second % 3]] * (second % 3 == 1 ? 1 : 0.5) * expansionScale
      }
      let gains = inverse.times(right)
      for i in 0..<6 { out[i, second] = Float(gains[i]) }
    }
    return out
  }

  /// Mean of the residual `scale` t − r.
  func residualMean(_ sums: LeastSquaresSums) -> Double { (scale * sums.secondary[0] - sums.reference[1]) / count }
}

extension AffineCovariance {
  /// Covariance of the same model about a place `x` px to the right and `y` px down.
  func moved(x: Double, y: Double) -> AffineCovariance {
    if x == 0 && y == 0 { return self }
    var out = self
    let weights: [Double] = [1, x, y]
    func sum(_ i: Int, _ j: Int) -> Double {
      // Rows 0 and 3 become combinations of their block, the others stay.
      let left = i % 3 == 0 ? (0..<3).map { (i + $0, weights[$0]) } : [(i, 1.0)]
      let right = j % 3 == 0 ? (0..<3).map { (j + $0, weights[$0]) } : [(j, 1.0)]
      var total = 0.0
      for (a, u) in left {
        for (b, v) in right { total += u * v * Double(self[a, b]) }
      }
      return total
    }
    for i in 0..<6 {
      for j in i..<6 { out[i, j] = Float(sum(i, j)) }
    }
    return out
  }
}
