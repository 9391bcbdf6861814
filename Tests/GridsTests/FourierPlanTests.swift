// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Testing

@Suite("Fourier transform")
struct FourierPlanTests {
  static func noise(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
  }

  static let lengths = [2, 3, 4, 5, 6, 8, 15, 16, 30, 36, 45, 60, 64, 90, 96, 100, 125, 128, 243, 360, 480]

  @Test("equals the direct sum within 1e-6 of the signal's norm", arguments: lengths)
  func directSum(length: Int) {
    let re = Self.noise(length, seed: 1), im = Self.noise(length, seed: 2)
    let got = FourierPlan(length: length).transform(real: re, imaginary: im)
    let energy = (re + im).map { Double($0) * Double($0) }
    let norm = energy.reduce(0, +).squareRoot()
    for k in 0..<length {
      var sr = 0.0, si = 0.0
      for j in 0..<length {
        let angle = -2 * Double.pi * Double(j * k % length) / Double(length)
        sr += Double(re[j]) * cos(angle) - Double(im[j]) * sin(angle)
        si += Double(re[j]) * sin(angle) + Double(im[j]) * cos(angle)
      }
      #expect(abs(Double(got.real[k]) - sr) <= 1e-6 * norm)
      #expect(abs(Double(got.imaginary[k]) - si) <= 1e-6 * norm)
    }
  }

  @Test("comes back from the spectrum within 1e-6", arguments: lengths)
  func roundTrip(length: Int) {
    let re = Self.noise(length, seed: 3), im = Self.noise(length, seed: 4)
    let plan = FourierPlan(length: length)
    let spectrum = plan.transform(real: re, imaginary: im)
    let back = plan.transform(real: spectrum.real, imaginary: spectrum.imaginary, isInverse: true)
    for k in 0..<length {
      #expect(abs(back.real[k] - re[k]) <= 1e-6)
      #expect(abs(back.imaginary[k] - im[k]) <= 1e-6)
    }
  }

  @Test("keeps the energy (Parseval) within 1e-6 of it")
  func parseval() {
    let re = Self.noise(480, seed: 5)
    let spectrum = FourierPlan(length: 480).transform(real: re)
    let energy = re.map { Double($0 * $0) }.reduce(0, +)
    var sum = 0.0
    for k in 0...240 {
      let power =
        Double(spectrum.real[k]) * Double(spectrum.real[k])
        + Double(spectrum.imaginary[k]) * Double(spectrum.imaginary[k])
      sum += k == 0 || k == 240 ? power : 2 * power
    }
    #expect(abs(sum / 480 / energy - 1) < 1e-6)
  }

  @Test("correlates two images like the direct sum, within 1e-5 of the largest value")
  func correlation() {
    let rows = 30, columns = 36
    let plan = FourierPlan2D(rows: rows, columns: columns)
    let a = Self.noise(rows * columns, seed: 6), b = Self.noise(rows * columns, seed: 7)
    var x = [Float](repeating: 0, count: plan.count), y = x, re = x, im = x
    var work = [Float](repeating: 0, count: plan.workCount)
    for r in 0..<rows {
      for c in 0..<columns {
        x[r * plan.stride + c] = a[r * columns + c]
        y[r * plan.stride + c] = b[r * columns + c]
      }
    }
    re.withUnsafeMutableBufferPointer { re in
      im.withUnsafeMutableBufferPointer { im in
        plan.correlate(a: &x, b: &y, spectrum: (re.baseAddress!, im.baseAddress!), work: &work)
      }
    }
    let scale = Float(rows * columns)
    for (v, u) in [(0, 0), (1, 0), (0, 1), (7, 35), (29, 18), (15, 3)] {
      var sum = 0.0
      for r in 0..<rows {
        for c in 0..<columns {
          sum += Double(a[r * columns + c]) * Double(b[(r + v) % rows * columns + (c + u) % columns])
        }
      }
      #expect(abs(Double(x[v * plan.stride + u] / scale) - sum) < 1e-5 * 90)
    }
  }

  @Test(
    "takes the next even length made of 2, 3 and 5", arguments: [(83, 90), (97, 100), (51, 54), (64, 64), (1, 2)])
  func fastLength(least: Int, expected: Int) {
    #expect(FourierPlan.fastLength(atLeast: least) == expected)
  }
}
