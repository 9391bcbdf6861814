// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// A box in longitude and latitude, degrees; `east` is above 180 where it crosses the antimeridian.
public struct GeographicBox: Hashable, Sendable {
  public let west, south, east, north: Double

  public init(west: Double, south: Double, east: Double, north: Double) {
    (self.west, self.south, self.east, self.north) = (west, south, east, north)
  }
}

/// Where a raster lies among the tiles, and the way from tiles to its pixels.
struct RasterPlace: Sendable {
  let reference: Georeference
  let matrix: TileMatrix
  /// Nil for a raster without a place on Earth.
  let box: GeographicBox?
  private let fromMercator: CoordinateTransformation?
  private let fromDegrees: CoordinateTransformation?

  private static let mercator = try? CRS("EPSG:3857")

  /// A raster with no map transform, no reference system or no way to longitude and latitude stays in its pixels.
  init(_ reference: Georeference, _ transformations: TransformationPool) {
    self.reference = reference
    guard let crs = reference.crs, reference.transform != nil, let mercator = Self.mercator,
      let box = try? GeographicBox(around: reference)
    else {
      (matrix, box, fromMercator, fromDegrees) = (
        .pixel(rows: reference.rows, columns: reference.columns), nil, nil, nil
      )
      return
    }
    (matrix, self.box) = (.webMercator, box)
    fromMercator = transformations.transformation(from: mercator, to: crs)
    fromDegrees = transformations.transformation(from: .longitudeLatitude, to: crs)
  }

  /// Positions in the raster (pixel centres at integers) of points of the matrix's plane: metres of web Mercator, or
  /// pixels from the upper left corner; NaN where there is none.
  func positions(east: [Double], north: [Double]) throws(TilesError) -> (rows: [Double], columns: [Double]) {
    guard case .webMercator = matrix else { return (north.map { $0 - 0.5 }, east.map { $0 - 0.5 }) }
    return try positions(east, north, by: fromMercator)
  }

  /// Position in the raster of a place.
  ///
  /// - Throws: `TilesError.noPlace` for degrees in a raster without a place on Earth.
  func positions(of places: [Place]) throws(TilesError) -> (rows: [Double], columns: [Double]) {
    var longitudes: [Double] = [], latitudes: [Double] = [], numbers: [Int] = []
    var rows = [Double](repeating: .nan, count: places.count), columns = rows
    for (index, place) in places.enumerated() {
      switch place {
      case .pixel(let row, let column): (rows[index], columns[index]) = (row, column)
      case .geographic(let longitude, let latitude):
        numbers.append(index)
        longitudes.append(longitude)
        latitudes.append(latitude)
      }
    }
    if numbers.isEmpty { return (rows, columns) }
    guard case .webMercator = matrix else {
      throw TilesError(
        .noPlace, "\(reference.name) has no place on Earth: give positions in it by row and column, not in degrees")
    }
    let found = try positions(longitudes, latitudes, by: fromDegrees)
    for (number, index) in numbers.enumerated() {
      (rows[index], columns[index]) = (found.rows[number], found.columns[number])
    }
    return (rows, columns)
  }

  private func positions(
    _ east: [Double], _ north: [Double], by transformation: CoordinateTransformation?
  ) throws(TilesError) -> (rows: [Double], columns: [Double]) {
    guard let transform = reference.transform else { preconditionFailure("a place on Earth has a transform") }
    var east = east, north = north
    if let transformation {
      try reading { () throws(RasterError) in try transformation.transform(east: &east, north: &north) }
    }
    // Degrees come between -180 and 180; the raster may count them from 0 or beyond 180.
    if reference.crs?.isGeographic == true {
      let extent = reference.extent, middle = (extent.west + extent.east) / 2
      for index in east.indices { east[index] += 360 * ((middle - east[index]) / 360).rounded() }
    }
    for index in east.indices {
      let position = transform.position(east: east[index], north: north[index])
      (north[index], east[index]) = (position.row, position.column)
    }
    return (north, east)
  }

  /// The pixels of a tile that may show some of the raster; empty when none does.
  func window(in tile: GeoTransform, size: Int) -> Window {
    let whole = Window(row: 0, column: 0, rows: size, columns: size)
    guard let box else {
      return Self.window(
        tile, west: 0, east: Double(reference.columns), north: 0, south: Double(reference.rows)
      ).intersection(whole)
    }
    var found = Window(row: 0, column: 0, rows: 0, columns: 0)
    // A raster across the antimeridian shows on both sides of the map.
    for turn in [-360.0, 0, 360] {
      let part = Self.window(
        tile, west: Mercator.east(longitude: box.west + turn), east: Mercator.east(longitude: box.east + turn),
        north: Mercator.north(latitude: box.north), south: Mercator.north(latitude: box.south)
      ).intersection(whole)
      if part.isEmpty { continue }
      if found.isEmpty { found = part } else { found = found.union(part) }
    }
    return found
  }

  private static func window(
    _ tile: GeoTransform, west: Double, east: Double, north: Double, south: Double
  ) -> Window {
    let first = tile.position(east: west, north: north), last = tile.position(east: east, north: south)
    let limit = 1e9
    func whole(_ value: Double) -> Int { Int(min(limit, max(-limit, value.rounded(.down)))) }
    let row = whole(first.row) - 1, column = whole(first.column) - 1
    return Window(row: row, column: column, rows: whole(last.row) + 3 - row, columns: whole(last.column) + 3 - column)
  }
}

/// A point to read a raster at.
public enum Place: Hashable, Sendable {
  /// Degrees on WGS 84.
  case geographic(longitude: Double, latitude: Double)
  /// Pixels of the raster, whose centres are at integers.
  case pixel(row: Double, column: Double)
}

extension Window {
  fileprivate func union(_ other: Window) -> Window {
    let top = min(row, other.row), left = min(column, other.column)
    return Window(
      row: top, column: left, rows: max(endRow, other.endRow) - top, columns: max(endColumn, other.endColumn) - left)
  }
}

extension GeographicBox {
  /// The box around a raster; around a pole it is a whole turn wide.
  init?(around reference: Georeference) throws(RasterError) {
    guard let ring = try reference.geographicOutline(pointsPerSide: 24), let first = ring.first else { return nil }
    var longitude = first.longitude, west = longitude, east = longitude
    for point in ring.dropFirst() + [first] {
      longitude += (point.longitude - longitude).remainder(dividingBy: 360)
      west = min(west, longitude)
      east = max(east, longitude)
    }
    let latitudes = ring.map(\.latitude)
    guard var south = latitudes.min(), var north = latitudes.max() else { return nil }
    // A ring that does not come back to where it began has gone around a pole.
    if abs(longitude - first.longitude) > 180 {
      if south + north > 0 { north = 90 } else { south = -90 }
      (west, east) = (-180, 180)
    }
    // Between the points of the outline its sides may bow outwards.
    let margin = 0.002 * max(north - south, east - west)
    (west, east, south, north) = (west - margin, east + margin, south - margin, north + margin)
    if east - west >= 360 { (west, east) = (-180, 180) }
    while west < -180 { (west, east) = (west + 360, east + 360) }
    while west >= 180 { (west, east) = (west - 360, east - 360) }
    self.init(west: west, south: max(-90, south), east: east, north: min(90, north))
  }
}
