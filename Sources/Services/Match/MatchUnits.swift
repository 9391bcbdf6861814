// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing

/// One tile's result as it is stored for resuming: the forward match and the offsets of the backward one.
struct TileResult: Sendable {
  var forward: MatchLayers
  var backward: OffsetGrids?

  /// Raise it whenever the same inputs give other numbers.
  static let version = 1

  init(forward: MatchLayers, backward: OffsetGrids?) {
    self.forward = forward
    self.backward = backward
  }

  /// Nil when the arrays do not hold what a result needs.
  init?(_ arrays: UnitArrays) {
    guard let flags = arrays.bytes("flags") else { return nil }
    var layers = MatchLayers(rows: flags.rows, columns: flags.columns, flag: .measured)
    layers.flags = flags.map { MatchFlag(rawValue: $0) ?? .noConvergence }
    for layer in MatchLayers.Layer.allCases {
      guard let grid = arrays.floats(layer.rawValue) else { return nil }
      layers[layer] = grid
    }
    forward = layers
    if let dx = arrays.floats("backward-dx"), let dy = arrays.floats("backward-dy") {
      backward = OffsetGrids(
        dx: dx, dy: dy, dxSigma: arrays.floats("backward-dx-sigma"), dySigma: arrays.floats("backward-dy-sigma"))
    }
  }

  var arrays: UnitArrays {
    var fields = MatchLayers.Layer.allCases.map { UnitArrays.Field($0.rawValue, forward[$0]) }
    fields.append(UnitArrays.Field("flags", forward.flags.map(\.rawValue)))
    if let backward {
      fields.append(.init("backward-dx", backward.dx))
      fields.append(.init("backward-dy", backward.dy))
      if let sigma = backward.dxSigma { fields.append(.init("backward-dx-sigma", sigma)) }
      if let sigma = backward.dySigma { fields.append(.init("backward-dy-sigma", sigma)) }
    }
    return UnitArrays(fields)
  }
}

/// The results of all tiles, put together.
final class MatchedField: @unchecked Sendable {
  /// Tiles are delivered one at a time, so nothing here needs a lock.
  private(set) var layers: MatchLayers
  private(set) var backward: OffsetGrids?
  private let region: Window

  init(region: Window, hasBackward: Bool) {
    self.region = region
    layers = MatchLayers(rows: region.rows, columns: region.columns, flag: .offImage)
    let missing = Grid<Float>(rows: region.rows, columns: region.columns, filledWith: .nan)
    if hasBackward { backward = OffsetGrids(dx: missing, dy: missing, dxSigma: missing, dySigma: missing) }
  }

  /// Copies the part of a tile, in points of the scene, that lies in the region.
  func insert(_ result: TileResult, tile: Window) {
    let common = region.intersection(tile)
    let from = Window(
      row: common.row - tile.row, column: common.column - tile.column, rows: common.rows, columns: common.columns)
    let row = common.row - region.row, column = common.column - region.column
    for layer in MatchLayers.Layer.allCases {
      layers[layer].insert(result.forward[layer].cropped(to: from), atRow: row, column: column)
    }
    layers.flags.insert(result.forward.flags.cropped(to: from), atRow: row, column: column)
    guard let other = result.backward else { return }
    backward?.dx.insert(other.dx.cropped(to: from), atRow: row, column: column)
    backward?.dy.insert(other.dy.cropped(to: from), atRow: row, column: column)
    if let sigma = other.dxSigma { backward?.dxSigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
    if let sigma = other.dySigma { backward?.dySigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
  }
}
