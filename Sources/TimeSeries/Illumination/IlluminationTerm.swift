// SPDX-License-Identifier: Apache-2.0

/// A way in which features of the ground seem to move when the sun does.
///
/// A body of height h on ground that rises by g (m per metre) ends its shadow where the ray over its top, which falls by
/// one metre in |s| metres, meets the ground: at −λ s with h − λ = −λ g·s, so λ = h / (1 − g·s) ≈ h (1 + g·s). An image holds
/// bodies, which stay, and shadows, which go along; what a matcher says lies between, at −w h of it, so the place of a feature
/// is off by c (s + (g·s) s + …) with a length c that is −w h for shadows. Shading of relief by itself moves nothing
/// on average: its spectrum under two suns, |R(k)|² (k·s₁)(k·s₂), is real. Where relief goes with
/// brightness (snow in hollows) a part in s is left again.
///
/// How w, bodies and brightness depend on slope is not known, so each vector has a length of its own, learnt. No direction
/// being marked but those of sun and slope, these are all vectors of first order in g and up to second in s — `shadow`,
/// `tilt` — and of second in g and first in s — `steepness`, `downslope` — beside s, which is the same on all ground.
public enum IlluminationTerm: String, CaseIterable, Hashable, Sendable {
  /// (g·s) s: shadows are longer where the ground falls away from the sun.
  case shadow
  /// |s|² g.
  case tilt
  /// |g|² s.
  case steepness
  /// (g·s) g.
  case downslope

  func vector(_ rise: SIMD2<Double>, _ sun: SIMD2<Double>) -> SIMD2<Double> {
    let along = (rise * sun).sum()
    return switch self {
    case .shadow: along * sun
    case .tilt: (sun * sun).sum() * rise
    case .steepness: (rise * rise).sum() * sun
    case .downslope: along * rise
    }
  }
}

/// Which terms a model has.
public enum IlluminationForm: String, CaseIterable, Hashable, Sendable {
  case none
  case slope
  case curved

  public var terms: [IlluminationTerm] {
    switch self {
    case .none: []
    case .slope: [.shadow, .tilt]
    case .curved: IlluminationTerm.allCases
    }
  }
}

/// How far features seem to lie from their place, by the slope of the ground and the place of the sun.
public struct IlluminationModel: Hashable, Sendable {
  public let form: IlluminationForm
  /// Metres, one a term.
  public let coefficients: [Double]
  /// What the coefficients vary by when parts of the stable ground are left out, m²; rows × columns.
  public let covariance: [[Double]]
  /// Steeper ground than nearly all that was learnt from counts as this steep, m per metre.
  public let steepest: Double

  public init(form: IlluminationForm, coefficients: [Double], covariance: [[Double]], steepest: Double) {
    precondition(coefficients.count == form.terms.count, "each term has a length")
    self.form = form
    self.coefficients = coefficients
    self.covariance = covariance
    self.steepest = steepest
  }

  /// Takes nothing off.
  public static let nothing = IlluminationModel(form: .none, coefficients: [], covariance: [], steepest: 0)

  /// East and north, m, up to what is the same on all ground; 0 where the slope is not known.
  public func bias(_ rise: GroundRise, under sun: ShadowVector) -> SIMD2<Double> {
    guard form != .none, rise.east.isFinite, rise.north.isFinite else { return .zero }
    let ground = rise.limited(to: steepest)
    var out = SIMD2<Double>.zero
    for (term, coefficient) in zip(form.terms, coefficients) { out += coefficient * term.vector(ground, sun.vector) }
    return out
  }

  public func sigma(_ term: Int) -> Double { covariance[term][term].squareRoot() }
}
