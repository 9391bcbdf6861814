// SPDX-License-Identifier: Apache-2.0

/// Row-major array of `rows × columns` cells; row 0 is the top row.
///
/// Pixel centres lie at integer coordinates. In floating grids NaN means missing; in a `Mask`, `false` does.
@frozen
public struct Grid<Element: Sendable>: Sendable {
  public let rows: Int
  public let columns: Int
  public var cells: [Element]

  /// A grid filled with one value.
  @inlinable
  public init(rows: Int, columns: Int, filledWith value: Element) {
    precondition(rows >= 0 && columns >= 0, "a grid needs a shape of at least 0 × 0")
    self.rows = rows
    self.columns = columns
    cells = Array(repeating: value, count: rows * columns)
  }

  /// A grid over existing cells in row-major order.
  @inlinable
  public init(rows: Int, columns: Int, cells: [Element]) {
    precondition(cells.count == rows * columns, "a grid of \(rows) × \(columns) needs \(rows * columns) cells")
    self.rows = rows
    self.columns = columns
    self.cells = cells
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Element {
    get { cells[row &* columns &+ column] }
    set { cells[row &* columns &+ column] = newValue }
  }

  @inlinable
  public func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Grid<Other> {
    Grid<Other>(rows: rows, columns: columns, cells: try cells.map(transform))
  }
}

/// `true` where a pixel may be used.
public typealias Mask = Grid<Bool>

extension Grid: Equatable where Element: Equatable {}

extension Grid {
  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// The part of the grid inside `window`, which must lie within it.
  public func cropped(to window: Window) -> Grid {
    precondition(self.window.contains(window), "\(window) leaves the grid of \(rows) × \(columns)")
    var out: [Element] = []
    out.reserveCapacity(window.rows * window.columns)
    for row in window.row..<window.row + window.rows {
      let start = row * columns + window.column
      out.append(contentsOf: cells[start..<start + window.columns])
    }
    return Grid(rows: window.rows, columns: window.columns, cells: out)
  }
}

extension Grid {
  /// Copies a smaller grid into this one, where it must fit.
  @inlinable
  public mutating func insert(_ part: Grid, atRow row: Int, column: Int) {
    precondition(
      row >= 0 && column >= 0 && row + part.rows <= rows && column + part.columns <= columns,
      "a part of \(part.rows) × \(part.columns) at (\(row), \(column)) leaves the grid of \(rows) × \(columns)")
    for line in 0..<part.rows {
      let target = (row + line) * columns + column, source = line * part.columns
      cells.replaceSubrange(target..<target + part.columns, with: part.cells[source..<source + part.columns])
    }
  }
}
