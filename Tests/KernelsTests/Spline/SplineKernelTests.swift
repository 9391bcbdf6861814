// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels
import Testing

@Suite("Splines")
struct SplineKernelTests {
  /// The functions at whole pixels, from the middle outward; the second derivative of β⁵ there is -1, 1/3, 1/6.
  private static let samples: [SplineOrder: [Double]] = [
    .cubic: [4.0 / 6, 1.0 / 6], .quintic: [66.0 / 120, 26.0 / 120, 1.0 / 120],
    .quinticMOMS: [66.0 / 120 - 0.06, 26.0 / 120 + 0.02, 1.0 / 120 + 0.01],
  ]

  @Test("the prefilter is the inverse of the sampled function within 1e-7", arguments: SplineOrder.allCases)
  func inverse(order: SplineOrder) throws {
    let taps = order.prefilter(radius: 32), samples = try #require(Self.samples[order])
    func at(_ values: [Double], _ k: Int) -> Double { abs(k) < values.count ? values[abs(k)] : 0 }
    for k in -20...20 {
      let sum = (-3...3).reduce(0.0) { $0 + at(samples, $1) * at(taps, k - $1) }
      #expect(abs(sum - (k == 0 ? 1 : 0)) < 1e-7, "lag \(k): \(sum)")
    }
    #expect(abs(taps[0] + 2 * taps.dropFirst().reduce(0, +) - 1) < 1e-12)
  }

  @Test(
    "a symmetric filter gives what plain sums give, within 1e-5, whatever its radius and the columns",
    arguments: [(0, 8), (1, 13), (3, 16), (8, 9), (16, 25)])
  func filter(radius: Int, columns: Int) {
    let rows = 5, margin = SymmetricFilter.margin(radius: radius)
    let taps = (0...radius).map { 1 / Float(2 + $0 * $0) }
    let image = DenseFixtures.noise(rows: rows + 2 * radius, columns: columns + 2 * margin + 8, seed: 3)
    let stride = image.view.stride, corner = image.view.row(radius) + margin
    for isFused in [false, true] {
      var out = [Float](repeating: 0, count: rows * 32)
      var line = [Float](repeating: 0, count: SymmetricFilter.lineLength(columns: columns, radius: radius))
      SymmetricFilter.run(
        corner, stride: stride, taps: taps, rows: rows, columns: columns, into: &out, targetStride: 32, line: &line,
        isFused: isFused)
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for i in -radius...radius {
            for j in -radius...radius {
              sum += Double(taps[abs(i)] * taps[abs(j)]) * Double(corner[(row + i) * stride + column + j])
            }
          }
          #expect(abs(Double(out[row * 32 + column]) - sum) < 1e-5, "row \(row), column \(column)")
        }
      }
    }
    withExtendedLifetime(image) {}
  }

  @Test(
    "a template warped by any spline shows a sloping plane, with its slopes, within 1e-3",
    arguments: SplineOrder.allCases, [0.0, 0.013])
  func warp(order: SplineOrder, strain: Float) {
    // The spline of a plane is the plane, and its coefficients are its values.
    let side = 96, scale = order.denominator * order.denominator
    let plane = (0..<side * side).map { (2 * Float($0 % side) - 3 * Float($0 / side)) / scale }
    let patch = LeastSquaresPatch(half: 9)
    defer { patch.deallocate() }
    patch.weight.update(repeating: 1, count: patch.side * patch.stride)
    plane.withUnsafeBufferPointer { cells in
      patch.sample(
        LeastSquaresWarp(
          order: order, origin: cells.baseAddress! + 48 * side + 48, stride: side, u: 0.3, ux: strain, uy: -strain,
          v: 0.6, vx: strain, vy: 0, level: 10, valid: nil))
    }
    for row in 0..<patch.side {
      for column in 0..<patch.side {
        let x = Float(column - 9), y = Float(row - 9)
        let east = 48.3 + x + strain * x - strain * y, down = 48.6 + y + strain * x
        let at = row * patch.stride + column
        #expect(abs(patch.warped[at] - (2 * east - 3 * down - 10)) < 1e-3)
        #expect(abs(patch.warpedX[at] - (2 * (1 + strain) - 3 * strain)) < 1e-3)
        #expect(abs(patch.warpedY[at] - (-2 * strain - 3)) < 1e-3)
      }
    }
  }

  @Test(
    "a wave of 0.35 cycles a pixel keeps its share of the function's spectrum, the MOMS without its image at 0.65",
    arguments: [0.0, 0.2, 0.5, 0.7])
  func image(phase: Float) {
    // Coefficients that are a wave make a sum of waves, one for each whole frequency added, each with the spectrum of
    // the function there: sinc⁶ (1 - γ ω²).
    func spectrum(_ frequency: Double, _ share: Double) -> Double {
      let omega = 2 * Double.pi * frequency, sinc = sin(omega / 2) / (omega / 2)
      return pow(sinc, 6) * (1 - share * omega * omega)
    }
    #expect(abs(spectrum(0.65, 0.06)) < 1e-4 * spectrum(0.35, 0.06) && spectrum(0.65, 0) > 0.02 * spectrum(0.35, 0))
    let side = 96, scale = 120.0 * 120
    let wave = (0..<side * side).map { Float(cos(2 * .pi * 0.35 * Double($0 % side - 48)) / scale) }
    for (order, share) in [(SplineOrder.quintic, 0.0), (.quinticMOMS, 0.06)] {
      let patch = LeastSquaresPatch(half: 9)
      defer { patch.deallocate() }
      wave.withUnsafeBufferPointer { cells in
        patch.sample(
          LeastSquaresWarp(
            order: order, origin: cells.baseAddress! + 48 * side + 48, stride: side, u: phase, ux: 0, uy: 0, v: 0.3,
            vx: 0, vy: 0, level: 0, valid: nil))
      }
      for column in 0..<patch.side {
        let x = Double(column - 9) + Double(phase)
        let expected = (-9...9).reduce(0.0) { sum, whole in
          let frequency = 0.35 + Double(whole)
          return sum + spectrum(frequency, share) * cos(2 * .pi * frequency * x)
        }
        #expect(abs(Double(patch.warped[column]) - expected) < 1e-5, "\(order), column \(column)")
      }
    }
  }
}
