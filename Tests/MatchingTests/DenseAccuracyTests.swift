// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Simulation
import Testing

@Suite("Dense matching: accuracy")
struct DenseAccuracyTests {
  /// A texture that is known between its pixels: waves from 5 to 60 px in all directions, amplitude like 1/f.
  struct Waves {
    private let waves: [(row: Double, column: Double, phase: Double, amplitude: Double)]

    init(seed: UInt64) {
      var random = SeededRandom(seed: seed)
      waves = (0..<36).map { index in
        let length = 5 * exp(Double(index) / 35 * log(12)), angle = 2 * Double.pi * random.uniform()
        let k = 2 * Double.pi / length
        return (k * sin(angle), k * cos(angle), 2 * Double.pi * random.uniform(), length.squareRoot())
      }
    }

    func image(side: Int, border: Int, shift: (dx: Double, dy: Double)) -> Grid<Float> {
      let n = side + 2 * border
      var cells: [Float] = []
      for row in 0..<n {
        for column in 0..<n {
          let y = Double(row - border) - shift.dy, x = Double(column - border) - shift.dx
          cells.append(Float(waves.reduce(0) { $0 + $1.amplitude * sin($1.row * y + $1.column * x + $1.phase) }))
        }
      }
      return Grid(rows: n, columns: n, cells: cells)
    }
  }

  @Test("noise-free shifts of 0 to 1 px come back with a bias below 0.0003 px", arguments: [0, 0.2, 0.35, 0.5, 0.8])
  func bias(shift: Double) {
    let waves = Waves(seed: 3), side = 128
    let e = DenseScene.match(
      waves.image(side: side, border: 0, shift: (0, 0)),
      waves.image(side: side, border: DenseScene.slack, shift: (shift, 0.6 - shift)), halves: [15], levels: 2)
    var sumX = 0.0, sumY = 0.0, count = 0.0
    for (row, column) in DenseScene.points(side, margin: 28) {
      sumX += Double(e.dx[row, column]) - shift
      sumY += Double(e.dy[row, column]) - (0.6 - shift)
      count += 1
    }
    #expect(abs(sumX / count) < 0.0003, "bias of dx \(sumX / count)")
    #expect(abs(sumY / count) < 0.0003, "bias of dy \(sumY / count)")
  }

  @Test("an affine field comes back within 0.005 px and 3e-4 px/px everywhere inside")
  func affine() {
    let side = 192, pair = DenseScene.pair(.affine, side: side, displacement: 2.5)
    let e = DenseScene.match(pair.reference, pair.secondary)
    var worst = 0.0, worstGradient = 0.0
    for (row, column) in DenseScene.points(side, margin: 24) {
      let t = pair.truth(Double(4 * row), Double(4 * column))
      worst = max(worst, abs(Double(e.dx[row, column]) - t.dx), abs(Double(e.dy[row, column]) - t.dy))
      for (g, truth) in zip(e.gradients, [t.dxPerColumn, t.dxPerRow, t.dyPerColumn, t.dyPerRow]) {
        worstGradient = max(worstGradient, abs(Double(g[row, column]) - truth))
      }
    }
    #expect(worst < 0.005, "largest error \(worst)")
    #expect(worstGradient < 3e-4, "largest error of a gradient \(worstGradient)")
  }

  @Test(
    "RMS of error over sigma lies in 0.9...1.1 for offsets and gradients of an affine field at two noise levels, fixed and automatic window, with weights",
    arguments: [(0.01, WindowWeights.box), (0.1, .box), (0.01, .gaussian), (0.1, .gaussian)], [[15], [50, 25, 12]])
  func calibration(kind: (noise: Double, weights: WindowWeights), halves: [Int]) {
    var offsets = 0.0, gradients = 0.0, count = 0.0
    for seed in 1...3 {
      let side = 320, pair = DenseScene.pair(.affine, side: side, displacement: 1.5, noise: kind.noise, seed: seed)
      let e = DenseScene.match(pair.reference, pair.secondary, halves: halves, weights: kind.weights)
      for (row, column) in DenseScene.points(side, margin: 40) {
        let t = pair.truth(Double(4 * row), Double(4 * column))
        for (found, (variance, truth)) in zip([e.dx, e.dy], zip(e.variances, [t.dx, t.dy])) {
          let d = Double(found[row, column]) - truth
          offsets += d * d / Double(variance[row, column]) / 2
        }
        let truths = [t.dxPerColumn, t.dxPerRow, t.dyPerColumn, t.dyPerRow]
        for (found, (variance, truth)) in zip(e.gradients, zip(e.gradientVariances, truths)) {
          let d = Double(found[row, column]) - truth
          gradients += d * d / Double(variance[row, column]) / 4
        }
        count += 1
      }
    }
    let z = ((offsets / count).squareRoot(), (gradients / count).squareRoot())
    #expect(z.0 > 0.9 && z.0 < 1.1, "offsets \(z.0)")
    #expect(z.1 > 0.9 && z.1 < 1.1, "gradients \(z.1)")
  }

  @Test("near a step in the field small windows are chosen, far from it large ones")
  func windowsNearStep() {
    let side = 320
    let pair = DenseScene.pair(.fault, side: side, displacement: 1, noise: 0.01) {
      $0.direction = 0
      $0.lockingDepth = 0
    }
    let e = DenseScene.match(pair.reference, pair.secondary, halves: [50, 25, 12])
    // The trace runs down the middle column.
    func meanWindow(_ columns: ClosedRange<Int>) -> Double {
      var sum = 0.0, count = 0.0
      for row in 20...60 {
        for column in columns {
          sum += Double(e.window[row, column])
          count += 1
        }
      }
      return sum / count
    }
    let near = (meanWindow(31...34) + meanWindow(46...49)) / 2, far = (meanWindow(2...6) + meanWindow(74...78)) / 2
    #expect(near < 45, "mean window 24 to 36 px off \(near)")
    #expect(far > 80, "mean window 136 to 152 px off \(far)")
  }
}
