// SPDX-License-Identifier: Apache-2.0
import Grids

/// An offset at every pixel, or every n-th, of an image.
public struct RegularisedMatch: Sendable {
  /// Offsets, px, + right and + down, and their standard deviations; NaN where a point has no value.
  public var dx, dy, dxSigma, dySigma: Grid<Float>
  /// Correlation of the windows at the offset, −1…1.
  public var ncc: Grid<Float>
  public var flags: Grid<MatchFlag>

  public init(rows: Int, columns: Int) {
    let missing = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    (dx, dy, dxSigma, dySigma, ncc) = (missing, missing, missing, missing, missing)
    flags = Grid(rows: rows, columns: columns, filledWith: .offImage)
  }

  public var offsets: OffsetGrids { OffsetGrids(dx: dx, dy: dy, dxSigma: dxSigma, dySigma: dySigma) }

  /// Copies a part to its place.
  public mutating func insert(_ part: RegularisedMatch, atRow row: Int, column: Int) {
    dx.insert(part.dx, atRow: row, column: column)
    dy.insert(part.dy, atRow: row, column: column)
    dxSigma.insert(part.dxSigma, atRow: row, column: column)
    dySigma.insert(part.dySigma, atRow: row, column: column)
    ncc.insert(part.ncc, atRow: row, column: column)
    flags.insert(part.flags, atRow: row, column: column)
  }
}
