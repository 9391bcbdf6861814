// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Kernels
import Matching
import Simulation
import Testing

@Suite("Dense matching: properties")
struct DensePropertyTests {
  static let side = 192
  static let pair = DenseScene.pair(.glacier, side: side, noise: 0.01)

  /// Largest difference of the offsets of two estimates over the points that `isMeant` picks.
  static func largestDifference(
    _ a: DenseScene.Estimate, _ b: DenseScene.Estimate,
    where isMeant: (_ row: Int, _ column: Int) -> Bool = { _, _ in true }
  ) -> Float {
    var worst: Float = 0
    for row in 0..<a.dx.rows {
      for column in 0..<a.dx.columns where isMeant(row, column) {
        worst = max(worst, abs(a.dx[row, column] - b.dx[row, column]), abs(a.dy[row, column] - b.dy[row, column]))
      }
    }
    return worst
  }

  @Test("the same call gives the same bits, whatever memory held before")
  func repeatable() {
    let a = DenseScene.match(Self.pair.reference, Self.pair.secondary, halves: [25, 12])
    _ = DenseScene.match(DenseScene.pair(.fault, side: 96).reference, Self.pad(96), halves: [12])
    let b = DenseScene.match(Self.pair.reference, Self.pair.secondary, halves: [25, 12])
    for (x, y) in zip(a.layers, b.layers) { #expect(x == y) }
  }

  @Test("four matches at a time, which share memory, give the same bits as one", arguments: WindowWeights.allCases)
  func threads(weights: WindowWeights) async {
    func layers() -> [Grid<Float>] {
      DenseScene.match(Self.pair.reference, Self.pair.secondary, halves: [25, 12], weights: weights).layers
    }
    let expected = layers()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { layers() == expected } }
      for await isSame in group { #expect(isSame) }
    }
  }

  static func pad(_ side: Int) -> Grid<Float> { DenseScene.pair(.affine, side: side).secondary }

  @Test(
    "gain and offset of an image change no offset by more than 1e-4 px",
    arguments: [(3 as Float, 1000 as Float), (0.01, -5)])
  func radiometry(gain: Float, offset: Float) {
    let a = DenseScene.match(Self.pair.reference, Self.pair.secondary)
    let b = DenseScene.match(Self.pair.reference, Self.pair.secondary.map { gain * $0 + offset })
    #expect(Self.largestDifference(a, b) < 1e-4)
  }

  @Test("16-bit values with a large mean give the same sigma within 1 %")
  func sixteenBit() {
    let a = DenseScene.match(Self.pair.reference, Self.pair.secondary)
    let b = DenseScene.match(
      Self.pair.reference.map { 60 * $0 + 40_000 }, Self.pair.secondary.map { 60 * $0 + 40_000 })
    #expect(Self.largestDifference(a, b) < 2e-4)
    for (row, column) in DenseScene.points(Self.side, margin: 8) {
      let ratio = a.variances[0][row, column] / b.variances[0][row, column]
      #expect(ratio > 0.98 && ratio < 1.02)
    }
  }

  @Test("a hole leaves points beyond its reach as they were within 1e-4 px, and points inside unmeasured")
  func hole() {
    var reference = Self.pair.reference
    for row in 120..<192 { for column in 120..<192 { reference[row, column] = .nan } }
    let a = DenseScene.match(Self.pair.reference, Self.pair.secondary, halves: [8], levels: 1)
    let b = DenseScene.match(reference, Self.pair.secondary, halves: [8], levels: 1)
    // Three warps of windows of 8 px, each after a plane fit of the same size, and rims of two pixels.
    let reach = 120 - 5 * 8 - 4
    #expect(Self.largestDifference(a, b) { 4 * $0 < reach || 4 * $1 < reach } < 1e-4)
    #expect(!b.isMeasured(40, 40) && !b.isMeasured(33, 47))
    #expect(a.isMeasured(40, 40) && b.isMeasured(28, 28))
  }

