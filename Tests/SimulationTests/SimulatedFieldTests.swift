// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Simulation
import Testing

@Suite("Simulated fields")
struct SimulatedFieldTests {
  static func parameters(_ kind: FieldKind) -> PairSimulator.Parameters {
    var p = PairSimulator.Parameters()
    p.field = kind
    p.maximumDisplacement = 4
    return p
  }

  static func field(_ kind: FieldKind) -> SimulatedField {
    SimulatedField(rows: 400, columns: 500, parameters: parameters(kind))
  }

  @Test("gradients equal central differences within 2e-7 px/px", arguments: FieldKind.allCases)
  func gradients(kind: FieldKind) {
    let field = Self.field(kind), h = 1e-4
    var random = SeededRandom(seed: 5)
    for _ in 0..<500 {
      let row = 400 * random.uniform(), column = 500 * random.uniform()
      let d = field.sample(row: row, column: column)
      let r = field.sample(row: row, column: column + h), l = field.sample(row: row, column: column - h)
      let b = field.sample(row: row + h, column: column), t = field.sample(row: row - h, column: column)
      #expect(abs((r.dx - l.dx) / (2 * h) - d.dxPerColumn) < 2e-7)
      #expect(abs((b.dx - t.dx) / (2 * h) - d.dxPerRow) < 2e-7)
      #expect(abs((r.dy - l.dy) / (2 * h) - d.dyPerColumn) < 2e-7)
      #expect(abs((b.dy - t.dy) / (2 * h) - d.dyPerRow) < 2e-7)
    }
  }

  @Test("the largest displacement is the chosen one within 1 %", arguments: FieldKind.allCases)
  func amplitude(kind: FieldKind) {
    let truth = Self.field(kind).truth(in: Window(row: 0, column: 0, rows: 400, columns: 500))
    let largest = zip(truth.dx.cells, truth.dy.cells).map { ($0 * $0 + $1 * $1).squareRoot() }.max()!
    #expect(abs(largest - 4) < 0.04)
  }

  @Test("the inverse meets its position within 1e-9 px", arguments: FieldKind.allCases)
  func inverse(kind: FieldKind) {
    let field = Self.field(kind)
    var random = SeededRandom(seed: 6)
    for _ in 0..<2000 {
      let row = 400 * random.uniform(), column = 500 * random.uniform()
      let p = field.origin(row: row, column: column)
      let d = field.sample(row: p.row, column: p.column)
      #expect(p.isSeen)
      #expect(abs(p.row + d.dy - row) < 1e-9 && abs(p.column + d.dx - column) < 1e-9)
    }
  }

  @Test("the steepest gradient of an affine field is its own within 1e-12, and grows with the amplitude")
  func steepest() {
    let d = Self.field(.affine).sample(row: 3, column: 4)
    let squares = [d.dxPerColumn, d.dxPerRow, d.dyPerColumn, d.dyPerRow].map { $0 * $0 }
    #expect(abs(Self.field(.affine).steepestGradient - squares.reduce(0, +).squareRoot()) < 1e-12)
    var p = Self.parameters(.landslide)
    p.maximumDisplacement = 60
    #expect(SimulatedField(rows: 400, columns: 500, parameters: p).steepestGradient > 1)
    #expect(Self.field(.landslide).steepestGradient < 0.5)
  }

  @Test("a glacier's margins and the ground around a landslide do not move at all")
  func stillGround() {
    for kind in [FieldKind.glacier, .landslide] {
      let d = Self.field(kind).sample(row: 0, column: 499)
      #expect(d.dx == 0 && d.dy == 0 && d.dxPerColumn == 0)
    }
  }

  @Test("motion to an azimuth of 90° is dx > 0 without dy, to 0° it is dy < 0 without dx")
  func direction() {
    var p = Self.parameters(.glacier)
    p.direction = 90
    var d = SimulatedField(rows: 400, columns: 500, parameters: p).sample(row: 199.5, column: 249.5)
    #expect(d.dx > 1 && abs(d.dy) < 1e-12)
    p.direction = 0
    d = SimulatedField(rows: 400, columns: 500, parameters: p).sample(row: 199.5, column: 249.5)
    #expect(d.dy < -1 && abs(d.dx) < 1e-12)
  }

  @Test("a sharp fault is exact on both sides; where it opens, the gap of 2 px is marked as not seen")
  func sharpFault() {
    var p = Self.parameters(.fault)
    p.lockingDepth = 0
    p.direction = 0
    p.maximumDisplacement = 1
    var field = SimulatedField(rows: 101, columns: 101, parameters: p)
    #expect(abs(field.sample(row: 10, column: 80).dy - field.sample(row: 10, column: 20).dy) == 2)
    var seen = (0..<101).map { field.origin(row: 50, column: Double($0)).isSeen }
    #expect(!seen.contains(false))
    // All of the step across the trace: sides move apart by 1/√2 each.
    p.opening = 1
    p.maximumDisplacement = 2.0.squareRoot()
    field = SimulatedField(rows: 101, columns: 101, parameters: p)
    seen = (0..<101).map { field.origin(row: 50, column: Double($0)).isSeen }
    let gap = seen.enumerated().filter { !$0.element }.map(\.offset)
    #expect(gap.contains(50) && gap.count <= 3)
    p.opening = -1
    field = SimulatedField(rows: 101, columns: 101, parameters: p)
    for column in stride(from: 40.0, through: 60, by: 0.37) {
      let q = field.origin(row: 50, column: column), d = field.sample(row: q.row, column: q.column)
      #expect(q.isSeen && abs(q.column + d.dx - column) < 1e-9)
    }
  }
}
