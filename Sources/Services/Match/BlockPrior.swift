// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

/// The coarse field over a block: a whole-pixel shift for the block and what is left of it.
package struct BlockPrior {
  package let dx, dy: Int
  /// Pixels around the block, after the shift, that the field and its uncertainty reach.
  package let slack: Int
  private let coarse: CoarseStage
  private let window: Window
  private let sign: Double

  package init(_ coarse: CoarseStage, _ window: Window, sign: Double = 1) {
    (self.coarse, self.window, self.sign) = (coarse, window, sign)
    var x: [Double] = [], y: [Double] = []
    let step = max(16, max(window.rows, window.columns) / 24)
    for row in stride(from: window.row, through: window.endRow, by: step) {
      for column in stride(from: window.column, through: window.endColumn, by: step) {
        let d = coarse.offset(row: Double(row), column: Double(column))
        x.append(sign * d.dx)
        y.append(sign * d.dy)
      }
    }
    let unit = Double(DenseMatching.slackStep)
    let wholeX = Int((median(x) / unit).rounded()) * DenseMatching.slackStep
    let wholeY = Int((median(y) / unit).rounded()) * DenseMatching.slackStep
    (dx, dy) = (wholeX, wholeY)
    let spread = zip(x, y).map { max(abs($0 - Double(wholeX)), abs($1 - Double(wholeY))) }.max() ?? 0
    // The field changes between lattice points and the match may correct it by a few pixels.
    slack = Int(((spread + 16) / unit).rounded(.up)) * DenseMatching.slackStep
  }

  /// Offset expected at a pixel of the block, px of the scene.
  package func offset(row: Double, column: Double) -> (dx: Double, dy: Double) {
    let r = row + Double(window.row), c = column + Double(window.column)
    let d = coarse.offset(row: r, column: c)
    guard sign < 0 else { return d }
    // The way back starts where the way there ended.
    let back = coarse.offset(row: r - d.dy, column: c - d.dx)
    return (-back.dx, -back.dy)
  }
}
