// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Where each pixel of one raster lies in another, px (pixel centres at integers).
///
/// Between two systems the way is: transform, PROJ, transform back. It is computed on a lattice of whole multiples of
/// `step` pixels of the target raster and interpolated bilinearly between; `step` is the largest of 64, 32, … 1 whose
/// error on a sample of cells is below 0.0005 px. The lattice is anchored to the raster, so positions do not
/// depend on the window they are asked for.
final class PixelMapping: Sendable {
  private let target, source: GeoTransform
  private let transformation: CoordinateTransformation?
  let step: Int
  /// Largest error found of the interpolated positions, px.
  let error: Double

  static let largestError = 0.0005

  /// - Parameters:
  ///   - target: the raster whose pixels are asked for, with a transform.
  ///   - source: the raster in which they are found, with a transform.
  init(target: Georeference, source: Georeference) throws(RasterError) {
    guard let targetTransform = target.transform, let sourceTransform = source.transform else {
      preconditionFailure("a mapping needs two transforms")
    }
    self.target = targetTransform
    self.source = sourceTransform
    if let from = target.crs, let to = source.crs, !from.isSame(as: to) {
      transformation = try CoordinateTransformation(from: from, to: to)
    } else {
      transformation = nil
    }
    (step, error) = try PixelMapping.lattice(over: target, targetTransform, sourceTransform, transformation)
  }

  /// Positions in the source of positions in the target; NaN where PROJ has no answer.
  func exact(
    rows: [Double], columns: [Double]
  ) throws(RasterError) -> (rows: [Double], columns: [Double]) {
    try PixelMapping.exact(rows, columns, target, source, transformation)
  }

  private static func exact(
    _ rows: [Double], _ columns: [Double], _ target: GeoTransform, _ source: GeoTransform,
    _ transformation: CoordinateTransformation?
  ) throws(RasterError) -> (rows: [Double], columns: [Double]) {
    var east: [Double] = [], north: [Double] = []
    for (row, column) in zip(rows, columns) {
      let place = target.coordinate(row: row, column: column)
      east.append(place.east)
      north.append(place.north)
    }
    if let transformation { try transformation.transform(east: &east, north: &north) }
    for index in east.indices {
      let position = source.position(east: east[index], north: north[index])
      north[index] = position.row
      east[index] = position.column
    }
    return (north, east)
  }

  /// The largest step that keeps the error, tried on 6 × 6 cells spread over the target.
  private static func lattice(
    over raster: Georeference, _ target: GeoTransform, _ source: GeoTransform,
    _ transformation: CoordinateTransformation?
  ) throws(RasterError) -> (step: Int, error: Double) {
    guard transformation != nil else { return (64, 0) }
    for step in [64, 32, 16, 8, 4, 2] {
      var worst = 0.0
      for i in 0..<6 {
        for j in 0..<6 {
          let row = Double(raster.rows * i / 5 / step * step), column = Double(raster.columns * j / 5 / step * step)
          let s = Double(step)
          let rows = [row, row, row + s, row + s, row + s / 2, row + s / 2, row]
          let columns = [column, column + s, column, column + s, column + s / 2, column, column + s / 2]
          let p = try exact(rows, columns, target, source, transformation)
          for values in [p.rows, p.columns] {
            let middle = (values[0] + values[1] + values[2] + values[3]) / 4
            for wrong in [
              middle - values[4], (values[0] + values[2]) / 2 - values[5],
              (values[0] + values[1]) / 2 - values[6],
            ] where wrong.isFinite {
              worst = max(worst, abs(wrong))
            }
          }
        }
      }
      if worst <= largestError { return (step, worst) }
    }
    return (1, 0)
  }

  /// Source pixels that one step down and one step right in the target cover, at a position of the target.
  func footprint(row: Double, column: Double) throws(RasterError) -> (rows: Double, columns: Double) {
    let p = try exact(
      rows: [row - 0.5, row + 0.5, row, row], columns: [column, column, column - 0.5, column + 0.5])
    let down = (p.rows[1] - p.rows[0], p.columns[1] - p.columns[0])
    let right = (p.rows[3] - p.rows[2], p.columns[3] - p.columns[2])
    return (hypot(down.0, right.0), hypot(down.1, right.1))
  }

  /// The lattice's nodes around a window of the target.
  func nodes(around window: Window) throws(RasterError) -> MappedWindow {
    func floored(_ value: Int) -> Int { Int((Double(value) / Double(step)).rounded(.down)) }
    let firstRow = floored(window.row), firstColumn = floored(window.column)
    let rows = floored(window.endRow - 1) - firstRow + 2, columns = floored(window.endColumn - 1) - firstColumn + 2
    var nodeRows: [Double] = [], nodeColumns: [Double] = []
    for r in 0..<rows {
      for c in 0..<columns {
        nodeRows.append(Double((firstRow + r) * step))
        nodeColumns.append(Double((firstColumn + c) * step))
      }
    }
    let mapped = try exact(rows: nodeRows, columns: nodeColumns)
    return MappedWindow(
      window: window, step: step, firstRow: firstRow, firstColumn: firstColumn,
      rows: Grid(rows: rows, columns: columns, cells: mapped.rows),
      columns: Grid(rows: rows, columns: columns, cells: mapped.columns))
  }
}

/// Positions in the source of one window of the target.
struct MappedWindow {
  let window: Window
  let step: Int
  /// Index of the first node, in steps.
  let firstRow, firstColumn: Int
  /// Positions of the nodes.
  let rows, columns: Grid<Double>

  /// The source pixels between which all positions lie; nil when none is known.
  var bounds: Window? {
    let r = rows.cells.filter(\.isFinite), c = columns.cells.filter(\.isFinite)
    guard let top = r.min(), let bottom = r.max(), let left = c.min(), let right = c.max() else { return nil }
    guard abs(top) < 1e9, abs(bottom) < 1e9, abs(left) < 1e9, abs(right) < 1e9 else { return nil }
    let row = Int(top.rounded(.down)), column = Int(left.rounded(.down))
    return Window(
      row: row, column: column, rows: Int(bottom.rounded(.up)) - row + 1,
      columns: Int(right.rounded(.up)) - column + 1)
  }

  /// The positions of one row of the window, its index counted from the target's first row.
  func positions(ofRow row: Int) -> (rows: [Double], columns: [Double]) {
    (line(rows, row), line(columns, row))
  }

  private func line(_ nodes: Grid<Double>, _ row: Int) -> [Double] {
    let i = Int((Double(row) / Double(step)).rounded(.down)) - firstRow
    let down = Double(row - (firstRow + i) * step) / Double(step)
    // The left and the right edge of each cell at this row, then along it.
    let edge = (0..<nodes.columns).map { nodes[i, $0] + down * (nodes[i + 1, $0] - nodes[i, $0]) }
    return (window.column..<window.endColumn).map { column in
      let j = Int((Double(column) / Double(step)).rounded(.down)) - firstColumn
      let along = Double(column - (firstColumn + j) * step) / Double(step)
      return edge[j] + along * (edge[j + 1] - edge[j])
    }
  }
}
