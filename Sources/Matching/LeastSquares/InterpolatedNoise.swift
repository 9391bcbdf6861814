// SPDX-License-Identifier: Apache-2.0
import Kernels

/// How much of the secondary's white noise is left after B-spline interpolation at a sub-pixel phase.
///
/// The interpolated noise is the noise convolved with the cardinal spline η(f − k), so its variance is Σ η². At whole
/// pixels all of it is left, between two pixels about half (cubic 0.50, quintic 0.58 along each axis): the residual understates the noise, and the part of the
/// score that comes from noise in the reference's gradients, which is of high frequency, is damped the most.
struct InterpolatedNoise: Sendable {
  /// Share of the variance at one position.
  let power: Double
  /// Share of the variance as the noise of the horizontal and vertical gradients of the reference sees it.
  let horizontal, vertical: Double
  /// Correlation of the residual of two equally noisy images at each of `residualLags`.
  private(set) var residual = InlineArray<12, Double>(repeating: 0)
  /// Variance of the noise in each of those gradients, over that of the image.
  let gradientPower: Double

  /// Mean over the template: the phase changes across it with the strain.
  init(_ p: Six, half: Int, smoothing: Double, order: SplineOrder) {
    let table = Self.table(smoothing, order)
    var power = 0.0, horizontal = 0.0, vertical = 0.0, lagged = InlineArray<12, Double>(repeating: 0)
    let reach = 0.8 * Double(half)
    for i in -1...1 {
      for j in -1...1 {
        let x = reach * Double(i), y = reach * Double(j)
        let across = table.entry(at: p[0] + p[1] * x + p[2] * y), down = table.entry(at: p[3] + p[4] * x + p[5] * y)
        power += across.power * down.power / 9
        horizontal += across.slope * down.smooth / 9
        vertical += across.smooth * down.slope / 9
        for (index, lag) in residualLags.enumerated() {
          lagged[index] += across.lagged[abs(lag.x)] * down.lagged[lag.y] / 9
        }
      }
    }
    self.power = power
    self.horizontal = horizontal
    self.vertical = vertical
    gradientPower = table.gradientPower
    for index in 0..<12 { residual[index] = lagged[index] / (1 + power) }
  }

  private static func table(_ smoothing: Double, _ order: SplineOrder) -> Table {
    switch (smoothing, order) {
    case (0.2, .quinticMOMS): usual
    case (0.2, .cubic): usualCubic
    default: Table(smoothing: smoothing, order: order)
    }
  }

  private static let usual = Table(smoothing: 0.2, order: .quinticMOMS)
  private static let usualCubic = Table(smoothing: 0.2, order: .cubic)

  /// What is left of noise on one axis: of the image's, of that in smoothed gradients, of that smoothed across them.
  private struct Entry {
    var power, slope, smooth: Double
    /// Products of the noise at 0, 1 and 2 px.
    var lagged: SIMD4<Double>
  }

  private struct Table: Sendable {
    let entries: [Entry]
    let gradientPower: Double

    init(smoothing: Double, order: SplineOrder) {
      let prefilter = order.prefilter(radius: 20)
      let smooth = [smoothing, 1 - 2 * smoothing, smoothing]
      // The reference's gradients: the five-point difference of `LeastSquaresPatch.load`.
      let slope = convolved([1.0 / 12, -8.0 / 12, 0, 8.0 / 12, -1.0 / 12], smooth)
      gradientPower = energy(slope) * energy(smooth)
      entries = (0...phases).map { index in
        let phase = Double(index) / Double(phases)
        let taps = (-20...20).map { cardinalSpline(phase - Double($0), order, prefilter) }
        return Entry(
          power: energy(taps), slope: energy(convolved(taps, slope)) / energy(slope),
          smooth: energy(convolved(taps, smooth)) / energy(smooth),
          lagged: SIMD4(lagged(taps, 0), lagged(taps, 1), lagged(taps, 2), 0))
      }
    }

    func entry(at position: Double) -> Entry {
      let phase = position - position.rounded(.down), at = phase * Double(phases)
      let index = min(Int(at), phases - 1), part = at - Double(index)
      let a = entries[index], b = entries[index + 1]
      return Entry(
        power: a.power + part * (b.power - a.power), slope: a.slope + part * (b.slope - a.slope),
        smooth: a.smooth + part * (b.smooth - a.smooth), lagged: a.lagged + part * (b.lagged - a.lagged))
    }
  }
}

/// Steps of the tables from one pixel to the next.
private let phases = 64

private func energy(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }

private func lagged(_ values: [Double], _ lag: Int) -> Double {
  zip(values, values.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
}

private func convolved(_ a: [Double], _ b: [Double]) -> [Double] {
  var out = [Double](repeating: 0, count: a.count + b.count - 1)
  for (i, x) in a.enumerated() {
    for (j, y) in b.enumerated() { out[i + j] += x * y }
  }
  return out
}

/// The spline that is 1 at 0 and 0 at all other integers: the prefilter's taps times B-splines at their places.
private func cardinalSpline(_ x: Double, _ order: SplineOrder, _ prefilter: [Double]) -> Double {
  let nearest = Int(x.rounded()), reach = (order.degree + 1) / 2
  var sum = 0.0
  for k in nearest - reach...nearest + reach where abs(k) < prefilter.count {
    sum += prefilter[abs(k)] * basis(x - Double(k), order)
  }
  return sum
}

/// The function whose sums a spline of the order is.
private func basis(_ x: Double, _ order: SplineOrder) -> Double {
  let n = order.degree, share = order.secondDerivative
  if share == 0 { return basisSpline(x, n) }
  let curvature = basisSpline(x - 1, n - 2) - 2 * basisSpline(x, n - 2) + basisSpline(x + 1, n - 2)
  return basisSpline(x, n) + share * curvature
}

/// The B-spline of degree n: Σ (−1)^j C(n + 1, j) max(0, (n + 1) / 2 − |x| − j)^n / n!.
private func basisSpline(_ x: Double, _ n: Int) -> Double {
  var sum = 0.0, binomial = 1.0
  for j in 0...n {
    let base = max(0, Double(n + 1) / 2 - abs(x) - Double(j))
    sum += binomial * (0..<n).reduce(1.0) { power, _ in power * base }
    binomial *= -Double(n + 1 - j) / Double(j + 1)
  }
  return sum / (1...n).reduce(1.0) { $0 * Double($1) }
}
