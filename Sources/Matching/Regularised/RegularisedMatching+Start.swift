// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

extension RegularisedMatching.Parameters {
  /// The widest range, px, that the coarsest level covers from no offset at all. Deeper pyramids would reach farther, but
  /// ice has little to be known by at an eighth of its size (measured: Perito Moreno's tongue was lost beyond 8 px).
  static let direct = 4

  /// Whether the levels begin at offsets that a search of templates has found.
  var startsFromSearch: Bool { searchRange > Self.direct }
}

extension RegularisedLevel {
  /// Begins at what templates find, no farther than the range.
  ///
  /// - Parameters:
  ///   - block: the tile at full size.
  ///   - level: halvings from there to this level.
  func begin(from block: RegularisedMatching.Block, level: Int) {
    var choices = CoarseSearch.Parameters()
    choices.largestOffset = parameters.searchRange
    let slack = parameters.slack
    let inner = Window(row: slack, column: slack, rows: block.reference.rows, columns: block.reference.columns)
    let found = CoarseSearch.run(
      reference: block.reference, secondary: block.secondary.cropped(to: inner), parameters: choices)
    let scale = Double(1 << level), range = Double(parameters.searchRange)
    func fullSize(_ pixel: Int) -> Double { (Double(pixel) + 0.5) * scale - 0.5 }
    for y in 0..<rows {
      for x in 0..<columns {
        let offset = found.offset(atRow: fullSize(y), column: fullSize(x))
        u.view.row(y)[x] = Float(max(-range, min(range, offset.dx)) / scale)
        v.view.row(y)[x] = Float(max(-range, min(range, offset.dy)) / scale)
      }
    }
  }
}
