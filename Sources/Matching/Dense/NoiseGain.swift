// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How far the noise of one least squares solution grows or shrinks through the iterations of dense matching.
///
/// At spatial frequency k the window answers with S(k) = sinc(kx h) sinc(ky h), and noise in the gradients of the
/// reference shortens every increment by ρ < 1, the sum of products of the two images' gradients over that of the
/// reference's own. Then d ← S d + ρ S (truth − d) + S n gives, from a start that carries one step's noise n already,
/// d = S n a with a = (1 − qᴷ⁺¹)/(1 − q), q = S (1 − ρ). Adding a last increment to the field itself
/// gives d = S n (a (1 − ρ S) + 1). The gradients follow with P(k), the slope of a fitted plane, in place of S.
/// The gains are ratios of variances over that of a single solution, σ² A⁻¹.
package struct NoiseGain {
  /// Steps of ρ between entries of `table`; `CandidateChoice` has the same.
  private static let step = 0.05
  private static let entries = 26

  /// For every 0.05 of ρ from 0: variance gains of offset and gradient, each for the field that keeps to local planes,
  /// what is left of it when its window mean is taken off, the field with a last increment added, and what is left of
  /// that when its window mean is taken off twice.
  package let table: [Float]

  private static let most = 6
  private static let tables: [NoiseGain] = {
    let samples = spectrum()
    return (1...most).map { NoiseGain(iterations: $0, samples) }
  }()

  /// The gains after 1 to 6 iterations.
  package static func forIterations(_ count: Int) -> NoiseGain { tables[min(max(count, 1), most) - 1] }

  private init(iterations: Int, _ samples: [Sample]) {
    table = (0..<Self.entries).flatMap { index in
      Self.integrate(samples, rho: Double(index) * Self.step, iterations: iterations)
    }
  }

  /// The answers S and P of a window at one spatial frequency.
  private struct Sample {
    let mean: Double
    let slope: Double
  }

  private static func spectrum() -> [Sample] {
    let count = 72, step = 5 * Double.pi / Double(count)
    let axis = (0..<count).map { index in
      let x = (Double(index) + 0.5) * step
      return Sample(mean: sin(x) / x, slope: (sin(x) - x * cos(x)) / (x * x))
    }
    return axis.flatMap { x in axis.map { y in Sample(mean: x.mean * y.mean, slope: x.slope * y.mean) } }
  }

  /// Eight gains in the order of `table`.
  private static func integrate(_ samples: [Sample], rho: Double, iterations: Int) -> [Float] {
    var offset = SIMD4<Double>.zero, gradient = SIMD4<Double>.zero, offsetNorm = 0.0, gradientNorm = 0.0
    for sample in samples {
      let s = sample.mean, q = s * (1 - rho)
      // 1 + q + … + qᴷ
      var a = 1.0
      for _ in 0..<iterations { a = a * q + 1 }
      let twice = a * (1 - rho * s) + 1
      let factors = SIMD4(a, a * (1 - s), twice, twice * (1 - s) * (1 - s))
      let s2 = s * s, p2 = sample.slope * sample.slope
      offset += s2 * factors * factors
      gradient += p2 * factors * factors
      offsetNorm += s2
      gradientNorm += p2
    }
    return (0..<4).flatMap { [Float(offset[$0] / offsetNorm), Float(gradient[$0] / gradientNorm)] }
  }
}
