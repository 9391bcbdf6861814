// SPDX-License-Identifier: Apache-2.0
import Grids

/// Anything that gives pixels by windows, from any number of threads at once.
public protocol PixelSource: Sendable {
  var rows: Int { get }
  var columns: Int { get }
  /// Shape of the blocks that are cheapest to read.
  var blockShape: (rows: Int, columns: Int) { get }

  /// The pixels of a window, which may reach outside the raster: NaN there and wherever a pixel is missing.
  func read(_ window: Window) throws(RasterError) -> Grid<Float>
}

extension PixelSource {
  public var blockShape: (rows: Int, columns: Int) { (512, 512) }
  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }
}

/// A grid in memory as a source of pixels.
public struct GridSource: PixelSource {
  public let grid: Grid<Float>

  public init(_ grid: Grid<Float>) { self.grid = grid }

  public var rows: Int { grid.rows }
  public var columns: Int { grid.columns }

  public func read(_ window: Window) -> Grid<Float> {
    let inside = self.window.intersection(window)
    if inside == window { return grid.cropped(to: window) }
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan)
    for row in inside.row..<inside.endRow {
      let from = row * grid.columns + inside.column
      let to = (row - window.row) * window.columns + inside.column - window.column
      out.cells.replaceSubrange(to..<to + inside.columns, with: grid.cells[from..<from + inside.columns])
    }
    return out
  }
}
