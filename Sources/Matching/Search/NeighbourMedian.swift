// SPDX-License-Identifier: Apache-2.0
import Grids

/// Comparison of a vector field with the medians of its neighbours.
///
/// Source: Westerweel & Scarano 2005 (normalised median test); here with a limit on the neighbours' own spread, so
/// that random vectors do not vouch for each other.
struct NeighbourMedian {
  let dx, dy: Grid<Float>

  /// Cells that agree with at least three of their eight neighbours.
  ///
  /// - Parameter tolerance: difference that is always allowed, px.
  func consistent(among candidates: Mask, tolerance: Float) -> Mask {
    var out = candidates
    for row in 0..<dx.rows {
      for column in 0..<dx.columns where candidates[row, column] {
        let near = values(row, column, 1, candidates, withCentre: false)
        guard near.x.count >= 3 else {
          out[row, column] = false
          continue
        }
        let mx = median(near.x), my = median(near.y)
        let spread = median(zip(near.x, near.y).map { Self.length($0 - mx, $1 - my) })
        let residual = Self.length(dx[row, column] - mx, dy[row, column] - my)
        out[row, column] = spread <= 1.5 * tolerance && residual <= tolerance + 2 * spread
      }
    }
    return out
  }

  /// Medians of the reliable cells within 1, 2, 4, … cells of each: the first neighbourhood with at least three.
  /// `otherwise` where no neighbourhood has any.
  func filled(_ reliable: Mask, otherwise: SIMD2<Float>) -> SearchPrior {
    var x = Grid<Float>(rows: dx.rows, columns: dx.columns, filledWith: otherwise.x)
    var y = Grid<Float>(rows: dx.rows, columns: dx.columns, filledWith: otherwise.y)
    guard reliable.cells.contains(true) else { return SearchPrior(dx: x, dy: y) }
    for row in 0..<dx.rows {
      for column in 0..<dx.columns {
        var reach = 1
        var near = values(row, column, reach, reliable, withCentre: true)
        while near.x.count < 3 && reach < 16 {
          reach *= 2
          near = values(row, column, reach, reliable, withCentre: true)
        }
        if near.x.isEmpty { continue }
        x[row, column] = median(near.x)
        y[row, column] = median(near.y)
      }
    }
    return SearchPrior(dx: x, dy: y)
  }

  private func values(
    _ row: Int, _ column: Int, _ reach: Int, _ mask: Mask, withCentre: Bool
  ) -> (x: [Float], y: [Float]) {
    var x: [Float] = [], y: [Float] = []
    for r in max(0, row - reach)...min(dx.rows - 1, row + reach) {
      for c in max(0, column - reach)...min(dx.columns - 1, column + reach) where mask[r, c] {
        if !withCentre && r == row && c == column { continue }
        x.append(dx[r, c])
        y.append(dy[r, c])
      }
    }
    return (x, y)
  }

  static func length(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }
}
