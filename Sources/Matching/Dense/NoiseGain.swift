// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels

/// How far the noise of one least squares solution grows or shrinks through the iterations of dense matching.
///
/// At spatial frequency k a box of half side h answers with S(k) = sinc(kx h) sinc(ky h), a smooth window of three boxes
/// with the third power of theirs, and noise in the gradients of the
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
  /// what is left of it when its window mean is taken off, the field with a last increment added, and what such
  /// an increment leaves of the second.
  package let table: [Float]

  private static let most = 6
  /// The answer of a window of one box and of three: gains depend on the shape, not on the size.
  private static let boxTables = tables(boxes: 1)
  private static let smoothTables = tables(boxes: 3)

  private static func tables(boxes: Int) -> [NoiseGain] {
    let samples = spectrum(boxes: boxes)
    return (1...most).map { NoiseGain(iterations: $0, samples) }
  }

  /// The gains after 1 to 6 iterations of a window, with what its fit hides of the noise put back.
  package static func forIterations(_ count: Int, _ window: WindowShape) -> NoiseGain {
    let index = min(max(count, 1), most) - 1
    guard !window.spreads.isEmpty else { return boxTables[index] }
    let seen = CellScores(window), plain = smoothTables[index].table
    return NoiseGain(
      table: (0..<entries).flatMap { entry in
        let share = Float(seen.share(rho: Double(entry) * step, iterations: index + 1))
        return plain[8 * entry..<8 * entry + 8].map { $0 / share }
      })
  }

  private init(table: [Float]) { self.table = table }

  /// Bias of gradients.
  ///
  /// Long waves lose k² m₂ / 2 of a mean, and of a slope across the wave as much, but along it k² m₄ / (6 m₂), with the
  /// moments m of the weights: 0.6 times as much in a box, 0.87 times in three. Half of the gradients are of each kind.
  /// The rest was chosen for the box as 0.09 of its bias; it comes from the two losses' being unequal (0.4 and 0.13
  /// apart), so it goes with the square of that. A Gaussian, whose losses are equal, would have none.
  static func slopeBias(_ window: WindowShape) -> CandidateChoice.SlopeBias {
    if window.spreads.isEmpty { return .init(plain: 0.64, rest: 0.09 * 0.64) }
    return .init(plain: 0.87, rest: 0.01 * 0.87)
  }

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

  /// Frequencies times the half side of a box.
  fileprivate static let frequencyStep = 5 * Double.pi / 72
  fileprivate static let axis = (0..<72).map { (Double($0) + 0.5) * frequencyStep }

  private static func spectrum(boxes: Int) -> [Sample] {
    let axis = axis.map { x in
      let box = sin(x) / x, others = pow(box, Double(boxes - 1))
      return Sample(mean: box * others, slope: (sin(x) - x * cos(x)) / (x * x) * others)
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
      let factors = SIMD4(a, a * (1 - s), twice, twice * (1 - s) * (1 - rho * s))
      let s2 = s * s, p2 = sample.slope * sample.slope
      offset += s2 * factors * factors
      gradient += p2 * factors * factors
      offsetNorm += s2
      gradientNorm += p2
    }
    return (0..<4).flatMap { [Float(offset[$0] / offsetNorm), Float(gradient[$0] / gradientNorm)] }
  }
}

/// How much of the noise is left in the scores of 8 × 8 px cells, from which its correlation is measured.
///
/// They come from residuals after the fit, and the fit has taken the part T = ρ S (a (1 − ρ S) + 1) of the noise out of
/// them. A box takes 0.5 % of the variance of a cell (51 px), a Gaussian, whose centre weighs nearly twice, 9 %.
private struct CellScores {
  /// Integrals of the cell's answer squared times S to the power of the index, over that without S, on one axis.
  private let moments: [Double]

  init(_ window: WindowShape) {
    // Three equal boxes of this width have the second moment of the window.
    let width = 2 * window.variance.squareRoot(), cell = 8.0
    moments = (0...16).map { power in
      guard power > 0 else { return 1 }
      let sum = NoiseGain.axis.reduce(0) { sum, x in
        let y = x * cell / width, answer = sin(y) / y, box = sin(x) / x
        return sum + answer * answer * pow(box, Double(3 * power))
      }
      return sum * NoiseGain.frequencyStep / (Double.pi / 2 * width / cell)
    }
  }

  /// ∫ C² (1 − T)² over ∫ C², with T as a polynomial in S, whose powers separate into rows and columns.
  func share(rho: Double, iterations: Int) -> Double {
    var powers = [1.0]
    for _ in 0..<iterations { powers.append(powers[powers.count - 1] * (1 - rho)) }
    var left = Self.product([0, -rho], Self.sum(Self.product(powers, [1, -rho]), [1]))
    left[0] += 1
    return zip(Self.product(left, left), moments).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
  }

  private static func product(_ a: [Double], _ b: [Double]) -> [Double] {
    var out = [Double](repeating: 0, count: a.count + b.count - 1)
    for (i, x) in a.enumerated() { for (j, y) in b.enumerated() { out[i + j] += x * y } }
    return out
  }

  private static func sum(_ a: [Double], _ b: [Double]) -> [Double] {
    (0..<max(a.count, b.count)).map { ($0 < a.count ? a[$0] : 0) + ($0 < b.count ? b[$0] : 0) }
  }
}
