// SPDX-License-Identifier: Apache-2.0
import Grids

/// Type of the stored samples.
public enum RasterDataType: String, CaseIterable, Hashable, Sendable, Codable {
  case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64
  case complexInt16, complexInt32, complexFloat32, complexFloat64, unknown

  public var isComplex: Bool {
    switch self {
    case .complexInt16, .complexInt32, .complexFloat32, .complexFloat64: true
    default: false
    }
  }

  /// Whether samples may be NaN or infinite.
  public var isFloating: Bool {
    switch self {
    case .float32, .float64, .complexFloat32, .complexFloat64: true
    default: false
    }
  }
}

/// One item of a file's metadata.
public struct RasterTag: Hashable, Sendable, Codable {
  public let name, value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Where a raster lies: shape, map transform and reference system, the last two nil where it is only pixels.
public struct Georeference: Hashable, Sendable {
  /// What messages call the raster: its path.
  public let name: String
  public let rows, columns: Int
  public let transform: GeoTransform?
  public let crs: CRS?

  public init(name: String, rows: Int, columns: Int, transform: GeoTransform? = nil, crs: CRS? = nil) {
    self.name = name
    self.rows = rows
    self.columns = columns
    self.transform = transform
    self.crs = crs
  }

  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// West, south, east and north edge in map units; in pixels (columns, rows) where there is no transform.
  public var extent: Extent {
    guard let transform else { return Extent(west: 0, south: Double(rows), east: Double(columns), north: 0) }
    let r = Double(rows) - 0.5, c = Double(columns) - 0.5
    let corners = [
      transform.coordinate(row: -0.5, column: -0.5), transform.coordinate(row: -0.5, column: c),
      transform.coordinate(row: r, column: -0.5), transform.coordinate(row: r, column: c),
    ]
    let east = corners.map(\.east), north = corners.map(\.north)
    return Extent(west: east.min()!, south: north.min()!, east: east.max()!, north: north.max()!)
  }
}

/// A box in map units.
public struct Extent: Hashable, Sendable, Codable, CustomStringConvertible {
  public let west, south, east, north: Double

  public init(west: Double, south: Double, east: Double, north: Double) {
    self.west = west
    self.south = south
    self.east = east
    self.north = north
  }

  /// `west..east, south..north`, with as many digits as tell two places apart.
  public var description: String {
    let digits = max(abs(west), abs(east), abs(south), abs(north)) > 1000 ? 1.0 : 1e5
    func short(_ value: Double) -> String {
      let rounded = (value * digits).rounded() / digits
      return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : String(rounded)
    }
    return "\(short(west))..\(short(east)), \(short(south))..\(short(north))"
  }
}

/// What a raster file says about itself and about the band in use.
public struct RasterInfo: Hashable, Sendable {
  public let path: String
  /// GDAL's short name of the format, e.g. `GTiff`.
  public let format: String
  public let rows, columns, bandCount: Int
  /// The band in use, from 1.
  public let band: Int
  public let dataType: RasterDataType
  public let nodata: Double?
  /// Unit and description of the band; empty when it has none.
  public let unit, description: String
  /// Factor and summand that turn samples into the unit; applied only where asked.
  public let scale, offset: Double
  public let crs: CRS?
  /// Nil for rasters without a map transform, such as photographs or images placed by control points only.
  public let transform: GeoTransform?
  /// Metadata of the file, then those of the band that the file does not have.
  public let metadata: [RasterTag]
  /// Decimation factors of the stored overviews, e.g. [2, 4, 8].
  public let overviewFactors: [Int]
  /// Shape of the blocks in which the file is stored.
  public let blockRows, blockColumns: Int

  public var georeference: Georeference {
    Georeference(name: path, rows: rows, columns: columns, transform: transform, crs: crs)
  }

  /// The first metadata item of this name, whatever its case.
  public func tag(_ name: String) -> String? {
    metadata.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

extension CRS {
  /// Longitudes and latitudes, degrees, of coordinates in this system.
  ///
  /// - Throws: `RasterError` of kind `.noTransformation` when PROJ knows no way.
  public func longitudeLatitude(of places: [MapPoint]) throws(RasterError) -> [MapPoint] {
    var east = places.map(\.east), north = places.map(\.north)
    try CoordinateTransformation(from: self, to: .longitudeLatitude).transform(east: &east, north: &north)
    return zip(east, north).map { MapPoint(east: $0, north: $1) }
  }
}
