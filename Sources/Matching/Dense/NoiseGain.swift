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
struct NoiseGain {
  /// Variance gain of offsets and of gradients.
  struct Gains {
    var offset: Float
    var gradient: Float
  }

  private static let step: Float = 0.05
  private static let count = 26
  private var plain: [Gains] = []
  private var curved: [Gains] = []
  private var residual: [Gains] = []
  private var secondResidual: [Gains] = []

  private init(iterations: Int) {
    for index in 0..<Self.count {
      let rho = Double(index) * Double(Self.step)
      let gains = Self.integrate(rho: rho, iterations: iterations)
      plain.append(gains[0])
      curved.append(gains[1])
      residual.append(gains[2])
      secondResidual.append(gains[3])
    }
  }

  private static let tables = (1...6).map(NoiseGain.init(iterations:))

  static func forIterations(_ count: Int) -> NoiseGain { tables[min(max(count, 1), tables.count) - 1] }

  private static func integrate(rho: Double, iterations: Int) -> [Gains] {
    var sums = [[Double]](repeating: [0, 0], count: 4)
    var norm = [0.0, 0.0]
    let samples = 72, step = 5 * Double.pi / Double(samples)
    func sinc(_ x: Double) -> Double { sin(x) / x }
    for i in 0..<samples {
      let x = (Double(i) + 0.5) * step
      let sx = sinc(x), px = (sin(x) - x * cos(x)) / (x * x)
      for j in 0..<samples {
        let y = (Double(j) + 0.5) * step
        let s = sx * sinc(y), p = px * sinc(y)
        let q = s * (1 - rho)
        let a = (1 - pow(q, Double(iterations + 1))) / (1 - q)
        let twice = a * (1 - rho * s) + 1
        let factors = [a, twice, a * (1 - s), twice * (1 - s) * (1 - s)]
        for (k, f) in factors.enumerated() {
          sums[k][0] += s * s * f * f
          sums[k][1] += p * p * f * f
        }
        norm[0] += s * s
        norm[1] += p * p
      }
    }
    return sums.map { Gains(offset: Float($0[0] / norm[0]), gradient: Float($0[1] / norm[1])) }
  }

  private func look(_ table: [Gains], _ rho: Float) -> Gains {
    let x = min(max(rho / Self.step, 0), Float(Self.count) - 1.001)
    let i = Int(x), t = x - Float(i)
    let a = table[i], b = table[i + 1]
    return Gains(
      offset: a.offset + t * (b.offset - a.offset), gradient: a.gradient + t * (b.gradient - a.gradient))
  }

  /// Of the field that keeps to local planes.
  func plain(_ rho: Float) -> Gains { look(plain, rho) }
  /// Of the field with a last increment added.
  func curved(_ rho: Float) -> Gains { look(curved, rho) }
  /// Of what is left of the plain field when its window mean is taken off.
  func residual(_ rho: Float) -> Gains { look(residual, rho) }
  /// Of what is left of the curved field when its window mean is taken off twice.
  func secondResidual(_ rho: Float) -> Gains { look(secondResidual, rho) }
}
