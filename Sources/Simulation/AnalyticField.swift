// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A field's value and first derivatives in its own axes: u along the motion (coordinate s), v to its right (n).
struct LocalSample {
  var u = 0.0, v = 0.0
  var uPerS = 0.0, uPerN = 0.0, vPerS = 0.0, vPerN = 0.0
}

/// A displacement pattern with exact derivatives, of any amplitude; lengths in px from the middle of the image.
protocol AnalyticField: Sendable {
  func sample(s: Double, n: Double) -> LocalSample
}

/// Translation with stretching, shear and rotation that are the same everywhere.
struct AffineField: AnalyticField {
  /// Distance from the middle at which the linear part is a third of the translation, px.
  let scale: Double

  func sample(s: Double, n: Double) -> LocalSample {
    let f = 1 / scale
    return LocalSample(
      u: 1 + f * (0.30 * s + 0.25 * n), v: f * (0.10 * s - 0.20 * n), uPerS: 0.30 * f, uPerN: 0.25 * f,
      vPerS: 0.10 * f, vPerN: -0.20 * f)
  }
}

/// A valley glacier: fastest on its centre line, speeding up down-flow, at rest beyond its margins.
///
/// Across the flow the profile 1 − |n/h|⁴ is that of a half-cylinder of ice with Glen's exponent 3 (Nye 1952); along
/// it the speed rises smoothly from 0.3 to 1. The gradient jumps at the margins, the displacement does not.
struct GlacierField: AnalyticField {
  let halfWidth: Double
  /// Distance over which the speed changes, px.
  let length: Double

  func sample(s: Double, n: Double) -> LocalSample {
    let q = n / halfWidth
    guard abs(q) < 1 else { return LocalSample() }
    let t = tanh(s / length), rise = 0.65 + 0.35 * t
    let profile = 1 - q * q * q * q
    return LocalSample(
      u: rise * profile, uPerS: 0.35 * (1 - t * t) / length * profile, uPerN: rise * -4 * q * q * q / halfWidth)
  }
}

/// A sliding mass: an ellipse that moves and turns as one block inside a narrow boundary zone, and still ground.
struct LandslideField: AnalyticField {
  /// Half axes of the ellipse along and across the motion, px.
  let along, across: Double
  /// Half width of the boundary zone as a share of the half axes.
  let edge: Double
  /// Rotation of the block as a share of its translation over a half axis.
  private let turn = 0.3

  func sample(s: Double, n: Double) -> LocalSample {
    let radius = ((s / along) * (s / along) + (n / across) * (n / across)).squareRoot()
    let t = tanh((radius - 1) / edge), weight = (1 - t) / 2
    let slope = radius > 0 ? -(1 - t * t) / (2 * edge * radius) : 0
    let weightPerS = slope * s / (along * along), weightPerN = slope * n / (across * across)
    let u = 1 - turn * n / along, v = turn * s / along
    return LocalSample(
      u: weight * u, v: weight * v, uPerS: weightPerS * u, uPerN: weightPerN * u - weight * turn / along,
      vPerS: weightPerS * v + weight * turn / along, vPerN: weightPerN * v)
  }
}

/// A vertical fault through the middle: the two sides slip past each other by one unit in all.
///
/// Below a locked depth D the slip reaches the surface as atan(n/D)/π (Savage & Burford 1973). With D = 0 the step is
/// sharp; the gradient is then zero on both sides and says nothing about the step itself.
struct FaultField: AnalyticField {
  let lockingDepth: Double
  /// Share of the slip that opens (positive) or closes (negative) the fault.
  let opening: Double

  func sample(s: Double, n: Double) -> LocalSample {
    guard lockingDepth > 0 else {
      let u = n >= 0 ? 0.5 : -0.5
      return LocalSample(u: u, v: opening * u)
    }
    let u = atan(n / lockingDepth) / .pi
    let slope = lockingDepth / (.pi * (lockingDepth * lockingDepth + n * n))
    return LocalSample(u: u, v: opening * u, uPerN: slope, vPerN: opening * slope)
  }
}