  @Test("a hole in the secondary leaves its points unmeasured, and no wrong values beside it")
  func holeInSecondary() {
    var secondary = Self.pair.secondary
    for row in 90..<150 { for column in 90..<150 { secondary[row, column] = .nan } }
    let e = DenseScene.match(Self.pair.reference, secondary, halves: [12], levels: 2)
    #expect(!e.isMeasured((120 - DenseScene.slack) / 4, (120 - DenseScene.slack) / 4))
    for (row, column) in DenseScene.points(Self.side, margin: 12) where e.isMeasured(row, column) {
      let t = Self.pair.truth(Double(4 * row), Double(4 * column))
      #expect(abs(Double(e.dx[row, column]) - t.dx) < 0.3 && abs(Double(e.dy[row, column]) - t.dy) < 0.3)
    }
  }

  @Test("swapped images give the inverse offsets within three sigma at 98 % of the points")
  func swap() {
    let inner = Window(row: DenseScene.slack, column: DenseScene.slack, rows: Self.side, columns: Self.side)
    let secondary = Self.pair.secondary.cropped(to: inner)
    let forward = DenseScene.match(Self.pair.reference, DenseScene.padded(secondary))
    let backward = DenseScene.match(secondary, DenseScene.padded(Self.pair.reference))
    var inside = 0, total = 0
    for (row, column) in DenseScene.points(Self.side, margin: 24) {
      let dx = forward.dx[row, column], dy = forward.dy[row, column]
      // Backward field at x + d(x), by its own gradient.
      let g = backward.gradients.map { $0[row, column] }
      let bx = backward.dx[row, column] + g[0] * dx + g[1] * dy
      let by = backward.dy[row, column] + g[2] * dx + g[3] * dy
      let variance = forward.variances[0][row, column] + forward.variances[1][row, column]
      total += 1
      if (dx + bx) * (dx + bx) + (dy + by) * (dy + by) < 9 * variance { inside += 1 }
    }
    #expect(Double(inside) > 0.98 * Double(total), "\(inside) of \(total)")
  }

  @Test("a constant image has no measured point")
  func constant() {
    let flat = Grid<Float>(rows: 64, columns: 64, filledWith: 7)
    let e = DenseScene.match(flat, DenseScene.padded(flat), halves: [8], levels: 2)
    #expect(e.error.cells.allSatisfy { $0 == .infinity })
  }

  @Test(
    "noise gains: one solution's noise at rho 1, more below, and what a window mean leaves is less",
    arguments: [WindowShape.box(half: 25), .gaussian(half: 25)])
  func noiseGain(window: WindowShape) {
    for iterations in 1...4 {
      let table = NoiseGain.forIterations(iterations, window).table
      func gains(_ rho: Double) -> ArraySlice<Float> {
        let index = Int((20 * rho).rounded())
        return table[8 * index..<8 * index + 8]
      }
      let one = Array(gains(1)), half = Array(gains(0.5)), none = Array(gains(0))
      // With rho 1 every iteration starts anew: d = S n. A Gaussian's fit hides 8.6 % of the noise's variance (computed
      // apart, over frequencies to 40 pi).
      let expected: Float = window.spreads.isEmpty ? 1 : 1 / 0.914,
        tolerance: Float = window.spreads.isEmpty ? 1e-5 : 0.01
      #expect(abs(one[0] - expected) < tolerance && abs(one[1] - expected) < tolerance)
      #expect(half[0] > one[0] && none[0] > half[0])
      // With rho 0 nothing is fed back but all noise adds up: at most as often as there are increments.
      #expect(none[0] < Float((iterations + 1) * (iterations + 1)))
      #expect(one[2] < one[0] && one[3] < one[1])
    }
    #expect(NoiseGain.forIterations(3, window).table[0] > NoiseGain.forIterations(2, window).table[0])
  }
}
