// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Matching
import Processing
import RasterIO

/// Writes what was measured at a list of points: a table and a vector file, both with every point.
struct PointsWriter: Sendable {
  let folder: RunFolder
  let points: [Matching.PixelPoint]
  let georeference: Georeference
  let flags: Grid<UInt8>

  static let table = "products/points.csv"

  private func place(_ point: Matching.PixelPoint) -> (east: Double, north: Double) {
    let plain = GeoTransform(originEast: -0.5, originNorth: 0.5, eastPerColumn: 1, northPerRow: -1)
    return (georeference.transform ?? plain).coordinate(row: point.row, column: point.column)
  }

  private func flag(_ index: Int) -> String {
    MatchFlag(rawValue: flags.cells[index]).map(\.key) ?? ""
  }

  /// One line a point, in the order of the list; missing values are empty.
  func writeTable(_ products: [Product]) throws {
    let hasPlace = georeference.transform != nil
    var text = (["point", "row", "col"] + (hasPlace ? ["x", "y"] : []) + ["flag"] + products.map(\.name))
      .joined(separator: ",")
    text += "\n"
    for (index, point) in points.enumerated() {
      var cells = ["\(index + 1)", "\(point.row)", "\(point.column)"]
      if hasPlace {
        let at = place(point)
        cells += ["\(at.east)", "\(at.north)"]
      }
      cells.append(flag(index))
      cells += products.map { $0.values.cells[index].isFinite ? "\($0.values.cells[index])" : "" }
      text += cells.joined(separator: ",") + "\n"
    }
    try folder.write(text, to: Self.table)
  }

  /// One point a feature, with the same attributes; images without map coordinates have columns and rows downward.
  func writeVectors(_ products: [Product], cancellation: Cancellation) throws {
    let fields =
      [VectorLayout.Field("point", .integer), .init("flag", .text)] + products.map { .init($0.name, .double) }
    try folder.write("vectors.gpkg") { path in
      let writer = try GeoPackageWriter.create(
        path, VectorLayout(layer: "points", geometry: .point, fields: fields, crs: georeference.crs))
      for (index, point) in points.enumerated() {
        if index % 1000 == 0 { try cancellation.check() }
        let at = place(point)
        try writer.write(
          [MapPoint(east: at.east, north: at.north)],
          [.integer(index + 1), .text(flag(index))] + products.map { .double(Double($0.values.cells[index])) })
      }
      try writer.finish()
    }
  }
}
