// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// An offset of one point with its variances and covariance, px and px²; zero variances mean an exact offset.
public struct OffsetEstimate: Hashable, Sendable {
  public var dx, dy: Double
  public var dxVariance, dyVariance, covariance: Double

  public init(dx: Double, dy: Double, dxVariance: Double = 0, dyVariance: Double = 0, covariance: Double = 0) {
    self.dx = dx
    self.dy = dy
    self.dxVariance = dxVariance
    self.dyVariance = dyVariance
    self.covariance = covariance
  }
}

/// Turns displacement gradients of image pairs into strain and rotation rates of the ground, each with its sigma.
///
/// The tensor E is the symmetric part of the displacement gradient in map axes, the rotation its antisymmetric part.
/// Longitudinal, transverse and shear strain are the elements of R E Rᵀ with R the rotation to the direction of
/// motion. The equations 16 to 18 that Debella-Gilo & Kääb 2012 print for them mix tensor and engineering shear and
/// show cos⁻¹ and sin⁻¹ where cos² and sin² are meant; this type follows the tensor, which is why rotating the map
/// leaves these components unchanged (tested).
///
/// Sigmas are first-order: s² = f C fᵀ with C the covariance of the gradient and f the derivative of the component,
/// plus, for components along the motion, the derivative with respect to the direction times the sigma of the
/// direction. The errors of the offset and of its gradient are taken as independent, as they are for a window that
/// is symmetric about its point. Near isotropic strain the principal strains and their azimuth are not linear in the
/// gradient: there their sigma is only a scale.
///
/// Source: Debella-Gilo & Kääb 2012, eq. 16 to 18 as corrected above; Cuffey & Paterson 2010 for the effective strain
/// rate. Checked by: `StrainAnalysisTests`, `StrainErrorTests` (drawn errors), `SimulatedStrainTests`.
public struct StrainAnalysis: Sendable {
  private let minimumMotionRatio: Double
  private let isIce: Bool
  let axes: MapAxes
  let perYear: Double

  /// True when the results are per year, false when they are strains of the whole interval.
  public let isRate: Bool

  /// Days in a year, as in the unit metres per year of the field.
  public static let daysPerYear = 365.25

  /// The analysis of one image pair.
  ///
  /// - Parameters:
  ///   - transform: geotransform of the image, any orientation and pixel shape. Images without one take a transform
  ///     with a pixel of 1 × 1, north up.
  ///   - separation: time between the images, days, above zero; nil gives the strain of the interval.
  public init(transform: GeoTransform, separation: Double?, parameters: Parameters = Parameters()) {
    precondition(separation ?? 1 > 0, "the later image must be later than the earlier one")
    minimumMotionRatio = parameters.minimumMotionRatio
    isIce = parameters.material == .ice
    axes = MapAxes(transform)
    perYear = separation.map { Self.daysPerYear / $0 } ?? 1
    isRate = separation != nil
  }

  /// The strain state of one point.
  ///
  /// - Parameters:
  ///   - gradient: displacement gradient of the offset field, px/px.
  ///   - covariance: covariance of `gradient`, (px/px)²; `.unknown` gives components without sigmas.
  ///   - motion: offset of the point, px: it gives the direction of motion.
  /// - Returns: every component; all NaN where the gradient is.
  public func rates(
    gradient: DisplacementGradient, covariance: GradientCovariance, motion: OffsetEstimate
  ) -> StrainRates {
    let g = axes.gradient(gradient.vector)
    var out = StrainRates()
    guard !g.sum().isNaN else { return out }
    let c = axes.covariance(covariance.matrix)
    let tensor = PlaneTensor(east: g.x, north: g.w, shear: (g.y + g.z) / 2)
    out.set(.east, g.x, c.variance(of: SIMD4(1, 0, 0, 0)))
    out.set(.north, g.w, c.variance(of: SIMD4(0, 0, 0, 1)))
    out.set(.eastNorth, tensor.shear, c.variance(of: SIMD4(0, 0.5, 0.5, 0)))
    out.set(.rotation, (g.z - g.y) / 2, c.variance(of: SIMD4(0, -0.5, 0.5, 0)))
    setMotionComponents(of: tensor, c, direction(of: motion), &out)
    setInvariants(of: tensor, c, &out)
    out.values *= scale
    out.sigmas *= scale
    return out
  }

