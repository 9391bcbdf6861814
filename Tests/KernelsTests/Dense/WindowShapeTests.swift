// SPDX-License-Identifier: Apache-2.0
import Foundation
import Kernels
import Testing

@Suite("Window shapes")
struct WindowShapeTests {
  @Test("a box weighs all of its pixels alike and is its own square")
  func box() {
    let box = WindowShape.box(half: 12)
    #expect(box.weights.count == 25 && box.weights.allSatisfy { abs($0 - 1 / 25.0) < 1e-15 })
    #expect(abs(box.noiseEquivalentSide - 25) < 1e-12 && abs(box.variance - (625 - 1) / 12) < 1e-9)
    #expect(box.squared == box)
  }

  @Test(
    "a Gaussian has the noise of its box within 4 % and lies within 10 % of its height of exp(-x²/2σ²)",
    arguments: [10, 12, 15, 25, 50, 100, 200])
  func gaussian(half: Int) {
    let shape = WindowShape.gaussian(half: half), weights = shape.weights, sigma = shape.variance.squareRoot()
    #expect(abs(weights.reduce(0, +) - 1) < 1e-12)
    #expect(abs(shape.noiseEquivalentSide / Double(2 * half + 1) - 1) < 0.04)
    let height = 1 / (sigma * (2 * Double.pi).squareRoot())
    // Means of four pixels: single weights alternate by the part of a cell by which the box of pixels is too long.
    for k in stride(from: -shape.reach, through: shape.reach - 3, by: 1) {
      let mean = (0..<4).reduce(0) { $0 + weights[k + $1 + shape.reach] } / 4, x = Double(k) + 1.5
      #expect(abs(mean - height * exp(-x * x / (2 * sigma * sigma))) < 0.1 * height, "at \(x) px")
    }
  }

  @Test("the shape of a Gaussian's squares has their second moment within 6 %", arguments: [8, 12, 25, 50, 100])
  func squares(half: Int) {
    let shape = WindowShape.gaussian(half: half), squares = shape.weights.map { $0 * $0 }
    let moment = squares.enumerated().reduce(0) { sum, w in
      sum + w.element * pow(Double(w.offset - shape.reach), 2)
    }
    #expect(abs(shape.squared.variance / (moment / squares.reduce(0, +)) - 1) < 0.06)
  }

  @Test("weights on the lattice add up to the noise-equivalent side in lattice steps", arguments: [12, 25, 50])
  func lattice(half: Int) {
    let shape = WindowShape.gaussian(half: half), weights = shape.latticeWeights
    #expect(weights.count % 2 == 1 && weights == Array(weights.reversed()))
    #expect(abs(Double(weights.reduce(0, +)) - shape.noiseEquivalentSide / 4) < 1e-4)
    let radius = weights.count / 2
    let moment = zip(-radius...radius, weights).reduce(0.0) { $0 + 16 * Double($1.0 * $1.0) * Double($1.1) }
    #expect(abs(moment / (shape.noiseEquivalentSide / 4) / shape.variance - 1) < 0.08)
  }
}
