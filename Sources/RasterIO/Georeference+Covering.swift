// SPDX-License-Identifier: Apache-2.0
import Grids

extension Georeference {
  /// The pixels of this raster's grid, continued beyond it, whose centres lie within the centres of another raster.
  ///
  /// The other's straight sides are followed at 21 places each, so a side that is curved here is cut by less than a
  /// four-hundredth of its bow. Both need a transform, and both a CRS or neither.
  ///
  /// - Returns: nil where the other raster has no place in this one's system.
  /// - Throws: `RasterError` of kind `.noTransformation` when PROJ knows no way.
  func pixels(under other: Georeference) throws(RasterError) -> Window? {
    try pixels(under: other, from: (0, 0), to: (Double(other.rows - 1), Double(other.columns - 1)))
  }

  /// The pixels of this raster's grid, continued beyond it, whose centres lie in a box.
  ///
  /// - Parameter crs: of the box; nil takes that of the raster.
  /// - Returns: nil where the box has no place in this raster's system.
  /// - Throws: `RasterError` of kind `.noTransformation` when PROJ knows no way.
  public func pixels(in extent: Extent, of crs: CRS? = nil) throws(RasterError) -> Window? {
    let transform = GeoTransform(
      originEast: extent.west, originNorth: extent.north, eastPerColumn: extent.east - extent.west,
      northPerRow: extent.south - extent.north)
    let box = Georeference(name: "the box", rows: 1, columns: 1, transform: transform, crs: crs ?? self.crs)
    return try pixels(under: box, from: (-0.5, -0.5), to: (0.5, 0.5))
  }

  private func pixels(
    under other: Georeference, from first: (row: Double, column: Double), to last: (row: Double, column: Double)
  ) throws(RasterError) -> Window? {
    let mapping = try PixelMapping(target: other, source: self)
    var rows: [Double] = [], columns: [Double] = []
    for step in 0...20 {
      let row = first.row + (last.row - first.row) * Double(step) / 20
      let column = first.column + (last.column - first.column) * Double(step) / 20
      rows += [first.row, last.row, row, row]
      columns += [column, column, first.column, last.column]
    }
    let outline = try mapping.exact(rows: rows, columns: columns)
    let r = outline.rows.filter(\.isFinite), c = outline.columns.filter(\.isFinite)
    guard let top = r.min(), let low = r.max(), let left = c.min(), let far = c.max(),
      max(abs(top), abs(low), abs(left), abs(far)) < 1e9
    else { return nil }
    let row = Int((top - 1e-6).rounded(.up)), column = Int((left - 1e-6).rounded(.up))
    return Window(
      row: row, column: column, rows: Int((low + 1e-6).rounded(.down)) - row + 1,
      columns: Int((far + 1e-6).rounded(.down)) - column + 1)
  }
}
