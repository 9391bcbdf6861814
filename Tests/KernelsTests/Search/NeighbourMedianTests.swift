// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Medians of neighbours")
struct NeighbourMedianKernelTests {
  @Test(
    "the medians of up to nine neighbours are those of their sorted values, whichever are missing",
    arguments: [true, false])
  func medians(withCentre: Bool) {
    let rows = 40, columns = 21, stride = 48, width = 24
    var random = SeededNumbers(state: withCentre ? 3 : 7)
    var x = [Float](repeating: .infinity, count: (rows + 2) * stride), y = x
    let cell = { (row: Int, column: Int) in (row + 1) * stride + column + 8 }
    for row in 0..<rows {
      // From rows full of vectors to rows with hardly any.
      for column in 0..<columns where random.next() * Float(rows) > Float(row) - 2 {
        x[cell(row, column)] = 8 * random.next() - 4
        y[cell(row, column)] = (8 * random.next() - 4).rounded()
      }
    }
    var out = [Float](repeating: .nan, count: 4 * width)
    for row in 0..<rows {
      x.withUnsafeBufferPointer { x in
        y.withUnsafeBufferPointer { y in
          SearchKernels.neighbourMedians(
            x.baseAddress! + cell(row, 0), y.baseAddress! + cell(row, 0), stride: stride, columns: columns,
            withCentre: withCentre, out: &out)
        }
      }
      for column in 0..<columns {
        var near: [(x: Float, y: Float)] = []
        for r in -1...1 {
          for c in -1...1 where withCentre || r != 0 || c != 0 {
            let at = cell(row + r, column + c)
            if x[at] < .infinity { near.append((x[at], y[at])) }
          }
        }
        #expect(out[column] == Float(near.count))
        guard !near.isEmpty else { continue }
        let middleX = median(near.map(\.x)), middleY = median(near.map(\.y))
        #expect(out[width + column] == middleX && out[2 * width + column] == middleY)
        let distances = near.map { ($0.x - middleX) * ($0.x - middleX) + ($0.y - middleY) * ($0.y - middleY) }
        #expect(out[3 * width + column] == median(distances.map { $0.squareRoot() }))
      }
    }
  }

  private func median(_ values: [Float]) -> Float {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// Numbers in 0 ..< 1 from a linear congruence: the same in every run.
private struct SeededNumbers {
  var state: UInt64

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24)
  }
}
