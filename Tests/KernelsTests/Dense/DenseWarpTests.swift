// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels
import Testing

@Suite("Warp by quintic splines")
struct DenseWarpTests {
  static let size = 96
  static let slack = 16

  /// A texture that is known between its pixels, no wave shorter than four pixels.
  static func scene(_ row: Double, _ column: Double) -> Double {
    0.9 * sin(1.5 * column + 0.4 * row) + 0.7 * cos(1.2 * row - 0.9 * column) + sin(0.31 * column - 0.17 * row)
  }

  /// The scene with a border of `slack`, as coefficients.
  static let coefficients: PaddedImage = {
    let side = size + 2 * slack
    let image = DenseFixtures.image(rows: side, columns: side) {
      Float(scene(Double($0 - slack), Double($1 - slack)))
    }
    let out = PaddedImage(rows: side, columns: side, padding: 32)
    DenseFilters.splineCoefficients(image.view, into: out.view, pool: nil)
    return out
  }()

  /// Warps with a field given at pixels; returns the largest difference from the scene, and from `other` if given.
  static func warp(_ field: (_ row: Double, _ column: Double) -> (u: Double, v: Double)) -> (
    error: Double, image: PaddedImage
  ) {
    let lattice = size / 4, stride = lattice + 8, plane = (lattice + 1) * stride
    let storage = FloatBuffer(count: 2 * plane)
    for row in 0...lattice {
      for column in 0..<stride {
        let d = field(Double(4 * row), Double(4 * column))
        storage.base[row * stride + column] = Float(d.u)
        storage.base[plane + row * stride + column] = Float(d.v)
      }
    }
    let mask = DenseFixtures.image(rows: size, columns: size) { _, _ in 1 }
    let out = PaddedImage(rows: size, columns: size, padding: 32)
    DenseWarp.run(
      coefficients.view, originColumn: slack, originRow: slack,
      field: .init(u: storage.base, v: storage.base + plane, stride: stride), mask: mask.view, into: out.view)
    withExtendedLifetime((storage, mask)) {}
    var worst = 0.0
    for row in 4..<size - 4 {
      for column in 4..<size - 4 {
        let d = field(Double(row), Double(column))
        let expected = scene(Double(row) + d.v, Double(column) + d.u)
        worst = max(worst, abs(DenseFixtures.value(out, row, column) - expected))
      }
    }
    return (worst, out)
  }

  @Test(
    "at whole pixels the interpolation gives the samples back within 1.5e-5 of the amplitude",
    arguments: [(0.0, 0.0), (3, -5), (-7, 2)])
  func wholePixels(u: Double, v: Double) {
    let worst = Self.warp { _, _ in (u, v) }.error
    #expect(worst < 3.9e-5, "largest difference \(worst)")
  }

  @Test(
    "shifts between pixels are right within 0.2 % of the amplitude for waves of four pixels",
    arguments: [0.1, 0.25, 0.4, 0.5, 0.6, 0.8, 0.95])
  func subPixel(shift: Double) {
    let worst = Self.warp { _, _ in (shift, 1 - 0.7 * shift) }.error
    #expect(worst < 0.002 * 2.6, "largest difference \(worst)")
  }

  @Test("a field that crosses whole pixels, gently or steeply, is sampled as well as one that does not")
  func crossing() {
    for slope in [0.004, 0.03, 0.4, -0.35] {
      let worst = Self.warp { row, column in (slope * (column - 48) + 0.01, 0.5 * slope * (row - 48) + 0.02) }.error
      // The steep ones leave the array.
      if abs(slope) < 0.1 { #expect(worst < 0.006 * 2.6, "largest difference \(worst) at slope \(slope)") }
    }
    let steep = Self.warp { row, column in (0.3 * (column - 48) + 0.2, -0.25 * (row - 48) + 0.1) }.error
    #expect(steep < 0.006 * 2.6, "largest difference \(steep)")
  }
}
