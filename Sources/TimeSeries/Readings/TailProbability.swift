// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Probabilities that chance alone does as well.
package enum TailProbability {
  /// Of Student's t beyond ±`t`; of the normal distribution where `freedom` is infinite.
  package static func ofStudent(_ t: Double, freedom: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    guard freedom.isFinite else { return erfc(abs(t) / 2.0.squareRoot()) }
    return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
  }

  /// |t| that chance exceeds with this probability.
  package static func student(exceededWith probability: Double, freedom: Double) -> Double {
    var low = 0.0, high = 1.0
    while ofStudent(high, freedom: freedom) > probability && high < 1e8 { high *= 2 }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if ofStudent(middle, freedom: freedom) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// That the largest |t| of a search is as large by chance.
  ///
  /// Volume of a tube around the curve that the searched term draws on the unit sphere: P(|t|) + (length / π) times the
  /// density's fall, and no more than the sum over all places.
  ///
  /// - Parameters:
  ///   - pathLength: of the curve of unit vectors, radians.
  ///   - places: how many were tried.
  /// Source: Hotelling 1939; Davies 1987, Biometrika 74, 33; Knowles & Siegmund 1989.
  static func ofLargest(_ t: Double, freedom: Double, pathLength: Double, places: Int) -> Double {
    let one = ofStudent(t, freedom: freedom)
    let fall = freedom.isFinite ? pow(1 + t * t / freedom, -freedom / 2) : exp(-t * t / 2)
    return min(1, one + pathLength / .pi * fall, Double(max(1, places)) * one)
  }

  /// Angle between two unit vectors, without regard to their sign.
  static func angle(_ a: [Double], _ b: [Double]) -> Double { acos(min(1, abs(dot(a, b)))) }

  /// Regularised incomplete beta function I_x(a, b), relative error below 1e-10.
  ///
  /// Source: continued fraction 26.5.8 of Abramowitz & Stegun 1964, evaluated by Lentz's method.
  static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
    let gammas: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
    let powers: Double = a * log(x) + b * log(1 - x)
    let front = exp(gammas + powers) / a
    let tiny = 1e-300
    var c = 1.0, d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var product = d
    for step in 1...500 {
      let m = Double(step), place = a + 2 * m
      let even: Double = m * (b - m) * x / ((place - 1) * place)
      let odd: Double = -(a + m) * (a + b + m) * x / (place * (place + 1))
      for term in [even, odd] {
        d = 1 + term * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + term / c
        if abs(c) < tiny { c = tiny }
        product *= d * c
      }
      if abs(d * c - 1) < 1e-13 { break }
    }
    return front * product
  }
}
