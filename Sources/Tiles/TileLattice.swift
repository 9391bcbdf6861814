// SPDX-License-Identifier: Apache-2.0
import Grids

/// Where the pixels of a part of a tile lie in a raster: exact on a lattice of nodes, bilinear between.
///
/// The lattice is made finer, from 4 × 4 cells on, until its nodes lie within a twentieth of a tile pixel of where
/// the lattice before would have put them; what remains between the nodes is a quarter of that. Transforming a few
/// hundred points instead of all takes a hundredth of the time. Checked by: `TileLatticeTests`.
struct TileLattice: Sendable {
  /// The pixels of the tile between whose centres the nodes are spread.
  let window: Window
  /// Cells in each direction.
  let cells: Int
  /// Positions in the raster, px (pixel centres at integers), of (cells + 1)² nodes; NaN where there are none.
  let rows, columns: [Double]
  /// Raster pixels to a tile pixel, over the cells that lie in the raster; nil where none does.
  let scale: Double?

  private static let largestError = 0.05
  private static let mostCells = 128

  init(_ window: Window, of tile: GeoTransform, in place: RasterPlace) throws(TilesError) {
    self.window = window
    var cells = 4, nodes = try Self.nodes(window, cells, tile, place)
    while true {
      let finer = try Self.nodes(window, 2 * cells, tile, place)
      let scale = Self.scale(window, 2 * cells, finer, place)
      let error = Self.error(of: nodes, cells, against: finer)
      (cells, nodes) = (2 * cells, finer)
      if cells >= Self.mostCells || cells >= max(window.rows, window.columns)
        || error <= Self.largestError * (scale ?? 1)
      {
        (self.cells, rows, columns, self.scale) = (cells, nodes.rows, nodes.columns, scale)
        return
      }
    }
  }

  private typealias Nodes = (rows: [Double], columns: [Double])

  private static func nodes(
    _ window: Window, _ cells: Int, _ tile: GeoTransform, _ place: RasterPlace
  ) throws(TilesError) -> Nodes {
    var east: [Double] = [], north: [Double] = []
    for i in 0...cells {
      let row = Double(window.row) + Double(window.rows - 1) * Double(i) / Double(cells)
      for j in 0...cells {
        let column = Double(window.column) + Double(window.columns - 1) * Double(j) / Double(cells)
        let point = tile.coordinate(row: row, column: column)
        east.append(point.east)
        north.append(point.north)
      }
    }
    return try place.positions(east: east, north: north)
  }

  /// The largest distance between nodes and where the coarser lattice puts them, raster px. Nodes that have no
  /// position do not count: they lie far from the raster.
  private static func error(of coarse: Nodes, _ cells: Int, against fine: Nodes) -> Double {
    var worst = 0.0
    for i in 0...2 * cells {
      for j in 0...2 * cells where i % 2 == 1 || j % 2 == 1 {
        let up = i / 2 * (cells + 1), down = (i + 1) / 2 * (cells + 1), index = i * (2 * cells + 1) + j
        func distance(_ coarse: [Double], _ fine: [Double]) -> Double {
          let sum = coarse[up + j / 2] + coarse[up + (j + 1) / 2] + coarse[down + j / 2] + coarse[down + (j + 1) / 2]
          return abs(sum / 4 - fine[index])
        }
        let both = max(distance(coarse.rows, fine.rows), distance(coarse.columns, fine.columns))
        if both.isFinite { worst = max(worst, both) }
      }
    }
    return worst
  }

  private static func scale(_ window: Window, _ cells: Int, _ nodes: Nodes, _ place: RasterPlace) -> Double? {
    let side = cells + 1, raster = place.reference
    let area = Double(window.rows - 1) * Double(window.columns - 1) / Double(cells * cells)
    var sum = 0.0, count = 0.0
    for i in 0..<cells {
      for j in 0..<cells {
        let corners = [i * side + j, i * side + j + 1, (i + 1) * side + j, (i + 1) * side + j + 1]
        let rows = corners.map { nodes.rows[$0] }, columns = corners.map { nodes.columns[$0] }
        guard let top = rows.min(), let low = rows.max(), let left = columns.min(), let right = columns.max(),
          (top + low + left + right).isFinite, low > -1, top < Double(raster.rows), right > -1,
          left < Double(raster.columns)
        else { continue }
        let across = (rows[1] - rows[0], columns[1] - columns[0]), down = (rows[2] - rows[0], columns[2] - columns[0])
        sum += abs(across.1 * down.0 - across.0 * down.1)
        count += 1
      }
    }
    if count == 0 { return nil }
    // A part of the tile that is one pixel wide has no area: its pixels are then as large as anyone's.
    return area > 0 && sum > 0 ? (sum / count / area).squareRoot() : 1
  }

  /// The nodes' positions in a level of the raster's pyramid.
  func nodes(in level: PyramidLevel) -> (rows: [Double], columns: [Double]) {
    (
      rows.map { ($0 + 0.5) / level.rowFactor - 0.5 }, columns.map { ($0 + 0.5) / level.columnFactor - 0.5 }
    )
  }
}
