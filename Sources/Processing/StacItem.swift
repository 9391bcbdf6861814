// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// What a run made, where and when, as a STAC 1.1 item: files with checksums, and the images they were made from.
///
/// Uses the extensions projection 2.0, processing 1.2, file 2.1 and raster 2.0. Opens no file and reads no clock: checksums, times
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
    /// Side of a cell of a raster, in units of its projection.
    public var cellSize: Double?
    /// What a raster's values are like; nil where nobody has looked.
    public var statistics: Statistics?
    /// The layers of a file that has several, such as NetCDF.
    public var bands: [Band] = []

    public init(name: String, href: String, title: String, mediaType: String, roles: [String]) {
      self.name = name
      self.href = href
      self.title = title
      self.mediaType = mediaType
      self.roles = roles
    }
  }

  /// What the values of a raster are like, in its unit.
  public struct Statistics: Sendable {
    public let minimum, maximum, mean, standardDeviation: Double
    /// Share of cells with a value, %.
    public let validPercentage: Double

    public init(minimum: Double, maximum: Double, mean: Double, standardDeviation: Double, validPercentage: Double) {
      (self.minimum, self.maximum, self.mean) = (minimum, maximum, mean)
      (self.standardDeviation, self.validPercentage) = (standardDeviation, validPercentage)
    }
  }

  /// One layer of a file that has several.
  public struct Band: Sendable {
    public let name, description: String
    /// Unit of its values; empty for none.
    public let unit: String
    /// STAC's name of its cell type, e.g. `int16`.
    public let cellType: String
    /// What missing is stored as; nil when nothing is missing.
    public let missing: Double?

    public init(_ name: String, _ description: String, unit: String, cellType: String, missing: Double?) {
      (self.name, self.description, self.unit) = (name, description, unit)
      (self.cellType, self.missing) = (cellType, missing)
    }
  }

  /// Another document that this one points to.
  public struct Link: Sendable {
    /// `collection`, `parent`, `root`, `self`, `related`.
    public let relation: String
    public let href, title: String
    public let mediaType: String

    public init(_ relation: String, href: String, title: String = "", mediaType: String = "application/json") {
      (self.relation, self.href, self.title, self.mediaType) = (relation, href, title, mediaType)
    }
  }

  /// An image, model of elevation or mask that the run was made from, or an item of it.
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
  /// Links besides those to the sources.
  public var links: [Link] = []
  /// The collection that the item is in; then one of the links has to lead there.
  public var collection: String?

  public init(id: String, time: Time) {
    self.id = id
    self.time = time
  }

  /// Media type of the rasters that RasterIO writes.
  public static let cloudOptimizedGeoTIFF = "image/tiff; application=geotiff; profile=cloud-optimized"
  /// Media type of NetCDF files.
  public static let netCDF = "application/netcdf"
}
