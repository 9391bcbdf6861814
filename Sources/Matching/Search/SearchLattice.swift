// SPDX-License-Identifier: Apache-2.0
import Grids

/// Regular lattice of template centres: whole pixels of the reference, `spacing` apart.
public struct SearchLattice: Hashable, Sendable {
  /// Pixel of point (0, 0).
  public let originRow, originColumn: Int
  /// Distance between neighbours, px.
  public let spacing: Int
  public let rows, columns: Int

  public init(originRow: Int, originColumn: Int, spacing: Int, rows: Int, columns: Int) {
    precondition(spacing > 0 && rows >= 0 && columns >= 0, "a lattice needs a spacing above 0 and a shape")
    self.originRow = originRow
    self.originColumn = originColumn
    self.spacing = spacing
    self.rows = rows
    self.columns = columns
  }

  /// All points whose template of `window` px lies inside an image of `imageRows × imageColumns`, centred in it.
  public init(imageRows: Int, imageColumns: Int, spacing: Int, window: Int) {
    func axis(_ size: Int) -> (origin: Int, count: Int) {
      let room = size - window
      guard room >= 0 else { return (window / 2, 0) }
      return (window / 2 + room % spacing / 2, room / spacing + 1)
    }
    let row = axis(imageRows), column = axis(imageColumns)
    self.init(
      originRow: row.origin, originColumn: column.origin, spacing: spacing, rows: row.count, columns: column.count)
  }

  public var count: Int { rows * columns }

  /// Pixel of a point of the lattice.
  public func pixel(row: Int, column: Int) -> SearchPoint {
    SearchPoint(row: originRow + row * spacing, column: originColumn + column * spacing)
  }
}

/// A template centre: a whole pixel of the reference.
public struct SearchPoint: Hashable, Sendable {
  public let row, column: Int

  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// Where each search is centred: one offset per point, px, + right and + down; rounded to whole pixels.
public struct SearchPrior: Sendable {
  public let dx, dy: Grid<Float>

  /// Both grids have the lattice's shape; NaN counts as 0.
  public init(dx: Grid<Float>, dy: Grid<Float>) {
    precondition(dx.rows == dy.rows && dx.columns == dy.columns, "dx and dy of a prior differ in shape")
    self.dx = dx
    self.dy = dy
  }

  static func whole(_ value: Float) -> Int { value.isFinite ? Int(value.rounded()) : 0 }
}

/// What the search found at one point.
public struct TemplateMatch: Hashable, Sendable {
  /// Offset, px, + right and + down; NaN unless `flag` is `measured`.
  public var dx, dy: Float
  /// Correlation at the best whole pixel, −1 … 1; NaN where none was formed.
  public var ncc: Float
  /// Highest other local maximum of the correlation, outside the exclusion radius; −1 where there is none.
  public var secondNcc: Float
  /// (peak − mean) / standard deviation of the correlations outside the peak's neighbourhood.
  public var snr: Float
  /// Full width at half maximum of the paraboloid through the peak along its flattest direction, px.
  public var peakWidth: Float
  /// Best whole-pixel offset, kept for rejected points too, so that a caller can widen the search.
  public var wholeX, wholeY: Int16
  /// Whether the best offset lies on the border of the range that was searched.
  public var isAtRangeBorder: Bool
  public var flag: MatchFlag

  /// A point without a measurement.
  public static func missing(_ flag: MatchFlag) -> TemplateMatch {
    TemplateMatch(
      dx: .nan, dy: .nan, ncc: .nan, secondNcc: .nan, snr: .nan, peakWidth: .nan, wholeX: 0, wholeY: 0,
      isAtRangeBorder: false, flag: flag)
  }
}

extension Grid where Element == TemplateMatch {
  public var dx: Grid<Float> { map(\.dx) }
  public var dy: Grid<Float> { map(\.dy) }
  public var ncc: Grid<Float> { map(\.ncc) }
  public var flags: Grid<MatchFlag> { map(\.flag) }
}
