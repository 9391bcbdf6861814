// SPDX-License-Identifier: Apache-2.0

/// How the noise of a template's mean and gradient is shared by two templates some way apart, for white noise and even
/// texture: inner products of 1, x and y over their overlap.
struct TemplateOverlap {
  private let half: Double
  private let side: Double
  /// Σ x² over one row of the template.
  private let square: Double

  init(_ templateWindow: Int) {
    half = Double(templateWindow / 2)
    side = 2 * half + 1
    square = half * (half + 1) * side / 3
  }

  /// Σ 1, Σ t, Σ t (t − d) over the overlap of two segments `d` apart, t counted from the first's centre.
  private func sums(_ d: Double) -> (one: Double, first: Double, both: Double) {
    let n = max(0, side - abs(d))
    if n == 0 { return (0, 0, 0) }
    // The overlap is centred on d / 2.
    let spread = n * (n * n - 1) / 12
    return (n, n * d / 2, spread - n * d * d / 4)
  }

  /// Correlation of the gradient along u of one template with that of another (u, v) away.
  func slopeToSlope(_ u: Double, _ v: Double) -> Double { sums(u).both / square * sums(v).one / side }

  /// Correlation of the gradient along u of one template with that along v of another (u, v) away.
  func slopeToCross(_ u: Double, _ v: Double) -> Double {
    sums(u).first * -sums(v).first / (square * side)
  }

  /// Covariance of the gradient along u of a template (u, v) away with the mean of this one, over the mean's variance.
  func slopeToMean(_ u: Double, _ v: Double) -> Double { -sums(u).first * sums(v).one / (square * side) }
}
