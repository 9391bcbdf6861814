// SPDX-License-Identifier: Apache-2.0

/// Sums over the square around every pixel, at a cost that grows with the logarithm of its side.
///
/// A sum over 2ⁿ values is one over the first half plus one over the second, and a side is put together from powers of
/// two. Every sum is the same tree of additions wherever it lies: nothing drifts, as running sums do that add the new and
/// take off the old, and a pixel's bits do not depend on where a tile starts.
package enum SquareSums {
  /// Columns that `down` sums at a time.
  package static let stripWidth = 64

  /// Floats of a line for `along`: `radius` before the first column and after the last, and room for whole vectors.
  package static func lineLength(columns: Int, radius: Int) -> Int { (columns + 7) / 8 * 8 + 2 * radius + 32 }

  /// Sums along a row.
  ///
  /// - Parameters:
  ///   - line: column 0 lies at `radius`; what lies outside the image is set to 0 here, and the rest is used up.
  ///   - out: `columns` sums, rounded up to eights.
  package static func along(
    _ line: UnsafeMutablePointer<Float>, columns: Int, radius: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let length = 2 &* radius &+ 1, count = columns &+ 2 &* radius
    line.update(repeating: 0, count: radius)
    (line + (radius &+ columns)).update(
      repeating: 0, count: lineLength(columns: columns, radius: radius) - radius - columns)
    for x in stride(from: 0, to: columns, by: 8) { out.store(line.lanes(at: x), at: x) }
    var power = 1, done = 1
    while done < length {
      // In place: only what lies further on is read.
      for x in stride(from: 0, to: count &- 2 &* power &+ 1, by: 8) {
        line.store(line.lanes(at: x) + line.lanes(at: x &+ power), at: x)
      }
      power &*= 2
      guard length & power != 0 else { continue }
      for x in stride(from: 0, to: columns, by: 8) {
        out.store(out.lanes(at: x) + line.lanes(at: x &+ done), at: x)
      }
      done &+= power
    }
  }

  /// Floats of scratch memory for `down`.
  package static func workLength(rows: Int, radius: Int) -> Int { (rows + 2 * radius) * stripWidth }

  /// Sums down the columns of a strip.
  ///
  /// - Parameters:
  ///   - plane: its padding must hold a strip that begins in its last column.
  ///   - rows: rows of the results; rows outside the plane count as 0.
  ///   - work: `workLength` floats.
  ///   - out: `rows.count × stripWidth` sums.
  package static func down(
    _ plane: ImageView, column: Int, rows: Range<Int>, radius: Int, work: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let length = 2 &* radius &+ 1, count = rows.count &+ 2 &* radius, width = stripWidth
    for j in 0..<count {
      let y = rows.lowerBound &- radius &+ j, target = work + j &* width
      if y < 0 || y >= plane.rows {
        target.update(repeating: 0, count: width)
      } else {
        let p = plane.row(y) + column
        for k in stride(from: 0, to: width, by: 8) { target.store(p.lanes(at: k), at: k) }
      }
    }
    for j in stride(from: 0, to: rows.count &* width, by: 8) { out.store(work.lanes(at: j), at: j) }
    var power = 1, done = 1
    while done < length {
      let step = power &* width
      for j in stride(from: 0, to: (count &- 2 &* power &+ 1) &* width, by: 8) {
        work.store(work.lanes(at: j) + work.lanes(at: j &+ step), at: j)
      }
      power &*= 2
      guard length & power != 0 else { continue }
      let first = work + done &* width
      for j in stride(from: 0, to: rows.count &* width, by: 8) {
        out.store(out.lanes(at: j) + first.lanes(at: j), at: j)
      }
      done &+= power
    }
  }
}