  /// One factor per lane: everything becomes a rate but the azimuth.
  private var scale: SIMD16<Double> {
    var out = SIMD16<Double>(repeating: perYear)
    out[StrainComponent.principalAzimuth.lane] = 1
    return out
  }

  // MARK: - Direction of motion

  /// Unit vector of the motion in map axes with the variance of its angle, rad²; nil where the motion is lost in its
  /// own error.
  private func direction(of motion: OffsetEstimate) -> (cosine: Double, sine: Double, variance: Double)? {
    let t = axes.transform
    let d = t.displacement(dx: motion.dx, dy: motion.dy)
    let speed = (d.east * d.east + d.north * d.north).squareRoot()
    guard speed > 0 else { return nil }
    let cosine = d.east / speed, sine = d.north / speed
    let east = t.displacement(dx: 1, dy: 0), south = t.displacement(dx: 0, dy: 1)
    func variance(along e: Double, _ n: Double) -> Double {
      let p = e * east.east + n * east.north, q = e * south.east + n * south.north
      return p * p * motion.dxVariance + q * q * motion.dyVariance + 2 * p * q * motion.covariance
    }
    let across = variance(along: -sine, cosine), along = variance(along: cosine, sine)
    let limit = minimumMotionRatio * max(across, along, 0).squareRoot()
    guard speed >= limit else { return nil }
    return (cosine, sine, across / (speed * speed))
  }

  private func setMotionComponents(
    of tensor: PlaneTensor, _ c: SymmetricMatrix4,
    _ direction: (cosine: Double, sine: Double, variance: Double)?, _ out: inout StrainRates
  ) {
    guard let direction else { return }
    let rotated = tensor.rotated(cosine: direction.cosine, sine: direction.sine)
    let w = PlaneTensor.weights(cosine: direction.cosine, sine: direction.sine)
    // Turning the axes by a small angle changes the components by 2 s, −2 s and (transverse − longitudinal).
    let bend = rotated.north - rotated.east, twist = 2 * rotated.shear
    out.set(.longitudinal, rotated.east, c.variance(of: w.longitudinal) + twist * twist * direction.variance)
    out.set(.transverse, rotated.north, c.variance(of: w.transverse) + twist * twist * direction.variance)
    out.set(.shear, rotated.shear, c.variance(of: w.shear) + bend * bend * direction.variance)
  }

  // MARK: - Invariants

  private func setInvariants(of tensor: PlaneTensor, _ c: SymmetricMatrix4, _ out: inout StrainRates) {
    let p = tensor.principal
    let w = PlaneTensor.weights(cosine: p.cosine, sine: p.sine)
    out.set(.principalLargest, p.largest, c.variance(of: w.longitudinal))
    out.set(.principalSmallest, p.smallest, c.variance(of: w.transverse))
    var azimuth = 90 - atan2(p.sine, p.cosine) * 180 / .pi
    azimuth -= (azimuth / 180).rounded(.down) * 180
    let spread = p.largest - p.smallest
    let degrees = 180 / Double.pi
    out.set(
      .principalAzimuth, spread > 0 ? azimuth : .nan,
      spread > 0 ? c.variance(of: w.shear) / (spread * spread) * degrees * degrees : .nan)
    let e = tensor.east, n = tensor.north, s = tensor.shear
    let up = isIce ? -(e + n) : 0
    if isIce { out.set(.vertical, up, c.variance(of: SIMD4(1, 0, 0, 1))) }
    let effective = (0.5 * (e * e + n * n + up * up) + s * s).squareRoot()
    let down = isIce ? -up : 0
    let slope = SIMD4(e + down, s, s, n + down) / (2 * effective)
    out.set(.effective, effective, effective > 0 ? c.variance(of: slope) : .nan)
  }
}

extension StrainRates {
  @inline(__always)
  fileprivate mutating func set(_ component: StrainComponent, _ value: Double, _ variance: Double) {
    values[component.lane] = value
    sigmas[component.lane] = variance.squareRoot()
  }
}
