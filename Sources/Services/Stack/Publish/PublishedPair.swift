// SPDX-License-Identifier: Apache-2.0
import Grids
import Products
import RasterIO

/// A scene as the files of a stack name it.
package struct PublishedScene: Hashable, Sendable {
  /// Name of the scene or product.
  package var id: String
  package var date: AcquisitionDate
  /// `Sentinel-2`, `2A`, `MSI`; empty where it is not known.
  package var mission = "", satellite = "", sensor = ""

  package init(id: String, date: AcquisitionDate) { (self.id, self.date) = (id, date) }
}

/// What one pair measured in some rows of its lattice: grids of one shape.
package struct PairRows: Sendable {
  /// Corrected offsets from the scene of the templates to the other one, px, right and down; NaN = missing.
  package var dx, dy: Grid<Float>
  /// Their standard deviations, px.
  package var dxSigma, dySigma: Grid<Float>
  /// Correlation at the match, −1…1; nil where the matcher gave none.
  package var ncc: Grid<Float>?
  /// Where the offset was put in from the neighbours and not measured; nil for nowhere.
  package var isInterpolated: Grid<Bool>?
  /// Where a cloud or its shadow covers one of the scenes; nil where nobody has looked.
  package var isCloudy: Grid<Bool>?

  package init(dx: Grid<Float>, dy: Grid<Float>, dxSigma: Grid<Float>, dySigma: Grid<Float>, ncc: Grid<Float>? = nil)
  {
    (self.dx, self.dy, self.dxSigma, self.dySigma, self.ncc) = (dx, dy, dxSigma, dySigma, ncc)
  }
}

/// One pair of a stack, ready to be written: who, where, and its values by rows.
package struct PublishedPair: Sendable {
  package var earlier, later: PublishedScene
  /// Whether the templates are in the later scene: offsets then run against time.
  package var isBackward = false
  /// The lattice: its rows, columns, map transform and CRS.
  package var place: Georeference
  /// Pixels of the matched images between neighbouring points of the lattice.
  package var spacing: Double
  /// Side of the template, px; nil where the matcher chooses it point by point.
  package var templateWindow: Double?
  /// What the correction found on stable ground.
  package var stable: StableGroundSummary?
  /// The values of a run of rows.
  package var rows: @Sendable (Range<Int>) throws -> PairRows

  package init(
    earlier: PublishedScene, later: PublishedScene, place: Georeference, spacing: Double,
    rows: @escaping @Sendable (Range<Int>) throws -> PairRows
  ) {
    precondition(earlier.date < later.date, "the earlier scene of a pair comes first")
    (self.earlier, self.later, self.place, self.spacing, self.rows) = (earlier, later, place, spacing, rows)
  }

  /// Time between the scenes, d.
  package var separation: Double { earlier.date.days(to: later.date) }

  /// The scene of the templates and the other one.
  package var ends: (template: PublishedScene, other: PublishedScene) {
    isBackward ? (later, earlier) : (earlier, later)
  }

  /// Rows that are held at a time; four bands fill a row of blocks, which HDF5's cache holds until then.
  private static let band = 128

  /// Runs over the lattice in bands of rows.
  func forEachBand(_ body: (Int, PairRows) throws -> Void) throws {
    for first in stride(from: 0, to: place.rows, by: Self.band) {
      let end = min(first + Self.band, place.rows), values = try rows(first..<end)
      precondition(
        values.dx.columns == place.columns && values.dx.rows == end - first,
        "rows \(first) on of a pair have \(values.dx.rows) × \(values.dx.columns) values")
      try body(first, values)
    }
  }
}

/// What a pair shows on ground that stands still, before its correction was taken off and after.
package struct StableGroundSummary: Hashable, Sendable {
  /// Points looked at.
  package var count: Int
  /// The overall shift that the correction took off, px, right and down; nil when none was.
  package var shift: (right: Double, down: Double)? { shiftRight.flatMap { right in shiftDown.map { (right, $0) } } }
  package var shiftRight, shiftDown: Double?
  /// Standard deviation (1.4826 MAD) of what is left, px.
  package var spreadRight, spreadDown: Double

  package init(count: Int, shift: (right: Double, down: Double)?, spreadRight: Double, spreadDown: Double) {
    (self.count, self.spreadRight, self.spreadDown) = (count, spreadRight, spreadDown)
    (shiftRight, shiftDown) = (shift?.right, shift?.down)
  }
}
