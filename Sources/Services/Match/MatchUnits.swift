// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing

/// One tile's result in one direction, as it is stored for resuming.
enum TileResult: Sendable {
  case forward(MatchLayers)
  case backward(OffsetGrids)

  /// Raise it whenever the same inputs give other numbers.
  static let version = 3

  /// Nil when the arrays do not hold what a result needs.
  init?(_ arrays: UnitArrays) {
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

  var arrays: UnitArrays {
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

  /// Takes over a column of layers as the points of these numbers.
  func insert(_ part: MatchLayers, at indices: [Int]) {
    for (row, index) in indices.enumerated() { layers.insert(part.row(row), atRow: index, column: 0) }
  }

  /// Hands the layers over and keeps none, so that they can be changed without a copy.
  func takeLayers() -> MatchLayers {
    defer { layers = MatchLayers(rows: 0, columns: 0, flag: .offImage) }
    return layers
  }

  /// Copies the part of a tile, in points of the scene, that lies in the region.
  func insert(_ result: TileResult, tile: Window) {
    let common = region.intersection(tile)
    let from = Window(
      row: common.row - tile.row, column: common.column - tile.column, rows: common.rows, columns: common.columns)
    let row = common.row - region.row, column = common.column - region.column
    switch result {
    case .forward(let part): layers.insert(part.cropped(to: from), atRow: row, column: column)
    case .backward(let part):
      backward?.dx.insert(part.dx.cropped(to: from), atRow: row, column: column)
      backward?.dy.insert(part.dy.cropped(to: from), atRow: row, column: column)
      if let sigma = part.dxSigma { backward?.dxSigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
      if let sigma = part.dySigma { backward?.dySigma?.insert(sigma.cropped(to: from), atRow: row, column: column) }
    }
  }
}

extension MatchLayers {
  fileprivate func row(_ row: Int) -> MatchLayers {
    cropped(to: Window(row: row, column: 0, rows: 1, columns: columns))
  }
}
