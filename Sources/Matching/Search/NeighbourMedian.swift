// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

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
    forEachRow(candidates, withCentre: false) { row, near in
      for column in 0..<dx.columns where candidates[row, column] {
        let spread = near.spread(column)
        let residual = Self.length(dx[row, column] - near.x(column), dy[row, column] - near.y(column))
        out[row, column] =
          near.count(column) >= 3 && spread <= 1.5 * tolerance && residual <= tolerance + 2 * spread
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
    forEachRow(reliable, withCentre: true) { row, near in
      for column in 0..<dx.columns {
        if near.count(column) >= 3 {
          x[row, column] = near.x(column)
          y[row, column] = near.y(column)
        } else if let middle = farMedian(row, column, reliable) {
          x[row, column] = middle.x
          y[row, column] = middle.y
        }
      }
    }
    return SearchPrior(dx: x, dy: y)
  }

  static func length(_ x: Float, _ y: Float) -> Float { (x * x + y * y).squareRoot() }

  /// Median of the vectors within 2, 4, 8 or 16 cells, the first of these with at least three, else of those that are
  /// there; nil where there is none.
  private func farMedian(_ row: Int, _ column: Int, _ mask: Mask) -> SIMD2<Float>? {
    var x: [Float] = [], y: [Float] = [], reach = 1
    repeat {
      reach *= 2
      x.removeAll()
      y.removeAll()
      for r in max(0, row - reach)...min(mask.rows - 1, row + reach) {
        for c in max(0, column - reach)...min(mask.columns - 1, column + reach) where mask[r, c] {
          x.append(dx[r, c])
          y.append(dy[r, c])
        }
      }
    } while x.count < 3 && reach < 16
    return x.isEmpty ? nil : SIMD2(median(x), median(y))
  }

  /// Calls `body` with what is around the cells of each row.
  private func forEachRow(_ mask: Mask, withCentre: Bool, _ body: (Int, NearRow) -> Void) {
    let width = (dx.columns + 7) / 8 * 8, stride = width + 16, plane = (dx.rows + 2) * stride
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * plane + 4 * width) { memory in
      memory.initialize(repeating: .infinity)
      let x = memory.baseAddress! + stride + 8, y = x + plane, out = memory.baseAddress! + 2 * plane
      for row in 0..<dx.rows {
        for column in 0..<dx.columns where mask[row, column] {
          x[row * stride + column] = dx[row, column]
          y[row * stride + column] = dy[row, column]
        }
      }
      for row in 0..<dx.rows {
        SearchKernels.neighbourMedians(
          x + row * stride, y + row * stride, stride: stride, columns: dx.columns, withCentre: withCentre, out: out)
        body(row, NearRow(values: out, width: width))
      }
    }
  }

  /// What `SearchKernels.neighbourMedians` found around the cells of one row.
  private struct NearRow {
    let values: UnsafePointer<Float>
    let width: Int

    func count(_ column: Int) -> Float { values[column] }
    func x(_ column: Int) -> Float { values[width + column] }
    func y(_ column: Int) -> Float { values[2 * width + column] }
    func spread(_ column: Int) -> Float { values[3 * width + column] }
  }
}
