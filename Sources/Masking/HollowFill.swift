// SPDX-License-Identifier: Apache-2.0
import Grids

extension Grid where Element == Float {
  /// The grid with every hollow filled to its rim, as rain fills a landscape.
  ///
  /// Beyond the border the ground stands at `borderLevel`: hollows that reach the border are filled to it, and drain
  /// freely with −∞.
  ///
  /// Dark spots in a brightness image, such as shadows, come out as the difference to the original. NaN stays NaN and
  /// lets nothing out: dark ground beside a gap is filled from its other sides.
  ///
  /// Morphological reconstruction by erosion with eight neighbours, raster scans and a queue: Vincent 1993. Cost
  /// O(pixels) for images. Checked by: `HollowFillTests`.
  package func hollowsFilled(borderLevel: Float = -.infinity) -> Grid {
    var filled = map { $0.isNaN ? $0 : Swift.max($0, borderLevel) }
    for row in 0..<rows {
      for column in 0..<columns where row > 0 && column > 0 && row < rows - 1 && column < columns - 1 {
        if !self[row, column].isNaN { filled[row, column] = .infinity }
      }
    }
    for row in 0..<rows {
      for column in 0..<columns { lower(&filled, row, column, from: Self.before) }
    }
    var queue: [Int] = []
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        lower(&filled, row, column, from: Self.after)
        if spills(filled, row, column, to: Self.after) { queue.append(row * columns + column) }
      }
    }
    var next = 0
    while next < queue.count {
      let row = queue[next] / columns, column = queue[next] % columns
      next += 1
      for (dr, dc) in Self.before + Self.after where contains(row + dr, column + dc) {
        let r = row + dr, c = column + dc
        let level = Swift.max(filled[row, column], self[r, c])
        if level < filled[r, c] {
          filled[r, c] = level
          queue.append(r * columns + c)
        }
      }
    }
    return filled
  }

  private static var before: [(Int, Int)] { [(-1, -1), (-1, 0), (-1, 1), (0, -1)] }
  private static var after: [(Int, Int)] { [(0, 1), (1, -1), (1, 0), (1, 1)] }

  private func contains(_ row: Int, _ column: Int) -> Bool {
    row >= 0 && column >= 0 && row < rows && column < columns
  }

  /// Lowers a pixel to the lowest of its neighbours' levels, but not below the ground.
  private func lower(_ filled: inout Grid, _ row: Int, _ column: Int, from neighbours: [(Int, Int)]) {
    let ground = self[row, column]
    guard filled[row, column] > ground else { return }
    var level = filled[row, column]
    for (dr, dc) in neighbours where contains(row + dr, column + dc) {
      let other = filled[row + dr, column + dc]
      if other < level { level = other }
    }
    filled[row, column] = Swift.max(level, ground)
  }

  /// Whether the level of a pixel can still lower one of these neighbours.
  private func spills(_ filled: Grid, _ row: Int, _ column: Int, to neighbours: [(Int, Int)]) -> Bool {
    let own = filled[row, column]
    for (dr, dc) in neighbours where contains(row + dr, column + dc) {
      let other = filled[row + dr, column + dc]
      if other > own && other > self[row + dr, column + dc] { return true }
    }
    return false
  }
}
