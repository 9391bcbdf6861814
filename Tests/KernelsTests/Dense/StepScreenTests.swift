// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Dense kernels: steps in a field")
struct StepScreenTests {
  private static let rows = 40, columns = 48, stride = 56

  /// Marks of a field whose dx and its change per pixel depend on the column, with a sigma of 0.01 px.
  private func marks(
    steepness: Float, dx: (Int) -> Float, slope: (Int) -> Float
  ) -> [Bool] {
    let plane = Self.rows * Self.stride
    let storage = FloatBuffer(count: CandidateChoice.layers * plane, pool: nil)
    let out = FloatBuffer(count: plane + 8, pool: nil)
    for row in 0..<Self.rows {
      for column in 0..<Self.columns {
        let at = row * Self.stride + column
        storage.base[at] = dx(column)
        storage.base[plane + at] = slope(column)
        for variance in [10, 11] { storage.base[variance * plane + at] = 1e-4 }
      }
    }
    let screen = StepScreen(
      .init(base: storage.base, plane: plane), rows: Self.rows, columns: Self.columns, stride: Self.stride,
      least: 0.05, significance: 4)
    for (down, right) in [(0, 8), (8, 0), (8, 8), (8, -8)] {
      screen.mark(down: down, right: right, steepness: steepness, into: out.base)
    }
    return (0..<Self.columns).map { out.base[20 * Self.stride + $0] > 0 }
  }

  @Test("points within reach of a step of 1 px are marked, others are not")
  func step() {
    let marks = marks(steepness: 0, dx: { $0 < 24 ? 0 : 1 }, slope: { _ in 0 })
    for column in 8..<32 {
      #expect(marks[column] == (16..<32).contains(column), "column \(column)")
    }
  }

  @Test("a parabola marks nothing: both neighbours miss it alike")
  func parabola() {
    let marks = marks(
      steepness: 0, dx: { 0.0005 * Float(16 * $0 * $0) }, slope: { 0.001 * Float(4 * $0) })
    #expect(!marks[8..<40].contains(true))
  }

  @Test("a cubic is a step by the neighbours alone, but not by its own slope")
  func cubic() {
    func x(_ column: Int) -> Float { 4 * Float(column - 24) }
    let cubic: (Float) -> [Bool] = { steepness in
      self.marks(
        steepness: steepness, dx: { 1e-5 * x($0) * x($0) * x($0) }, slope: { 3e-5 * x($0) * x($0) })
    }
    #expect(cubic(0)[16..<32].allSatisfy { $0 })
    #expect(!cubic(1.5)[16..<32].contains(true))
  }
}
