// SPDX-License-Identifier: Apache-2.0
import Kernels

/// How much of the secondary's white noise is left after cubic B-spline interpolation at a sub-pixel phase.
///
/// The interpolated noise is the noise convolved with the cardinal spline η(f − k), so its variance is Σ η². At whole
/// pixels all of it is left, between two pixels about half: the residual understates the noise, and the part of the
/// score that comes from noise in the reference's gradients, which is of high frequency, is damped the most.
struct InterpolatedNoise: Sendable {
  /// Share of the variance at one position.
  let power: Double
  /// Share of the variance as the noise of the horizontal and vertical gradients of the reference sees it.
  let horizontal, vertical: Double

  /// Mean over the template: the phase changes across it with the strain.
  init(_ p: Six, half: Int) {
    var power = 0.0, horizontal = 0.0, vertical = 0.0
    let reach = 0.8 * Double(half)
    for i in -1...1 {
      for j in -1...1 {
        let x = reach * Double(i), y = reach * Double(j)
        let across = Self.table(at: p[0] + p[1] * x + p[2] * y), down = Self.table(at: p[3] + p[4] * x + p[5] * y)
        power += across.power * down.power / 9
        horizontal += across.gradient * down.power / 9
        vertical += across.power * down.gradient / 9
      }
    }
    self.power = power
    self.horizontal = horizontal
    self.vertical = vertical
  }

  private struct Entry {
    var power, gradient: Double
  }

  private static let phases = 64
  private static let entries: [Entry] = (0...phases).map { entry(phase: Double($0) / Double(phases)) }

  private static func table(at position: Double) -> Entry {
    let phase = position - position.rounded(.down), at = phase * Double(phases)
    let index = min(Int(at), phases - 1), part = at - Double(index)
    let a = entries[index], b = entries[index + 1]
    return Entry(power: a.power + part * (b.power - a.power), gradient: a.gradient + part * (b.gradient - a.gradient))
  }

  private static func entry(phase: Double) -> Entry {
    let taps = (-20...20).map { cardinalSpline(phase - Double($0)) }
    func energy(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
    // The reference's gradients: the five-point difference of `LeastSquaresPatch.load`.
    let difference = [1.0 / 12, -8.0 / 12, 0, 8.0 / 12, -1.0 / 12]
    var slopes: [Double] = []
    for start in -4..<taps.count {
      var sum = 0.0
      for (k, weight) in difference.enumerated() where taps.indices.contains(start + k) {
        sum += weight * taps[start + k]
      }
      slopes.append(sum)
    }
    return Entry(power: energy(taps), gradient: energy(slopes) / energy(difference))
  }

  /// The cubic spline that is 1 at 0 and 0 at all other integers: √3 Σ (√3 − 2)^|k| β³(x − k).
  private static func cardinalSpline(_ x: Double) -> Double {
    let pole = 3.0.squareRoot() - 2
    let nearest = Int(x.rounded())
    var sum = 0.0
    for k in nearest - 2...nearest + 2 {
      let a = abs(x - Double(k))
      let value = a >= 2 ? 0 : a >= 1 ? (2 - a) * (2 - a) * (2 - a) / 6 : 2.0 / 3 - a * a + a * a * a / 2
      var weight = 1.0
      for _ in 0..<abs(k) { weight *= pole }
      sum += weight * value
    }
    return 3.0.squareRoot() * sum
  }
}
