// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels
import Testing

@Suite("Doubt about interpolation") struct InterpolationDoubtTests {
  private static let size = 128, padding = 40

  /// Squared amplitudes for a wave of so many cycles a pixel along rows.
  private static func doubt(frequency: Double, hole: Bool = false) -> (x: Float, y: Float) {
    let stride = size + 2 * padding
    func plane(_ value: (Int, Int) -> Float) -> (FloatBuffer, ImageView) {
      let buffer = FloatBuffer(count: stride * stride, pool: nil)
      for row in -padding..<size + padding {
        for column in -padding..<size + padding {
          buffer.base[(row + padding) * stride + column + padding] = value(row, column)
        }
      }
      let first = buffer.base + padding * stride + padding
      return (buffer, ImageView(base: first, rows: size, columns: size, stride: stride))
    }
    func isValid(_ row: Int, _ column: Int) -> Bool { !hole || column < 60 || column > 67 }
    func wave(_ column: Int) -> Float { Float(sin(2 * Double.pi * frequency * Double(column))) }
    let values = plane { row, column in isValid(row, column) ? wave(column) : 0 }
    let validity = plane { row, column in isValid(row, column) ? 1 : 0 }
    let gx = plane { _, column in (wave(column + 1) - wave(column - 1)) / 2 }
    let gy = plane { _, _ in 0 }
    defer { withExtendedLifetime((values.0, validity.0, gx.0, gy.0)) {} }
    return InterpolationDoubt.squaredAmplitudes(values.1, validity: validity.1, gx: gx.1, gy: gy.1)
  }

  /// What two interpolations of a wave differ by, as a shift: their answers at its frequency, whose imaginary parts stand
  /// for the slope, over what central differences make of the slope.
  @Test("is the shift between both interpolations of a wave", arguments: [0.1, 0.25, 0.35, 0.4])
  func wave(frequency: Double) {
    func answer(_ second: Double) -> Double {
      // The sampled function's transform, at the frequency and where it folds from, over the sum of both at the pixels.
      func transform(_ f: Double) -> Double {
        let w = 2 * Double.pi * f
        return pow(sin(w / 2) / (w / 2), 6) * (1 - second * w * w)
      }
      let copies = -40...40
      let total = copies.reduce(0) { $0 + transform(frequency + Double($1)) }
      return copies.reduce(0) { sum, k in
        sum + transform(frequency + Double(k)) / total * sin(2 * Double.pi * (frequency + Double(k)) / 4)
      }
    }
    let shift = (answer(0.06) - answer(0)) / sin(2 * Double.pi * frequency)
    let found = Self.doubt(frequency: frequency)
    #expect(abs(Double(found.x.squareRoot()) - abs(shift)) < 0.01 * abs(shift) + 2e-6)
    #expect(found.y == 0)
  }

  @Test("does not see the rim of what is missing")
  func hole() {
    let whole = Self.doubt(frequency: 0.1), pierced = Self.doubt(frequency: 0.1, hole: true)
    #expect(abs(whole.x.squareRoot() - pierced.x.squareRoot()) < 2e-6)
  }
}
