// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels
import Matching
import Simulation
import Testing

@Suite("Sigma of rank flow")
struct FlowGainsTests {
  @Test("what a fit hides of the residuals is what sums of white noise show", arguments: [(0, 4), (2, 4), (6, 25)])
  func loss(cell: Int, radius: Int) {
    // On a ring of n × n values: the noise less its mean over the window, summed over cells.
    let n = 128
    var random = SeededRandom(seed: 7)
    let noise = Grid(rows: n, columns: n, cells: (0..<n * n).map { _ in Float(random.uniform() - 0.5) })
    func summed(_ grid: Grid<Float>, _ half: Int) -> Grid<Float> {
      func along(_ grid: Grid<Float>) -> Grid<Float> {
        var out = grid
        for y in 0..<n {
          for x in 0..<n { out[x, y] = (-half...half).reduce(0) { $0 + grid[y, (x + $1 + n) % n] } }
        }
        return out
      }
      return along(along(grid))
    }
    func power(_ grid: Grid<Float>) -> Double { grid.cells.reduce(0) { $0 + Double($1) * Double($1) } }
    let side = Float(2 * radius + 1), mean = summed(noise, radius)
    let left = Grid(rows: n, columns: n, cells: zip(noise.cells, mean.cells).map { $0 - $1 / (side * side) })
    let share = power(summed(left, cell)) / power(summed(noise, cell))
    #expect(abs(FlowGains.loss(cell: cell, radius: radius) / share - 1) < 0.05)
  }

  @Test("gains are 1 where gradients have no noise, and grow with it")
  func gains() {
    let gains = FlowGains(radii: [32, 25], cell: 0), loss = Float(FlowGains.loss(cell: 0, radius: 25))
    let shares: [Float] = [1, 0.9, 0.65, 0.5, 0.3, 0.2, 0.1, 0.1]
    let g = gains.at(Lanes(shares))
    #expect(abs(g.noise[0] * loss - 1) < 1e-4)
    for j in 1..<7 {
      #expect(g.noise[j] > g.noise[j - 1] && g.change[j] > g.change[j - 1] && g.departure[j] > g.departure[j - 1])
    }
    // Ratios of errors to the plain sandwich, seen on pairs with truth at these shares: 1.2² and 1.6².
    #expect(abs(g.noise[2] - 1.44) < 0.1 && abs(g.noise[5] - 2.5) < 0.3)
  }

  @Test(
    "errors are as large as sigma says within a quarter, in noise and without, with large and small windows",
    arguments: [(FieldKind.affine, 0.01), (.affine, 0.1), (.glacier, 0), (.glacier, 0.01)], [[16, 12], [8, 4]])
  func calibration(scene: (kind: FieldKind, noise: Double), radii: [Int]) {
    let side = 320, pair = DenseScene.pair(scene.kind, side: side, noise: scene.noise, seed: 11)
    let slack = DenseScene.slack
    let secondary = pair.secondary.cropped(to: Window(row: slack, column: slack, rows: side, columns: side))
    let field = RankFlow.match(
      reference: pair.reference, secondary: secondary, parameters: RankFlowTests.parameters(radii))
    var squares = 0.0, within = 0.0, count = 0.0
    for row in 24..<side - 24 {
      for column in 24..<side - 24 {
        let truth = pair.truth(Double(row), Double(column))
        let x = (Double(field.dx[row, column]) - truth.dx) / Double(field.dxSigma[row, column])
        let y = (Double(field.dy[row, column]) - truth.dy) / Double(field.dySigma[row, column])
        squares += x * x + y * y
        within += (abs(x) < 1 ? 1 : 0) + (abs(y) < 1 ? 1 : 0)
        count += 2
      }
    }
    let ratio = (squares / count).squareRoot(), share = within / count
    #expect(ratio > 0.8 && ratio < 1.25, "error over sigma \(ratio)")
    #expect(share > 0.58 && share < 0.8, "within one sigma \(share)")
  }
}
