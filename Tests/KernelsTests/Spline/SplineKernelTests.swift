// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Splines")
struct SplineKernelTests {
  /// Samples of the B-splines at whole pixels, from the middle outward.
  private static let samples: [SplineOrder: [Double]] = [
    .cubic: [4.0 / 6, 1.0 / 6], .quintic: [66.0 / 120, 26.0 / 120, 1.0 / 120],
  ]

  @Test("the prefilter is the inverse of the sampled B-spline within 1e-7", arguments: [SplineOrder.cubic, .quintic])
  func inverse(order: SplineOrder) throws {
    let taps = order.prefilter(radius: 24), samples = try #require(Self.samples[order])
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
    "a template warped by either spline shows a sloping plane, with its slopes, within 1e-3",
    arguments: [SplineOrder.cubic, .quintic], [0.0, 0.013])
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
}
