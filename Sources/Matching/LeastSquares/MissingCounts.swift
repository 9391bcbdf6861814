// SPDX-License-Identifier: Apache-2.0
import Grids

/// How many pixels are missing above and left of each corner of an image: tells at once whether a rectangle is complete.
struct MissingCounts: Sendable {
  /// (rows + 1) × (columns + 1); empty where no pixel is missing.
  private let table: [Int32]
  private let rows, columns: Int

  /// Distance to missing pixels, px, that samples of the secondary keep beyond their inner four taps. The fill of a
  /// missing pixel reaches every sample: by 0.03 of its error at 2.5 px and 0.003 at 4.5.
  private static let halo = 3

  init(_ image: Grid<Float>, hasMissing: Bool) {
    (rows, columns) = (image.rows, image.columns)
    guard hasMissing else {
      table = []
      return
    }
    let width = image.columns + 1
    var table = [Int32](repeating: 0, count: width * (image.rows + 1))
    for row in 0..<image.rows {
      var line: Int32 = 0
      for column in 0..<image.columns {
        line += image[row, column].isFinite ? 0 : 1
        table[(row + 1) * width + column + 1] = table[row * width + column + 1] + line
      }
    }
    self.table = table
  }

  var isEmpty: Bool { table.isEmpty }

  /// Whether no pixel is missing in the rectangle, ends included, nor within the halo around it.
  func isComplete(_ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>) -> Bool {
    let top = max(0, rows.lowerBound - Self.halo), bottom = min(self.rows, rows.upperBound + 1 + Self.halo)
    let left = max(0, columns.lowerBound - Self.halo), right = min(self.columns, columns.upperBound + 1 + Self.halo)
    return count(top..<bottom, left..<right) == 0
  }

  /// Whether every pixel is missing in the rectangle, which lies inside the image.
  func isEmpty(_ rows: Range<Int>, _ columns: Range<Int>) -> Bool {
    count(rows, columns) == rows.count * columns.count
  }

  private func count(_ rows: Range<Int>, _ columns: Range<Int>) -> Int {
    let width = self.columns + 1, top = rows.lowerBound * width, bottom = rows.upperBound * width
    let left = columns.lowerBound, right = columns.upperBound
    return Int(table[bottom + right] - table[bottom + left] - table[top + right] + table[top + left])
  }
}
