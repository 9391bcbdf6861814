// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Where the edges of detectors run.
public enum DetectorEdges {
  /// Rows that an edge needs to have a direction.
  private static let fewestRows = 16

  /// The direction of the track, degrees clockwise from the upward direction of the grid, −90 to 90: that of the edges
  /// between detectors side by side, by least squares over all of them; nil where none is long enough.
  ///
  /// - Parameter detectors: numbers above 0; 0 where none looked.
  public static func trackDirection(_ detectors: Grid<Int32>) -> Double? {
    struct Edge: Hashable { let left, right: Int32 }
    struct Sums {
      var count = 0.0, row = 0.0, column = 0.0, rowRow = 0.0, rowColumn = 0.0
    }
    var edges: [Edge: Sums] = [:]
    for row in 0..<detectors.rows {
      for column in 0..<max(0, detectors.columns - 1) {
        let left = detectors[row, column], right = detectors[row, column + 1]
        guard left > 0, right > 0, left != right else { continue }
        let r = Double(row), c = Double(column) + 0.5
        var sums = edges[Edge(left: left, right: right), default: Sums()]
        sums.count += 1
        sums.row += r
        sums.column += c
        sums.rowRow += r * r
        sums.rowColumn += r * c
        edges[Edge(left: left, right: right)] = sums
      }
    }
    var spread = 0.0, product = 0.0
    for (_, s) in edges.sorted(by: { ($0.key.left, $0.key.right) < ($1.key.left, $1.key.right) })
    where s.count >= Double(fewestRows) {
      spread += s.rowRow - s.row * s.row / s.count
      product += s.rowColumn - s.row * s.column / s.count
    }
    guard spread > Double(fewestRows * fewestRows) else { return nil }
    return atan(-product / spread) * 180 / .pi
  }
}
