// SPDX-License-Identifier: Apache-2.0
import Deformation
import Foundation
import Grids
import Simulation
import Testing

@Suite("Fault offset")
struct FaultOffsetTests {
  private let rows = 160, columns = 200

  /// Cells of 10 m, row 0 in the north.
  private func position(_ row: Int, _ column: Int) -> SIMD2<Double> { SIMD2(10 * Double(column), -10 * Double(row)) }

  /// A fault from the south-west to the north-east through the middle.
  private let vertices = [SIMD2(300.0, -1500), SIMD2(1700.0, -100)]

  /// Motion of a straight fault with a gradient on both sides; `slip` is right-lateral.
  private func motion(
    slip: Double, opening: Double, noise: (Int, Int) -> SIMD2<Double> = { _, _ in SIMD2(0, 0) }
  ) -> (east: Grid<Float>, north: Grid<Float>) {
    var east = Grid<Float>(rows: rows, columns: columns, filledWith: 0), north = east
    let t = SIMD2(1.0, 1) / 2.0.squareRoot(), right = SIMD2(t.y, -t.x)
    for row in 0..<rows {
      for column in 0..<columns {
        let across = ((position(row, column) - vertices[0]) * right).sum()
        let side = across > 0 ? 0.5 : -0.5
        let moved = -side * slip * t + side * opening * right + across * 1e-4 * t + noise(row, column)
        (east[row, column], north[row, column]) = (Float(moved.x), Float(moved.y))
      }
    }
    return (east, north)
  }

  private func measured(_ field: (east: Grid<Float>, north: Grid<Float>), _ line: [SIMD2<Double>]) throws
    -> FaultOffset
  {
    FaultOffset(
      east: field.east, north: field.north, cell: 10, along: try #require(FaultLine(line)), position: position)
  }

  @Test("an exact step comes out in every stretch, right-lateral slip and opening positive")
  func exact() throws {
    let found = try measured(motion(slip: 1.2, opening: 0.3), vertices)
    #expect(found.stretches.count == 2)
    for stretch in found.stretches + [found.whole] {
      #expect(abs(stretch.slip - 1.2) < 1e-5 && abs(stretch.opening - 0.3) < 1e-5, "\(stretch)")
      #expect(stretch.slipSigma < 1e-5)
    }
  }

  @Test("the direction in which the line is drawn changes no sign")
  func reversed() throws {
    let found = try measured(motion(slip: 1.2, opening: 0.3), vertices.reversed())
    #expect(abs(found.whole.slip - 1.2) < 1e-5 && abs(found.whole.opening - 0.3) < 1e-5, "\(found.whole)")
  }

  @Test("one point in twenty may be wrong")
  func outliers() throws {
    let field = motion(slip: 1.2, opening: 0) { row, column in
      (row * 31 + column * 17) % 20 == 0 ? SIMD2(8, -5) : SIMD2(0.01 * sin(Double(row * column)), 0)
    }
    let found = try measured(field, vertices)
    #expect(abs(found.whole.slip - 1.2) < 0.01, "\(found.whole)")
  }

  @Test("errors that neighbours share lie within the stated sigma as often as they should")
  func calibrated() throws {
    var within = 0, all = 0
    for seed in 0..<12 {
      var random = SeededRandom(seed: UInt64(seed))
      // White noise through a window of 5 cells, as matching gives it.
      func field() -> Grid<Float> {
        let wide = columns + 4
        let white = (0..<(rows + 4) * wide).map { _ in Float(random.normalPair().0) }
        let across = (0..<(rows + 4) * columns).map { index -> Float in
          let first = index / columns * wide + index % columns
          return white[first..<first + 5].reduce(0, +) / 5
        }
        return Grid(
          rows: rows, columns: columns,
          cells: (0..<rows * columns).map { index in
            (0..<5).reduce(Float(0)) { $0 + across[index + $1 * columns] } / 5
          })
      }
      let east = field(), north = field()
      let found = try measured(
        motion(slip: 1, opening: 0) { SIMD2(Double(east[$0, $1]), Double(north[$0, $1])) }, vertices)
      for stretch in found.stretches {
        all += 2
        if abs(stretch.slip - 1) <= stretch.slipSigma { within += 1 }
        if abs(stretch.opening) <= stretch.openingSigma { within += 1 }
      }
    }
    // 48 offsets whose errors are told from eight slices: t of 7 degrees of freedom holds 65 % in one sigma.
    let share = Double(within) / Double(all)
    #expect((0.55...0.76).contains(share), "\(share)")
  }

  @Test("a stretch without points, and a line without length, say so")
  func nothing() throws {
    var field = motion(slip: 1, opening: 0)
    for index in field.east.cells.indices where index % columns > columns / 2 { field.east.cells[index] = .nan }
    let found = try measured(field, vertices)
    #expect(found.stretches.last?.slip.isNaN == true && found.stretches[0].slip.isFinite)
    #expect(FaultLine([SIMD2(1, 1), SIMD2(1, 1)]) == nil)
  }
}
