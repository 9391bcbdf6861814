// SPDX-License-Identifier: Apache-2.0
import Grids

/// Points from a table of text: a header line and one point a line, separated by commas, semicolons or tabs.
///
/// The header names two of the columns: `row` and `col` (pixels), `lon` and `lat` (degrees on WGS 84), or `x` and `y`
/// (also `east`, `north`; in the raster's CRS, or columns and rows where it has no map transform). Other columns are ignored.
public enum PointTable {
  /// - Throws: `RasterError` of kind `.missing` and the like, or `.vector` naming the line that is wrong.
  public static func read(_ path: String, on raster: Georeference) throws(RasterError) -> [PixelPoint] {
    let table = try DelimitedTable(path)
    let columns = try Columns(table)
    var rows = try table.rows()
    var first: [Double] = [], second: [Double] = []
    while let row = try rows.next() {
      guard max(columns.first, columns.second) < row.cells.count, let a = Double(row.cells[columns.first]),
        let b = Double(row.cells[columns.second]), a.isFinite, b.isFinite
      else { throw RasterError(.vector, "\(path), line \(row.line): \"\(row.text.prefix(60))\" has no two numbers") }
      first.append(a)
      second.append(b)
    }
    if first.isEmpty { throw RasterError(.vector, "\(path) holds a header but no point") }
    switch columns.kind {
    case .pixel: return zip(first, second).map { PixelPoint(row: $0, column: $1) }
    case .degrees:
      return try VectorPlacing(crs: .longitudeLatitude, path: path, isGeoJSON: false, raster: raster)
        .positions(east: first, north: second)
    case .map:
      return try VectorPlacing(crs: raster.crs, path: path, isGeoJSON: false, raster: raster)
        .positions(east: first, north: second)
    }
  }

  private struct Columns {
    enum Kind { case pixel, degrees, map }
    let kind: Kind
    let first, second: Int

    init(_ table: DelimitedTable) throws(RasterError) {
      let names = table.names.map { $0.lowercased() }
      func place(_ known: [String]) -> Int? { names.firstIndex { known.contains($0) } }
      if let row = place(["row"]), let column = place(["col", "column"]) {
        (kind, first, second) = (.pixel, row, column)
      } else if let lon = place(["lon", "longitude"]), let lat = place(["lat", "latitude"]) {
        (kind, first, second) = (.degrees, lon, lat)
      } else if let x = place(["x", "east", "easting"]), let y = place(["y", "north", "northing"]) {
        (kind, first, second) = (.map, x, y)
      } else {
        throw RasterError(
          .vector,
          "\(table.path): its first line (\"\(table.header.prefix(60))\") must name row,col or lon,lat or x,y")
      }
    }
  }
}

extension PointTable {
  /// Points of a table (`.csv`, `.txt`, `.tsv`) or of any vector file.
  public static func points(_ path: String, on raster: Georeference) throws(RasterError) -> [PixelPoint] {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    if ["csv", "txt", "tsv"].contains(ending) { return try read(path, on: raster) }
    return try VectorFile.open(path, on: raster).points
  }
}
