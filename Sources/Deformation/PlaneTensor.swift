// SPDX-License-Identifier: Apache-2.0

/// A symmetric 2 × 2 tensor: strain in the map plane.
struct PlaneTensor: Sendable {
  var east, north, shear: Double

  /// The tensor in axes turned so that the first one points along (cosine, sine): R E Rᵀ.
  func rotated(cosine c: Double, sine s: Double) -> PlaneTensor {
    PlaneTensor(
      east: c * c * east + 2 * c * s * shear + s * s * north,
      north: s * s * east - 2 * c * s * shear + c * c * north,
      shear: c * s * (north - east) + (c * c - s * s) * shear)
  }

  /// Derivatives of the rotated components with respect to the four map-axes gradients.
  static func weights(
    cosine c: Double, sine s: Double
  ) -> (longitudinal: SIMD4<Double>, transverse: SIMD4<Double>, shear: SIMD4<Double>) {
    let half = (c * c - s * s) / 2
    return (
      SIMD4(c * c, c * s, c * s, s * s), SIMD4(s * s, -c * s, -c * s, c * c), SIMD4(-c * s, half, half, c * s)
    )
  }

  /// Principal values and the unit vector of the largest one.
  var principal: (largest: Double, smallest: Double, cosine: Double, sine: Double) {
    let mean = (east + north) / 2, half = (east - north) / 2
    let radius = (half * half + shear * shear).squareRoot()
    guard radius > 0 else { return (mean, mean, 1, 0) }
    // Half-angle formulas, in the form that does not cancel for either sign of `half`.
    let cosineSquared = (1 + half / radius) / 2, sineSquared = (1 - half / radius) / 2
    if half >= 0 {
      let c = cosineSquared.squareRoot()
      return (mean + radius, mean - radius, c, shear / (2 * radius * c))
    }
    let s = sineSquared.squareRoot()
    return (mean + radius, mean - radius, shear / (2 * radius * s), s)
  }
}
