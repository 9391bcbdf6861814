// SPDX-License-Identifier: Apache-2.0

/// The B-splines that images are interpolated with.
package enum SplineOrder: Int, Sendable {
  case cubic = 3
  case quintic = 5

  /// The factorial of the order: weights times this are whole polynomials.
  package var denominator: Float { self == .cubic ? 6 : 120 }

  /// Taps on either side of the prefilter that are enough for single precision: what is cut off is below 1e-7 of the
  /// value (cubic) and 2e-6 (quintic), before the taps are scaled to their sum.
  package var prefilterRadius: Int { self == .cubic ? 14 : 16 }

  /// Poles of the inverse of the sampled B-spline inside the unit circle: roots of z + 4 + 1/z, and of
  /// z² + 26 z + 66 + 26/z + 1/z², which is y² + 26 y + 64 with y = z + 1/z.
  private var poles: [Double] {
    switch self {
    case .cubic: return [Double(3).squareRoot() - 2]
    case .quintic:
      let root = Double(105).squareRoot()
      let sums: [Double] = [root - 13, -root - 13]
      return sums.map { y in (y + (y * y - 4).squareRoot()) / 2 }
    }
  }

  /// The filter that turns pixels into coefficients, from its centre outward, scaled to a sum of one.
  ///
  /// Finite, so that a coefficient depends on `radius` neighbours only; the usual recursive filter's bits depend on
  /// where a tile begins.
  ///
  /// Source: Unser, Aldroubi & Eden 1993, IEEE Transactions on Signal Processing 41(2): with the poles zᵢ of a spline of
  /// order n the inverse is n! Π (−zᵢ) / ((1 − zᵢ z) (1 − zᵢ / z)), a sum of residues times zᵢ^|k|.
  package func prefilter(radius: Int) -> [Double] {
    let poles = poles
    let product: Double = poles.reduce(Double(denominator)) { product, pole in -product * pole }
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
