// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import RasterIO

/// Named places of which series are read.
struct SeriesPlace: Sendable {
  let name: String
  let row, column: Int
  /// In the coordinates of the map, or columns and rows from the top left corner.
  let east, north: Double

  /// - Throws: `ServiceError.noPoints` for places that lie outside.
  init(_ name: String, east: Double, north: Double, on place: Georeference) throws {
    // Without a map, coordinates are counted from the outer corner of the first pixel.
    let at = place.transform?.position(east: east, north: north) ?? (row: north - 0.5, column: east - 0.5)
    let row = Int(at.row.rounded()), column = Int(at.column.rounded())
    guard (0..<place.rows).contains(row), (0..<place.columns).contains(column) else {
      throw ServiceError(
        .noPoints,
        "the place \(name) at \(east), \(north) lies outside \(place.name), which covers \(place.extent) (east, then north)"
          + (place.crs.map { " in \($0)" } ?? ""))
    }
    (self.name, self.row, self.column, self.east, self.north) = (name, row, column, east, north)
  }

  /// Places given as EAST,NORTH,EAST,NORTH and so on, or in a vector file.
  static func all(_ numbers: [Double], _ file: InputFile?, on place: Georeference) throws -> [SeriesPlace] {
    if let file {
      let points = try VectorFile.open(file.path, on: place).points
      guard !points.isEmpty else { throw ServiceError(.noPoints, "\(file.path) holds no points") }
      return try points.enumerated().map { index, point in
        let at =
          place.transform?.coordinate(row: point.row, column: point.column)
          ?? (east: point.column + 0.5, north: point.row + 0.5)
        return try SeriesPlace("\(index + 1)", east: at.east, north: at.north, on: place)
      }
    }
    return try stride(from: 0, to: numbers.count - 1, by: 2).enumerated().map { index, start in
      try SeriesPlace("\(index + 1)", east: numbers[start], north: numbers[start + 1], on: place)
    }
  }
}
