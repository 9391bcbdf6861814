// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Processing
import RasterIO

/// Which points are asked for and which lie on stable ground, read a few rows at a time.
package struct PointMarks: Sendable {
  let plan: MatchPlan
  private let stable: MaskSource?
  /// Whether the source of stable ground names what moves.
  private let isMoving: Bool
  /// How stable ground was chosen; empty where it was not.
  let stableSource: String

  package init(_ pair: ImagePair, _ plan: MatchPlan, _ p: MatchParameters) throws {
    self.plan = plan
    isMoving = p.stableTerrain == nil
    stable = try (p.stableTerrain ?? p.moving).map { try MaskSource.open($0.text, on: pair.georeference) }
    stableSource =
      p.stableTerrain.map { "given as stable: \($0.text)" } ?? p.moving.map { "everything outside \($0.text)" } ?? ""
  }

  /// Points inside the area of interest; nil where all are asked for.
  func isAsked(_ rows: Range<Int>) throws -> Mask? { try plan.area.map { try mask($0, rows) } }

  /// Points on stable ground; nil where none is known.
  func isStable(_ rows: Range<Int>) throws -> Mask? {
    guard let stable else { return nil }
    let mask = try mask(stable, rows)
    return isMoving ? mask.map { !$0 } : mask
  }

  /// Where a source is true among the points of some rows.
  private func mask(_ source: MaskSource, _ rows: Range<Int>) throws -> Mask {
    let lattice = plan.lattice
    if let points = plan.points {
      let cells = try points[rows].map { point in
        guard isInside(point, window: 1, plan.sceneWindow) else { return false }
        return try source.read(
          Window(row: Int(point.row.rounded()), column: Int(point.column.rounded()), rows: 1, columns: 1))[0, 0]
      }
      return Mask(rows: rows.count, columns: 1, cells: cells)
    }
    var out = Mask(rows: rows.count, columns: lattice.columns, filledWith: false)
    for row in rows {
      let line = try source.read(
        Window(
          row: lattice.row + row * lattice.spacing, column: lattice.column, rows: 1, columns: lattice.pixels.columns))
      for column in 0..<lattice.columns {
        out[row - rows.lowerBound, column] = line.cells[column * lattice.spacing]
      }
    }
    return out
  }
}

/// A point's flag with whether it was asked for, in one byte.
package struct MarkedFlag {
  package let byte: UInt8
  private static let notAsked: UInt8 = 0x80

  package init(byte: UInt8) { self.byte = byte }

  package init(_ flag: MatchFlag, isAsked: Bool) { byte = isAsked ? flag.rawValue : flag.rawValue | Self.notAsked }

  package var isAsked: Bool { byte & Self.notAsked == 0 }
  package var flag: MatchFlag { MatchFlag(rawValue: byte & ~Self.notAsked) ?? .noConvergence }
  /// As the raster of flags holds it.
  package var product: UInt8 { isAsked ? byte : MatchWriter.notAsked }
}
