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
    var near = Neighbours()
    for row in 0..<dx.rows {
      for column in 0..<dx.columns where candidates[row, column] {
        near.collect(self, row, column, 1, candidates, withCentre: false)
        guard near.count >= 3 else {
          out[row, column] = false
          continue
        }
        let middle = near.median()
        let spread = near.spread(about: middle)
        let residual = Self.length(dx[row, column] - middle.x, dy[row, column] - middle.y)
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
    var near = Neighbours()
    for row in 0..<dx.rows {
      for column in 0..<dx.columns {
        var reach = 1
        near.collect(self, row, column, reach, reliable, withCentre: true)
        while near.count < 3 && reach < 16 {
          reach *= 2
          near.collect(self, row, column, reach, reliable, withCentre: true)
        }
        if near.count == 0 { continue }
        let middle = near.median()
        x[row, column] = middle.x
        y[row, column] = middle.y
      }
    }
    return SearchPrior(dx: x, dy: y)
  }

  static func length(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }
}

/// The vectors around a cell; kept from cell to cell so that nothing is allocated.
private struct Neighbours {
  private var x: [Float] = [], y: [Float] = [], work: [Float] = []

  var count: Int { x.count }

  mutating func collect(
    _ field: NeighbourMedian, _ row: Int, _ column: Int, _ reach: Int, _ mask: Mask, withCentre: Bool
  ) {
    x.removeAll(keepingCapacity: true)
    y.removeAll(keepingCapacity: true)
    for r in max(0, row - reach)...min(mask.rows - 1, row + reach) {
      for c in max(0, column - reach)...min(mask.columns - 1, column + reach) where mask[r, c] {
        if !withCentre && r == row && c == column { continue }
        x.append(field.dx[r, c])
        y.append(field.dy[r, c])
      }
    }
  }

  mutating func median() -> SIMD2<Float> {
    SIMD2(middle { $0.x }, middle { $0.y })
  }

  mutating func spread(about centre: SIMD2<Float>) -> Float {
    middle { own in own.x.indices.map { NeighbourMedian.length(own.x[$0] - centre.x, own.y[$0] - centre.y) } }
  }

  private mutating func middle(_ values: (Neighbours) -> [Float]) -> Float {
    work = values(self)
    work.sort()
    let half = work.count / 2
    return work.count % 2 == 1 ? work[half] : (work[half - 1] + work[half]) / 2
  }
}
