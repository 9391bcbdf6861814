// SPDX-License-Identifier: Apache-2.0
import Grids

/// A field that is kept as units, one a tile, and read by windows: what a stage leaves for those after it.
///
/// Nothing is held in memory. All tiles must have been stored, or found whole, by the run that reads them.
public struct TiledUnits: Sendable {
  public let plan: TilePlan
  private let keys: [UnitKey]
  private let store: UnitStore

  /// - Parameter keys: of the units of all tiles, in their order.
  public init(_ plan: TilePlan, keys: [UnitKey], in store: UnitStore) {
    precondition(keys.count == plan.count, "\(plan.count) tiles need as many keys, not \(keys.count)")
    (self.plan, self.keys, self.store) = (plan, keys, store)
  }

  /// Floating fields in a window, which may reach beyond the tiles, where they are NaN.
  ///
  /// - Throws: `fileNotReadable` when a unit or a field of it is gone.
  public func floats(_ names: [String], _ window: Window) throws(ProcessingError) -> [Grid<Float>] {
    var out = names.map { _ in Grid<Float>(rows: window.rows, columns: window.columns, filledWith: .nan) }
    try forEach(names, window) { arrays, part, row, column in
      for (index, name) in names.enumerated() {
        guard let grid = arrays.floats(name) else { return false }
        out[index].insert(grid.cropped(to: part), atRow: row, column: column)
      }
      return true
    }
    return out
  }

  /// A field of bytes in a window; what lies beyond the tiles is `outside`.
  ///
  /// - Throws: `fileNotReadable` when a unit or its field is gone.
  public func bytes(_ name: String, _ window: Window, outside: UInt8) throws(ProcessingError) -> Grid<UInt8> {
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: outside)
    try forEach([name], window) { arrays, part, row, column in
      guard let grid = arrays.bytes(name) else { return false }
      out.insert(grid.cropped(to: part), atRow: row, column: column)
      return true
    }
    return out
  }

  /// Hands over the rows of each tile that the window needs: its fields, the part of them inside the window, and where
  /// in the window that lies.
  private func forEach(
    _ names: [String], _ window: Window,
    _ body: (_ arrays: UnitArrays, _ part: Window, _ row: Int, _ column: Int) -> Bool
  ) throws(ProcessingError) {
    let wanted = Set(names)
    for index in plan.indices(in: window) {
      let tile = plan[index], common = window.intersection(tile)
      let first = common.row - tile.row
      let arrays = try store.load(keys[index], rows: first..<first + common.rows, names: wanted)
      let part = Window(row: 0, column: common.column - tile.column, rows: common.rows, columns: common.columns)
      guard body(arrays, part, common.row - window.row, common.column - window.column) else {
        throw store.incomplete(keys[index])
      }
    }
  }
}

extension TilePlan {
  /// The tiles that a window touches, in their order.
  public func indices(in window: Window) -> [Int] {
    let common = window.intersection(Window(row: 0, column: 0, rows: rows, columns: columns))
    guard !common.isEmpty else { return [] }
    let across = (columns + tileColumns - 1) / tileColumns
    return (common.row / tileRows...(common.endRow - 1) / tileRows).flatMap { row in
      (common.column / tileColumns...(common.endColumn - 1) / tileColumns).map { row * across + $0 }
    }
  }
}
