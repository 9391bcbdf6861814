// SPDX-License-Identifier: Apache-2.0
import Correction
import Grids
import Simulation
import Testing

@Suite("Filters of fields")
struct FieldFilterTests {
  static func field(_ vectors: [(Float, Float)], columns: Int = 1) -> OffsetGrids {
    OffsetGrids(
      dx: Grid(rows: vectors.count / columns, columns: columns, cells: vectors.map(\.0)),
      dy: Grid(rows: vectors.count / columns, columns: columns, cells: vectors.map(\.1)))
  }

  @Test("the amplitude is the length of the vector; missing vectors are not counted as rejected")
  func amplitude() {
    let scene = CorrectionScene(field: Self.field([(6, 8), (6, 8.1), (-11, 0), (.nan, 0)]))
    let result = AmplitudeFilter().filtered(scene)
    #expect(result.rejectedCount == 2 && result.measuredCount == 3 && result.isApplied)
    #expect(result.filtered.dx.cells.map(\.isNaN) == [false, true, true, true])
    #expect(result.filtered.dy.cells.map(\.isNaN) == [false, true, true, false])
  }

  @Test(
    "on ground that falls to the right, vectors within 45° of right stay, short ones and those on flat ground too")
  func slope() {
    var height = Grid<Float>(rows: 5, columns: 5, filledWith: 0)
    for r in 0..<5 { for c in 0..<5 { height[r, c] = -5 * Float(c) } }
    for (vector, isKept) in [
      ((Float(1), Float(0.98)), true), ((1, 1.02), false), ((1, -0.98), true), ((-1, 0), false), ((-0.1, 0), true),
    ] {
      let field = OffsetGrids(
        dx: Grid(rows: 5, columns: 5, filledWith: vector.0), dy: Grid(rows: 5, columns: 5, filledWith: vector.1))
      var scene = CorrectionScene(field: field, height: height, cellSize: 10)
      #expect(SlopeDirectionFilter().filtered(scene).filtered.dx[2, 2].isFinite == isKept, "\(vector)")
      scene.height = height.map { $0 * 0.1 }
      #expect(SlopeDirectionFilter().filtered(scene).filtered.dx[2, 2].isFinite, "flatter than 5°")
      scene.height = nil
      #expect(!SlopeDirectionFilter().filtered(scene).isApplied)
      let flat = Grid<Float>(rows: 5, columns: 5, filledWith: 0), falling = flat.map { _ in Float(-0.5) }
      let given = SlopeDirectionFilter(rises: (right: falling, down: flat))
      #expect(given.filtered(scene).filtered.dx[2, 2].isFinite == isKept, "\(vector)")
      let unknown = SlopeDirectionFilter(rises: (right: flat.map { _ in .nan }, down: flat))
      #expect(unknown.filtered(scene).filtered.dx[2, 2].isFinite)
    }
  }

  @Test("neighbours further apart see through a cluster of wrong vectors that hides from its own")
  func clusters() {
    var random = SeededRandom(seed: 4)
    var dx = Grid<Float>(rows: 60, columns: 60, filledWith: 0)
    for index in dx.cells.indices { dx.cells[index] = 0.05 * Float(random.normalPair().0) }
    for r in 20..<26 { for c in 30..<36 { dx[r, c] += 3 } }
    let scene = CorrectionScene(field: OffsetGrids(dx: dx, dy: dx))
    var p = MedianFilter.Parameters()
    p.medianRadius = 2
    #expect(MedianFilter(parameters: p).filtered(scene).filtered.dx[23, 33].isFinite)
    p.medianStep = 4
    let result = MedianFilter(parameters: p).filtered(scene)
    #expect(result.rejectedCount == 36 && result.filtered.dx[23, 33].isNaN)
  }

  @Test("a vector that the way back does not confirm is taken out")
  func roundTrip() {
    let forward = OffsetGrids(
      dx: Grid(rows: 8, columns: 8, filledWith: 0.5), dy: Grid(rows: 8, columns: 8, filledWith: 0))
    var backward = OffsetGrids(dx: forward.dx.map { -$0 }, dy: forward.dy)
    backward.dx[4, 4] = 3
    let result = RoundTripFilter(backward: backward, spacing: 1000).filtered(CorrectionScene(field: forward))
    #expect(result.rejectedCount == 1 && result.filtered.dx[4, 4].isNaN)
  }
}
