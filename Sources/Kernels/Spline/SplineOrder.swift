// SPDX-License-Identifier: Apache-2.0

/// The splines that images are interpolated with.
package enum SplineOrder: Sendable, CaseIterable {
  /// B-splines of degree 3 and 5.
  case cubic, quintic
  /// β⁵ + γ β⁵″, β⁵ being the quintic B-spline and γ `secondDerivative`: of the order of approximation of β⁵, and with
  /// as many taps.
  ///
  /// What folds back from beyond the Nyquist frequency shifts a match by up to 0.0008 px with β⁵ on real ground, with
  /// the sine of the sub-pixel phase. This γ makes the function blind to 0.65 cycles a pixel, the image of 0.35, around
  /// which most of that comes from: ten times less is left.
  ///
  /// Source: Blu, Thévenaz & Unser 2001, IEEE Transactions on Image Processing 10(7): functions of maximal order and
  /// minimal support (MOMS) are sums of a B-spline and its derivatives. Differs from it: γ, theirs are made for small
  /// frequencies.
  case quinticMOMS

  /// The degree of the polynomials between whole pixels.
  package var degree: Int { self == .cubic ? 3 : 5 }

  /// The factorial of the degree: weights times this are whole polynomials.
  package var denominator: Float { self == .cubic ? 6 : 120 }

  /// Share of the second derivative of the B-spline in the interpolating function.
  package var secondDerivative: Double { self == .quinticMOMS ? QuinticMOMS.secondDerivative : 0 }

  /// Taps on either side of the prefilter that are enough for single precision: what is cut off is below 1e-7 of the
  /// value (cubic) and 2e-6 (quintic), before the taps are scaled to their sum.
  package var prefilterRadius: Int {
    switch self {
    case .cubic: 14
    case .quintic: 16
    case .quinticMOMS: 24
    }
  }

  /// The function at whole pixels, from the middle outward, times `denominator`.
  private var samples: [Double] {
    if self == .cubic { return [4, 1] }
    // β⁵″ is the second difference of the cubic B-spline: -1, 1/3, 1/6.
    let share = 120 * secondDerivative
    return [66 - share, 26 + share / 3, 1 + share / 6]
  }

  /// Poles of the inverse of the sampled function inside the unit circle: with y = z + 1/z the samples' polynomial is
  /// p₁ y + p₀ or p₂ (y² - 2) + p₁ y + p₀.
  private var poles: [Double] {
    let p = samples
    var sums = [-p[0] / p[1]]
    if p.count == 3 {
      let middle = p[1] / (2 * p[2]), root = (middle * middle - p[0] / p[2] + 2).squareRoot()
      sums = [root - middle, -root - middle]
    }
    return sums.map { y in (y + (y * y - 4).squareRoot()) / 2 }
  }

  /// The filter that turns pixels into coefficients, from its centre outward, scaled to a sum of one.
  ///
  /// Finite, so that a coefficient depends on `radius` neighbours only; the usual recursive filter's bits depend on
  /// where a tile begins.
  ///
  /// Source: Unser, Aldroubi & Eden 1993, IEEE Transactions on Signal Processing 41(2): with the poles zᵢ the inverse is
  /// Π (−zᵢ) / ((1 − zᵢ z) (1 − zᵢ / z)) over the outermost sample, a sum of residues times zᵢ^|k|.
  package func prefilter(radius: Int) -> [Double] {
    let poles = poles, outermost = samples.last ?? 1
    let product: Double = poles.reduce(Double(denominator) / outermost) { product, pole in -product * pole }
    var taps = [Double](repeating: 0, count: radius + 1)
    for (i, z) in poles.enumerated() {
      var residue = product / (1 - z * z)
      for (j, other) in poles.enumerated() where j != i { residue /= (1 - other * z) * (1 - other / z) }
      for k in 0...radius {
        taps[k] += residue
        residue *= z
      }
    }
    let sum = taps[0] + 2 * taps.dropFirst().reduce(0, +)
    return taps.map { $0 / sum }
  }

  /// `prefilter`, over `denominator`, for coefficients that `SplineTaps` weigh without a division.
  package var scaledPrefilter: [Float] {
    prefilter(radius: prefilterRadius).map { Float($0 / Double(denominator)) }
  }
}
