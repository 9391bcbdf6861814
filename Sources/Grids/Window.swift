// SPDX-License-Identifier: Apache-2.0

/// A rectangle of whole pixels: first row and column, and its size. It may reach outside a raster.
@frozen
public struct Window: Hashable, Sendable, Codable {
  public var row, column, rows, columns: Int

  @inlinable
  public init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = rows
    self.columns = columns
  }

  @inlinable public var endRow: Int { row + rows }
  @inlinable public var endColumn: Int { column + columns }
  public var isEmpty: Bool { rows <= 0 || columns <= 0 }

  public func contains(_ other: Window) -> Bool {
    other.row >= row && other.column >= column && other.endRow <= endRow && other.endColumn <= endColumn
  }

  /// The window grown by `margin` pixels on each side.
  public func grown(by margin: Int) -> Window {
    Window(row: row - margin, column: column - margin, rows: rows + 2 * margin, columns: columns + 2 * margin)
  }

  public func intersection(_ other: Window) -> Window {
    let top = max(row, other.row), left = max(column, other.column)
    let bottom = min(endRow, other.endRow), right = min(endColumn, other.endColumn)
    return Window(row: top, column: left, rows: max(0, bottom - top), columns: max(0, right - left))
  }
}
