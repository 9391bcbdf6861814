// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Simulation
import Testing

@Suite("Closures")
struct ClosureGridsTests {
  private func field(_ rows: Int, _ columns: Int, _ dx: (Int, Int) -> Float, _ dy: (Int, Int) -> Float) -> OffsetGrids
  {
    var x = Grid<Float>(rows: rows, columns: columns, filledWith: 0), y = x
    for r in 0..<rows { for c in 0..<columns { (x[r, c], y[r, c]) = (dx(r, c), dy(r, c)) } }
    return OffsetGrids(dx: x, dy: y, dxSigma: x.map { _ in 0.3 }, dySigma: x.map { _ in 0.4 })
  }

  @Test("there and back through a field that is linear between the points is exact within 1e-5")
  func linear() {
    // Twelve pixels right are one and a half points; the backward field there is −12 + 0.5 · 1.5.
    let there = field(6, 9, { _, _ in 12 }, { _, _ in 4 })
    let back = field(6, 9, { _, c in -12 + 0.5 * Float(c) }, { r, _ in -4 + 0.25 * Float(r) })
    let closures = ClosureGrids(forward: there, backward: back, spacing: 8)
    #expect(abs(closures.x[2, 3] - 0.5 * 4.5) < 1e-5 && abs(closures.y[2, 3] - 0.25 * 2.5) < 1e-5)
    #expect(abs(closures.xVariance[2, 3] - 0.18) < 1e-6 && abs(closures.yVariance[2, 3] - 0.32) < 1e-6)
    // From column 8 the way leads beyond the last point.
    #expect(closures.x[2, 8].isNaN)
  }

  @Test("parts of any height give the bits of the whole where offsets lead up and down the field at random")
  func parts() {
    var random = SeededRandom(seed: 4)
    let rows = 300, columns = 11
    func noise(_ size: Float) -> Grid<Float> {
      Grid(
        rows: rows, columns: columns,
        cells: (0..<rows * columns).map { _ in
          random.uniform() < 0.05 ? .nan : size * Float(random.uniform() - 0.5)
        })
    }
    let there = OffsetGrids(dx: noise(60), dy: noise(3000)), back = OffsetGrids(dx: noise(9), dy: noise(9))
    let whole = ClosureGrids(forward: there, backward: back, spacing: 8)
    #expect(whole.x.cells.count { $0.isFinite } > rows * columns / 4)
    for height in [1, 7, 100] {
      for first in stride(from: 0, to: rows, by: height) {
        let range = first..<min(rows, first + height)
        var most = 0
        let part = ClosureGrids(forward: there.rows(range), atRow: first, of: rows, spacing: 8) { wanted in
          most = max(most, wanted.count)
          return back.rows(wanted)
        }
        #expect(most <= max(64, height) + 1, "no more than a band is asked for at a time")
        let window = Window(row: first, column: 0, rows: range.count, columns: columns)
        for (a, b) in [(part.x, whole.x), (part.y, whole.y)] {
          #expect(a.cells.map(\.bitPattern) == b.cropped(to: window).cells.map(\.bitPattern))
        }
      }
    }
  }
}
