// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// What a run made, where and when, as a STAC 1.1 item: files with checksums, and the images they were made from.
///
/// Uses the extensions projection 2.0, processing 1.2 and file 2.1. Opens no file and reads no clock: checksums, times
/// and the footprint are given by the caller.
public struct StacItem: Sendable {
  /// When the measurement holds.
  public enum Time: Sendable {
    /// Between two moments, RFC 3339 in UTC (`2020-01-01T00:00:00Z`), the earlier first.
    case interval(start: String, end: String)
    /// One moment, e.g. that of processing where the images carry no dates.
    case moment(String)
  }

  /// The outline in WGS 84: longitude and latitude in degrees, open ring, counter-clockwise.
  public struct Footprint: Sendable {
    public let ring: [Coordinate]

    public struct Coordinate: Sendable {
      public let longitude, latitude: Double

      public init(longitude: Double, latitude: Double) {
        self.longitude = longitude
        self.latitude = latitude
      }
    }

    /// - Parameter ring: at least three corners, without repeating the first.
    public init(ring: [Coordinate]) {
      precondition(ring.count >= 3, "an outline needs at least three corners")
      self.ring = ring
    }
  }

  /// The lattice that all raster assets share.
  public struct Lattice: Sendable {
    /// Authority and code, e.g. `EPSG:32633`; nil where the projection has none.
    public let code: String?
    public let rows, columns: Int
    public let transform: GeoTransform

    public init(code: String?, rows: Int, columns: Int, transform: GeoTransform) {
      self.code = code
      self.rows = rows
      self.columns = columns
      self.transform = transform
    }
  }

  /// One file of the run.
  public struct Asset: Sendable {
    public let name, href, title, mediaType: String
    /// `data`, `metadata`, `overview`, `thumbnail`.
    public let roles: [String]
    public var checksum: Checksum?
    public var bytes: Int?
    /// Unit of the values of a raster, e.g. `m/yr`; nil where they have none.
    public var unit: String?
    /// STAC's name of the cell type of a raster, e.g. `float32`; its missing value is then NaN.
    public var cellType: String?

    public init(name: String, href: String, title: String, mediaType: String, roles: [String]) {
      self.name = name
      self.href = href
      self.title = title
      self.mediaType = mediaType
      self.roles = roles
    }
  }

  /// An image that the run was made from.
  public struct Source: Sendable {
    public let href, title: String
    public let checksum: Checksum?

    public init(href: String, title: String, checksum: Checksum?) {
      self.href = href
      self.title = title
      self.checksum = checksum
    }
  }

  public let id: String
  public let time: Time
  public var title = ""
  /// One sentence on how the files came to be.
  public var lineage = ""
  /// Version of Ogive that made them.
  public var softwareVersion = ""
  /// When they were made, RFC 3339 in UTC.
  public var processed = ""
  public var footprint: Footprint?
  public var lattice: Lattice?
  public var assets: [Asset] = []
  public var sources: [Source] = []

  public init(id: String, time: Time) {
    self.id = id
    self.time = time
  }

  /// Media type of the rasters that RasterIO writes.
  public static let cloudOptimizedGeoTIFF = "image/tiff; application=geotiff; profile=cloud-optimized"
}

// MARK: - JSON

extension StacItem {
  /// The item as indented JSON.
  public var text: String { json.text(.pretty) + "\n" }

  package var json: JSONObject {
    var members = JSONObject()
    members["type"] = "Feature"
    members["stac_version"] = "1.1.0"
    var extensions: [JSONValue] = [
      "https://stac-extensions.github.io/processing/v1.2.0/schema.json",
      "https://stac-extensions.github.io/file/v2.1.0/schema.json",
    ]
    if lattice != nil { extensions.append("https://stac-extensions.github.io/projection/v2.0.0/schema.json") }
    members["stac_extensions"] = .array(extensions)
    members["id"] = .string(id)
    members["geometry"] = footprint.map(Self.polygon) ?? .null
    if let footprint { members["bbox"] = Self.bounds(of: footprint) }
    members["properties"] = .object(properties)
    members["links"] = .array(sources.map(Self.link))
    var files = JSONObject()
    for asset in assets { files[asset.name] = Self.asset(asset) }
    members["assets"] = .object(files)
    return members
  }

  private var properties: JSONObject {
    var members = JSONObject()
    if !title.isEmpty { members["title"] = .string(title) }
    switch time {
    case .moment(let moment): members["datetime"] = .string(moment)
    case .interval(let start, let end):
      // The measurement belongs to the whole interval, so no single moment is claimed.
      members["datetime"] = .null
      members["start_datetime"] = .string(start)
      members["end_datetime"] = .string(end)
    }
    if !processed.isEmpty {
      members["created"] = .string(processed)
      members["processing:datetime"] = .string(processed)
    }
    if !lineage.isEmpty { members["processing:lineage"] = .string(lineage) }
    members["processing:software"] = ["Ogive": .string(softwareVersion)]
    if let lattice {
      let t = lattice.transform
      members["proj:code"] = lattice.code.map(JSONValue.string) ?? .null
      members["proj:shape"] = [.integer(lattice.rows), .integer(lattice.columns)]
      let numbers = [t.eastPerColumn, t.eastPerRow, t.originEast, t.northPerColumn, t.northPerRow, t.originNorth]
      members["proj:transform"] = .array(numbers.map(JSONValue.number))
    }
    return members
  }

  private static func polygon(_ footprint: Footprint) -> JSONValue {
    let corners = footprint.ring + [footprint.ring[0]]
    let ring = corners.map { JSONValue.array([.number($0.longitude), .number($0.latitude)]) }
    return ["type": "Polygon", "coordinates": [.array(ring)]]
  }

  /// West, south, east, north. A footprint across the date line has its west beyond its east (RFC 7946, 5.2).
  private static func bounds(of footprint: Footprint) -> JSONValue {
    let longitudes = footprint.ring.map(\.longitude), latitudes = footprint.ring.map(\.latitude)
    var west = longitudes.min()!, east = longitudes.max()!
    if east - west > 180 {
      west = longitudes.filter { $0 > 0 }.min()!
      east = longitudes.filter { $0 <= 0 }.max()!
    }
    return [.number(west), .number(latitudes.min()!), .number(east), .number(latitudes.max()!)]
  }

  private static func link(_ source: Source) -> JSONValue {
    var members: JSONObject = [
      "rel": "derived_from", "href": .string(source.href), "title": .string(source.title),
    ]
    if let checksum = source.checksum { members["file:checksum"] = .string(checksum.multihash) }
    return .object(members)
  }

  private static func asset(_ asset: Asset) -> JSONValue {
    var members: JSONObject = [
      "href": .string(asset.href), "title": .string(asset.title), "type": .string(asset.mediaType),
      "roles": .array(asset.roles.map(JSONValue.string)),
    ]
    if let bytes = asset.bytes { members["file:size"] = .integer(bytes) }
    if let checksum = asset.checksum { members["file:checksum"] = .string(checksum.multihash) }
    if let type = asset.cellType {
      members["data_type"] = .string(type)
      if type.hasPrefix("float") { members["nodata"] = "nan" }
    }
    if let unit = asset.unit { members["unit"] = .string(unit) }
    return .object(members)
  }
}
