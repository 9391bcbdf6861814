// SPDX-License-Identifier: Apache-2.0
import Grids

/// A first estimate of the offsets of a pair: where finer methods start, and how far they must look.
public struct CoarseField: Sendable {
  /// Position of cell (0, 0) in the full-size image, px; cells are `spacing` px apart.
  public let originRow, originColumn, spacing: Double
  /// Offsets in full-size px, + right and + down: medians of the reliable cells near by. Never NaN.
  public let dx, dy: Grid<Float>
  /// Cells whose own match agrees with its neighbours.
  public let reliable: Mask
  /// Correlation of each cell's own match; NaN where there is none.
  public let ncc: Grid<Float>
  /// How far around `offset(atRow:column:)` the true offset may lie, px: from the spread of the reliable cells
  /// about the field.
  public let searchRadius: Int

  /// Share of the cells with content that are reliable; 0 when nothing could be matched, and the field is 0 then.
  public let reliableShare: Double

  package init(
    originRow: Double, originColumn: Double, spacing: Double, dx: Grid<Float>, dy: Grid<Float>, reliable: Mask,
    ncc: Grid<Float>, searchRadius: Int, reliableShare: Double
  ) {
    (self.originRow, self.originColumn, self.spacing) = (originRow, originColumn, spacing)
    (self.dx, self.dy, self.reliable, self.ncc) = (dx, dy, reliable, ncc)
    (self.searchRadius, self.reliableShare) = (searchRadius, reliableShare)
  }

  /// Offset at a full-size position by bilinear interpolation; the nearest cell's beyond the outermost cells.
  public func offset(atRow row: Double, column: Double) -> (dx: Double, dy: Double) {
    guard dx.rows > 0, dx.columns > 0 else { return (0, 0) }
    let y = max(0, min(Double(dx.rows - 1), (row - originRow) / spacing))
    let x = max(0, min(Double(dx.columns - 1), (column - originColumn) / spacing))
    let r = min(Int(y), max(0, dx.rows - 2)), c = min(Int(x), max(0, dx.columns - 2))
    let below = min(r + 1, dx.rows - 1), right = min(c + 1, dx.columns - 1)
    let fy = y - Double(r), fx = x - Double(c)
    func mix(_ grid: Grid<Float>) -> Double {
      let top = Double(grid[r, c]) * (1 - fx) + Double(grid[r, right]) * fx
      let bottom = Double(grid[below, c]) * (1 - fx) + Double(grid[below, right]) * fx
      return top * (1 - fy) + bottom * fy
    }
    return (mix(dx), mix(dy))
  }

  /// The field at the points of a lattice, as the prior of a search.
  public func prior(for lattice: SearchLattice) -> SearchPrior {
    var x = Grid<Float>(rows: lattice.rows, columns: lattice.columns, filledWith: 0)
    var y = x
    for row in 0..<lattice.rows {
      for column in 0..<lattice.columns {
        let pixel = lattice.pixel(row: row, column: column)
        let offset = offset(atRow: Double(pixel.row), column: Double(pixel.column))
        x[row, column] = Float(offset.dx)
        y[row, column] = Float(offset.dy)
      }
    }
    return SearchPrior(dx: x, dy: y)
  }
}
