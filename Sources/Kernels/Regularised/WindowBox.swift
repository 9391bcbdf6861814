// SPDX-License-Identifier: Apache-2.0

/// Sums over square windows around every pixel, at a cost that hardly depends on the window.
package enum WindowBox {
  /// Rows after which column sums begin anew, so that nothing drifts.
  static let anchor = 32
  /// Columns on either side of the image that are summed: at least the largest radius, in whole vectors.
  static let rim = 24

  /// Values of a line with both rims, and what vectors read beyond.
  static func length(columns: Int) -> Int { columns + 4 * rim }

  /// Sums of `source` over windows of `2 radius + 1` pixels.
  ///
  /// Down the columns, a row is added and one is taken off; along the row, runs of 1, 2, 4, … are added in pairs.
  ///
  /// - Parameters:
  ///   - source: padded with at least 32 zeros on every side; its columns are a multiple of eight.
  ///   - radius: at most 15.
  package static func run(_ source: ImageView, radius: Int, into out: ImageView, pool: BufferPool?) {
    let length = length(columns: source.columns)
    let lines = FloatBuffer(count: 5 * length, pool: pool)
    defer { withExtendedLifetime(lines) {} }
    let first = lines.base + rim
    for y in 0..<source.rows {
      let next = source.row(y + radius), last = source.row(y - radius - 1)
      for x in stride(from: -rim, to: source.columns + rim, by: 8) {
        if y % anchor == 0 {
          var sum = Lanes.zero
          for k in max(-radius, -y)...min(radius, source.rows - 1 - y) { sum += source.row(y + k).lanes(at: x) }
          first.store(sum, at: x)
        } else {
          var sum = first.lanes(at: x)
          if y + radius < source.rows { sum += next.lanes(at: x) }
          if y - radius - 1 >= 0 { sum -= last.lanes(at: x) }
          first.store(sum, at: x)
        }
      }
      alongRow(first, length: length, columns: source.columns, radius: radius, into: out.row(y))
    }
  }

  /// Sums over runs of `2 radius + 1` values around every column of one line.
  ///
  /// - Parameter first: the line at column 0, `length` before the place for its sums of 2, 4, 8 and 16 values; `rim`
  ///   values on either side are read.
  static func alongRow(
    _ first: UnsafeMutablePointer<Float>, length: Int, columns: Int, radius: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let width = 2 * radius + 1
    var run = 1, line = first
    while 2 * run <= width {
      let twice = line + length
      for x in stride(from: -rim, to: columns + rim, by: 8) {
        twice.store(line.lanes(at: x) + line.lanes(at: x + run), at: x)
      }
      run *= 2
      line = twice
    }
    for x in stride(from: 0, to: columns, by: 8) {
      var sum = Lanes.zero, at = x - radius, size = run, part = line
      while true {
        if at + size <= x + radius + 1 {
          sum += part.lanes(at: at)
          at += size
        }
        if size == 1 { break }
        size /= 2
        part -= length
      }
      out.store(sum, at: x)
    }
  }
}
