// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Simulation
import Testing

@Suite("Dense matching: discontinuities")
struct DenseDiscontinuityTests {
  /// Errors over sigmas and absolute errors of dx and dy at points so many pixels from a fault through the middle.
  private struct Sides {
    var ratios: [Double] = []
    var errors: [Double] = []
    var rootMeanSquareRatio: Double { (ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count)).squareRoot() }
    var medianError: Double { errors.sorted()[errors.count / 2] }
  }

  private static let side = 448

  private static func scene(noise: Double, slip: Double) -> DenseScene.Pair {
    DenseScene.pair(.fault, side: side, displacement: slip, noise: noise) {
      $0.lockingDepth = 0
      $0.direction = 0
    }
  }

  /// Points whose distance from the vertical fault is in the range, away from the border.
  private static func compare(
    _ pair: DenseScene.Pair, _ e: DenseScene.Estimate, distance: ClosedRange<Double>
  ) -> Sides {
    var out = Sides()
    let variances = e.variances
    for (row, column) in DenseScene.points(side, margin: 64) {
      let x = Double(4 * column), fault = (Double(side) - 1) / 2
      guard distance.contains(abs(x - fault)), e.isMeasured(row, column) else { continue }
      let truth = pair.truth(Double(4 * row), x)
      for (index, value) in [truth.dx, truth.dy].enumerated() {
        let grid = [e.dx, e.dy][index], variance = variances[index]
        let error = Double(grid[row, column]) - value
        out.errors.append(abs(error))
        out.ratios.append(error / Double(variance[row, column]).squareRoot())
      }
    }
    return out
  }

  @Test("10 px beside a sharp fault of 3 px the motion is that of its side, with an honest sigma")
  func besideAFault() {
    let pair = Self.scene(noise: 0.01, slip: 3)
    let e = DenseScene.match(pair.reference, pair.secondary, halves: [50, 25, 12], iterations: 3)
    let near = Self.compare(pair, e, distance: 10...40)
    #expect(near.medianError < 0.1, "median error \(near.medianError) px")
    #expect(near.rootMeanSquareRatio < 1.5, "error over sigma \(near.rootMeanSquareRatio)")
  }

  @Test("on the fault, where no side can be told, nine of ten wrong values have a sigma above 0.2 px")
  func onAFault() {
    let pair = Self.scene(noise: 0.01, slip: 3)
    let e = DenseScene.match(pair.reference, pair.secondary, halves: [50, 25, 12], iterations: 3)
    let on = Self.compare(pair, e, distance: 0...4)
    let wrong = on.errors.indices.filter { on.errors[$0] > 0.5 }
    let warned = wrong.count { on.errors[$0] / abs(on.ratios[$0]) > 0.2 }
    #expect(Double(warned) >= 0.9 * Double(wrong.count), "\(warned) of \(wrong.count) wrong values")
  }

  @Test("far from the fault nothing is lost: the large windows stay")
  func farFromAFault() {
    let pair = Self.scene(noise: 0.1, slip: 3)
    let e = DenseScene.match(pair.reference, pair.secondary, halves: [50, 25, 12], iterations: 3)
    let far = Self.compare(pair, e, distance: 120...150)
    #expect(far.medianError < 0.03, "median error \(far.medianError) px")
  }
}
