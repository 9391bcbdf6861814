// SPDX-License-Identifier: Apache-2.0
import Processing
import RasterIO

/// Why a tile, a reading or a list of layers cannot be had.
public typealias TilesError = RunError<TilesErrorKind>

public enum TilesErrorKind: String, Sendable {
  case noSuchTile = "tiles.no-such-tile"
  case noSuchColours = "tiles.no-such-colours"
  case badRange = "tiles.bad-range"
  case missing = "tiles.missing"
  case unreadable = "tiles.unreadable"
  case noPlace = "tiles.no-place"
  case noSuchLayer = "tiles.no-such-layer"
  case badLine = "tiles.bad-line"
  case notWritable = "tiles.not-writable"
}

extension RunError where Kind == TilesErrorKind {
  /// What RasterIO said, as an error of this module.
  init(_ error: RasterError) {
    let kind: TilesErrorKind =
      switch error.kind {
      case .missing, .directory: .missing
      case .noTransformation, .badCRS: .noPlace
      case .notWritable, .writeFailed, .diskFull: .notWritable
      default: .unreadable
      }
    self.init(kind, error.description)
  }
}

/// Runs a block of RasterIO, whose errors become those of this module.
func reading<Result>(_ body: () throws(RasterError) -> Result) throws(TilesError) -> Result {
  do throws(RasterError) { return try body() } catch { throw TilesError(error) }
}
