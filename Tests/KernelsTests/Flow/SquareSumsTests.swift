// SPDX-License-Identifier: Apache-2.0
import Kernels
import Testing

@Suite("Sums over squares and ranks")
struct SquareSumsTests {
  /// Sums of the plane over squares, by both kernels.
  static func sums(_ image: PaddedImage, radius: Int) -> [[Float]] {
    let rows = image.rows, columns = image.columns
    let plane = PaddedImage(rows: rows, columns: columns, padding: 32)
    let line = FloatBuffer(count: SquareSums.lineLength(columns: columns, radius: radius))
    for y in 0..<rows {
      (line.base + radius).update(from: image.view.row(y), count: columns)
      SquareSums.along(line.base, columns: columns, radius: radius, into: plane.view.row(y))
    }
    var out = Array(repeating: [Float](repeating: 0, count: columns), count: rows)
    let work = FloatBuffer(count: SquareSums.workLength(rows: rows, radius: radius))
    let strip = FloatBuffer(count: rows * SquareSums.stripWidth)
    for column in stride(from: 0, to: columns, by: SquareSums.stripWidth) {
      SquareSums.down(
        plane.view, column: column, rows: 0..<rows, radius: radius, work: work.base, into: strip.base)
      for y in 0..<rows {
        for k in 0..<min(SquareSums.stripWidth, columns - column) {
          out[y][column + k] = strip.base[y * SquareSums.stripWidth + k]
        }
      }
    }
    withExtendedLifetime((plane, line, work, strip)) {}
    return out
  }

  @Test("sums equal those of plain code within 1e-6 of their size", arguments: [1, 2, 3, 4, 7, 8, 12, 25, 32, 64])
  func sums(radius: Int) {
    let rows = 45, columns = 71
    let image = DenseFixtures.image(rows: rows, columns: columns) { Float(($0 * 31 + $1 * 17) % 23) - 7.25 }
    let found = Self.sums(image, radius: radius)
    for y in stride(from: 0, to: rows, by: 4) {
      for x in 0..<columns {
        var expected = 0.0, size = 0.0
        for i in max(0, y - radius)...min(rows - 1, y + radius) {
          for j in max(0, x - radius)...min(columns - 1, x + radius) {
            expected += DenseFixtures.value(image, i, j)
            size += abs(DenseFixtures.value(image, i, j))
          }
        }
        #expect(abs(Double(found[y][x]) - expected) <= 1e-6 * size, "row \(y), column \(x)")
      }
    }
  }

  @Test("a rank is the share of lower less that of higher neighbours; missing pixels are left out")
  func ranks() {
    let rows = 19, columns = 21, radius = 2
    let isMissing: (Int, Int) -> Bool = { $0 == 9 && $1 > 6 && $1 < 12 }
    let image = DenseFixtures.image(rows: rows, columns: columns) { Float(($0 * 7 + $1 * 5) % 11) }
    let validity = DenseFixtures.image(rows: rows, columns: columns) { isMissing($0, $1) ? 0 : 1 }
    let marked = PaddedImage(rows: rows, columns: columns, padding: radius + 8)
    let out = PaddedImage(rows: rows, columns: columns, padding: 8)
    RankTransform.mark(image.view, validity: validity.view, border: radius, into: marked.view)
    RankTransform.run(marked.view, radius: radius, rows: 0..<rows, into: out.view)
    for y in 0..<rows {
      for x in 0..<columns {
        var balance = 0.0, others = -1.0
        for i in max(0, y - radius)...min(rows - 1, y + radius) {
          for j in max(0, x - radius)...min(columns - 1, x + radius) where !isMissing(i, j) {
            let d = DenseFixtures.value(image, y, x) - DenseFixtures.value(image, i, j)
            balance += d > 0 ? 1 : d < 0 ? -1 : 0
            others += 1
          }
        }
        let expected = isMissing(y, x) ? 0 : balance / others
        #expect(abs(DenseFixtures.value(out, y, x) - expected) < 1e-6, "row \(y), column \(x)")
      }
    }
    withExtendedLifetime((image, validity, marked)) {}
  }
}
