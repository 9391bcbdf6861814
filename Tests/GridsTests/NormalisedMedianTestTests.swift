// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Testing

@Suite("Normalised median test")
struct NormalisedMedianTestTests {
  /// A field of noise with gaps, unused cells and wrong vectors; the same for the same seed.
  private static func field(_ rows: Int, _ columns: Int, seed: UInt64) -> (Grid<Float>, Grid<Float>, Mask) {
    var state = seed
    func random() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    var dx = Grid<Float>(rows: rows, columns: columns, filledWith: 0), dy = dx
    var isUsed = Mask(rows: rows, columns: columns, filledWith: true)
    for index in dx.cells.indices {
      // Coarse steps, so that there are ties.
      dx.cells[index] = (random() * 16).rounded() / 16 + (random() < 0.05 ? 3 : 0)
      dy.cells[index] = random() - (random() < 0.02 ? 5 : 0)
      if random() < 0.1 { dx.cells[index] = .nan }
      if random() < 0.03 { dy.cells[index] = .infinity }
      if random() < 0.2 { isUsed.cells[index] = false }
    }
    return (dx, dy, isUsed)
  }

  /// The definition, cell by cell, by sorting.
  private static func outliers(
    _ test: NormalisedMedianTest, _ dx: Grid<Float>, _ dy: Grid<Float>, _ isUsed: Mask
  ) -> Mask {
    func residual(_ value: Float, _ neighbours: [Float]) -> Float {
      func middle(_ values: [Float]) -> Float {
        let sorted = values.sorted(), half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
      }
      let centre = middle(neighbours)
      return (value - centre) / (middle(neighbours.map { abs($0 - centre) }) + Float(test.noiseLevel))
    }
    var out = isUsed.map { _ in false }
    for row in 0..<dx.rows {
      for column in 0..<dx.columns where isUsed[row, column] {
        var x: [Float] = [], y: [Float] = []
        for i in -test.radius...test.radius {
          for j in -test.radius...test.radius where i != 0 || j != 0 {
            let r = row + i * test.step, c = column + j * test.step
            guard r >= 0, c >= 0, r < dx.rows, c < dx.columns, isUsed[r, c], dx[r, c].isFinite, dy[r, c].isFinite
            else { continue }
            x.append(dx[r, c])
            y.append(dy[r, c])
          }
        }
        guard x.count >= test.minimumNeighbours else { continue }
        let u = residual(dx[row, column], x), v = residual(dy[row, column], y)
        out[row, column] = !(u * u + v * v <= Float(test.threshold * test.threshold))
      }
    }
    return out
  }

  @Test("lanes give what the definition gives, for any window, step and width", arguments: [1, 2, 3, 5], [1, 3])
  func definition(radius: Int, step: Int) {
    for (rows, columns) in [(41, 53), (7, 3), (1, 24)] {
      let (dx, dy, isUsed) = Self.field(rows, columns, seed: UInt64(radius * 10 + step))
      let test = NormalisedMedianTest(
        radius: radius, step: step, threshold: 2.5, noiseLevel: 0.1, minimumNeighbours: 4)
      let found = test.outliers(dx: dx, dy: dy, isUsed: isUsed)
      #expect(found == Self.outliers(test, dx, dy, isUsed), "\(rows) × \(columns)")
      if rows == 41 { #expect(found.cells.count { $0 } > 30) }
    }
  }

  @Test(
    "how long a cell takes",
    .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to anything"),
    arguments: [1, 2, 3])
  func measure(radius: Int) {
    let (dx, dy, isUsed) = Self.field(1000, 1000, seed: 1)
    let test = NormalisedMedianTest(radius: radius, threshold: 3, noiseLevel: 0.1, minimumNeighbours: 4)
    var least = Double.infinity
    for _ in 0..<3 {
      let begin = clock()
      _ = test.outliers(dx: dx, dy: dy, isUsed: isUsed)
      least = min(least, Double(clock() - begin) / Double(CLOCKS_PER_SEC))
    }
    print("median test, radius \(radius): \((least * 1e4).rounded() / 10) ns a cell")
  }

  @Test("some rows of a field read the same as among all of them", arguments: [0..<5, 13..<14, 20..<41, 38..<60])
  func rows(rows: Range<Int>) {
    let (dx, dy, isUsed) = Self.field(41, 53, seed: 7)
    let test = NormalisedMedianTest(radius: 2, step: 3, threshold: 2, noiseLevel: 0.1, minimumNeighbours: 4)
    let whole = test.outliers(dx: dx, dy: dy, isUsed: isUsed)
    let part = test.outliers(dx: dx, dy: dy, isUsed: isUsed, rows: rows)
    #expect(whole.cells.contains(true))
    for row in 0..<41 {
      for column in 0..<53 { #expect(part[row, column] == (rows.contains(row) && whole[row, column])) }
    }
  }
}
