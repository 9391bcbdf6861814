// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing

/// One tile's result in one direction, as it is stored for resuming.
package enum TileResult: Sendable {
  case forward(MatchLayers)
  case backward(OffsetGrids)

  /// Raise it whenever the same inputs give other numbers.
  static let version = 7

  /// Nil when the arrays do not hold what a result needs.
  package init?(_ arrays: UnitArrays) {
    if let dx = arrays.floats("backward-dx"), let dy = arrays.floats("backward-dy"),
      let dxSigma = arrays.floats("backward-dx-sigma"), let dySigma = arrays.floats("backward-dy-sigma")
    {
      self = .backward(OffsetGrids(dx: dx, dy: dy, dxSigma: dxSigma, dySigma: dySigma))
      return
    }
    guard let flags = arrays.bytes("flags") else { return nil }
    var layers = MatchLayers(rows: flags.rows, columns: flags.columns, flag: .measured)
    layers.flags = flags.map { MatchFlag(rawValue: $0) ?? .noConvergence }
    for layer in MatchLayers.Layer.allCases {
      guard let grid = arrays.floats(layer.name) else { return nil }
      layers[layer] = grid
    }
    self = .forward(layers)
  }

  package var arrays: UnitArrays {
    switch self {
    case .forward(let layers):
      var fields = MatchLayers.Layer.allCases.map { UnitArrays.Field($0.name, layers[$0]) }
      fields.append(UnitArrays.Field("flags", layers.flags.map(\.rawValue)))
      return UnitArrays(fields)
    case .backward(let offsets):
      return UnitArrays([
        .init("backward-dx", offsets.dx), .init("backward-dy", offsets.dy),
        .init("backward-dx-sigma", offsets.dxSigma ?? offsets.dx),
        .init("backward-dy-sigma", offsets.dySigma ?? offsets.dy),
      ])
    }
  }
}

/// What matching gave at all points, before any test, read a few rows at a time.
package struct MatchedField: Sendable {
  package let rows, columns: Int
  let hasBackward: Bool
  private let source: Source

  private enum Source: Sendable {
    case layers(MatchLayers)
    case tiles([StoredTile], UnitStore, origin: Window)
  }

  /// Where the two directions of a tile, a window of the scene's points, are stored.
  package struct StoredTile: Sendable {
    let window: Window
    let forward: UnitKey
    let backward: UnitKey?

    package init(window: Window, forward: UnitKey, backward: UnitKey?) {
      (self.window, self.forward, self.backward) = (window, forward, backward)
    }
  }

  /// Layers that are few enough to be held.
  package init(_ layers: MatchLayers) {
    (rows, columns) = (layers.rows, layers.columns)
    hasBackward = false
    source = .layers(layers)
  }

  /// The points of `region`, from tiles that cover it.
  package init(_ tiles: [StoredTile], in store: UnitStore, region: Window) {
    (rows, columns) = (region.rows, region.columns)
    hasBackward = tiles.allSatisfy { $0.backward != nil }
    source = .tiles(tiles, store, origin: region)
  }

  package func layers(_ rows: Range<Int>) throws -> MatchLayers {
    let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: columns)
    guard case .tiles(let tiles, let store, let origin) = source else {
      guard case .layers(let layers) = source else { return MatchLayers(rows: 0, columns: 0, flag: .offImage) }
      return rows == 0..<layers.rows ? layers : layers.cropped(to: window)
    }
    var out = MatchLayers(rows: rows.count, columns: columns, flag: .offImage)
    try forEach(tiles, store, origin, window, { $0.forward }) { result, from, row, column in
      if case .forward(let part) = result { out.insert(part.cropped(to: from), atRow: row, column: column) }
    }
    return out
  }

  /// The offsets in the opposite direction; only of a field that has them.
  package func backward(_ rows: Range<Int>) throws -> OffsetGrids {
    let missing = Grid<Float>(rows: rows.count, columns: columns, filledWith: .nan)
    var out = OffsetGrids(dx: missing, dy: missing, dxSigma: missing, dySigma: missing)
    guard case .tiles(let tiles, let store, let origin) = source else { return out }
    let window = Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: columns)
    try forEach(tiles, store, origin, window, { $0.backward }) { result, from, row, column in
      guard case .backward(let part) = result else { return }
      out.dx.insert(part.dx.cropped(to: from), atRow: row, column: column)
      out.dy.insert(part.dy.cropped(to: from), atRow: row, column: column)
      if let sigma = part.dxSigma { out.dxSigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
      if let sigma = part.dySigma { out.dySigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
    }
    return out
  }

  /// Reads the rows of each tile that `window`, counted from `origin`, needs: its result, the part of it inside the
  /// window, and where in the window that lies.
  private func forEach(
    _ tiles: [StoredTile], _ store: UnitStore, _ origin: Window, _ window: Window,
    _ key: (StoredTile) -> UnitKey?, _ body: (TileResult, _ part: Window, _ row: Int, _ column: Int) -> Void
  ) throws {
    var wanted = window
    wanted.row += origin.row
    wanted.column += origin.column
    for tile in tiles {
      let common = wanted.intersection(tile.window)
      guard !common.isEmpty, let key = key(tile) else { continue }
      let first = common.row - tile.window.row
      guard let result = TileResult(try store.load(key, rows: first..<first + common.rows)) else {
        throw Self.incomplete(store)
      }
      let part = Window(
        row: 0, column: common.column - tile.window.column, rows: common.rows, columns: common.columns)
      body(result, part, common.row - wanted.row, common.column - wanted.column)
    }
  }

  static func incomplete(_ store: UnitStore) -> ServiceError {
    ServiceError(
      .storedTile, "a stored tile of an earlier run is incomplete; delete \(store.folder) and run again")
  }
}
