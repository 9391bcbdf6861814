// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import RasterIO

/// The table of a match of a list of points, thinned out evenly where it is too long to hold.
package struct MeasuredList: MeasuredProducts {
  package let folder: String
  package let crs: CRS?
  package let step: Int
  package var rows: Int { places.count }
  package let columns = 1
  package let parts = "points of the list"
  private let places: [MapPoint]
  private let products: [(name: String, unit: String, values: [Float])]
  private let flags: [Float]

  /// Points up to which a list is compared whole; each has some fifty numbers.
  package static let pointLimit = 1_000_000

  static let vectors = "vectors.gpkg"

  /// - Throws: `ServiceError.pointTable` when the table is not what `ogive match` has written, with the line.
  package init(_ folder: String, pointLimit: Int = Self.pointLimit) throws {
    self.folder = folder
    let path = "\(folder)/\(PointsWriter.table)"
    // The table has no room for the CRS: the vectors beside it have the same points and know theirs.
    guard let layer = try VectorInfo.read("\(folder)/\(Self.vectors)").layers.first(where: { $0.name == "points" })
    else {
      throw ServiceError(
        .pointTable, "\(folder)/\(Self.vectors) is not of the same match as \(path): run ogive match again")
    }
    crs = layer.crs
    step = max(1, (layer.featureCount + pointLimit - 1) / pointLimit)
    let quantities = try RunSummary(folder).quantities
    for name in ["dx", "dy"] where !quantities.contains(where: { $0.name == name }) {
      throw ServiceError(
        .pointTable, "\(folder)/\(RunSummary.file) knows no \(name): it is damaged; run ogive match again")
    }
    let table = try DelimitedTable(path)
    let reader = try PointReader(table, quantities.map(\.name))
    var lines = try table.rows()
    var count = 0
    var places: [MapPoint] = [], flags: [Float] = []
    var values = [[Float]](repeating: [], count: quantities.count)
    while let row = try lines.next() {
      if count % step == 0 {
        places.append(try reader.place(row))
        flags.append(try reader.flag(row))
        for index in values.indices { values[index].append(try reader.value(index, row)) }
      }
      count += 1
    }
    guard count == layer.featureCount else {
      throw ServiceError(
        .pointTable,
        "\(path) holds \(count) points and \(Self.vectors) beside it \(layer.featureCount): the table is cut off or not "
          + "of this match; run ogive match again")
    }
    (self.places, self.flags) = (places, flags)
    products = zip(quantities, values).map { ($0.name, $0.unit, $1) }
  }

  package func coordinate(_ index: Int) -> MapPoint { places[index] }

  package var extent: Extent {
    let east = places.map(\.east).filter(\.isFinite), north = places.map(\.north).filter(\.isFinite)
    return Extent(
      west: east.min() ?? .nan, south: north.min() ?? .nan, east: east.max() ?? .nan, north: north.max() ?? .nan)
  }

  package func read(_ name: String) -> Grid<Float>? {
    let values = name == "flags" ? flags : products.first { $0.name == name }?.values
    return values.map { Grid(rows: rows, columns: 1, cells: $0) }
  }

  package func unit(of name: String) -> String { products.first { $0.name == name }?.unit ?? "" }
}

/// Takes the rows of a table of points apart.
private struct PointReader {
  private let table: DelimitedTable
  private let row, column, flag: Int
  private let east, north: Int?
  private let values: [Int]

  private static let keys = MatchFlag.allCases.map { (key: Substring($0.key), value: Float($0.rawValue)) }

  init(_ table: DelimitedTable, _ products: [String]) throws {
    func column(_ name: String) throws -> Int {
      if let index = table.names.firstIndex(of: name) { return index }
      throw ServiceError(
        .pointTable,
        "\(table.path), line 1: no column is named \(name); the table is not of this match: run ogive match again")
    }
    self.table = table
    (row, self.column, flag) = (try column("row"), try column("col"), try column("flag"))
    (east, north) = (table.names.firstIndex(of: "x"), table.names.firstIndex(of: "y"))
    values = try products.map(column)
  }

  private func damaged(_ row: DelimitedTable.Row, _ what: String) -> ServiceError {
    ServiceError(
      .pointTable,
      "\(table.path), line \(row.line): \(what); the table is damaged or was changed: run ogive match again")
  }

  private func number<Number: LosslessStringConvertible>(_ index: Int, _ row: DelimitedTable.Row) throws -> Number {
    if let value = Number(String(row.cells[index])) { return value }
    throw damaged(row, "\"\(row.cells[index].prefix(40))\" under \(table.names[index]) is no number")
  }

  /// Map coordinates; columns and rows from the corner of the first pixel where the images had none.
  func place(_ row: DelimitedTable.Row) throws -> MapPoint {
    guard row.cells.count == table.names.count else {
      throw damaged(row, "\(row.cells.count) cells where the header names \(table.names.count) columns")
    }
    if let east, let north { return MapPoint(east: try number(east, row), north: try number(north, row)) }
    let corner = GeoTransform.rowsDown.coordinate(row: try number(self.row, row), column: try number(column, row))
    return MapPoint(east: corner.east, north: corner.north)
  }

  /// The number of the reason as in `flags.tif`; NaN for points that were not asked for.
  func flag(_ row: DelimitedTable.Row) throws -> Float {
    let cell = row.cells[flag]
    if cell.isEmpty { return .nan }
    guard let known = Self.keys.first(where: { $0.key == cell }) else {
      throw damaged(row, "\"\(cell.prefix(40))\" under flag is no reason that is known")
    }
    return known.value
  }

  /// The value of a product; NaN where the cell is empty.
  func value(_ product: Int, _ row: DelimitedTable.Row) throws -> Float {
    row.cells[values[product]].isEmpty ? .nan : try number(values[product], row)
  }
}
