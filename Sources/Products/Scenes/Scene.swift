// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// One image of one place at one time, whatever sensor took it and in whatever files it came.
public struct Scene: Sendable {
  public enum Mission: String, CaseIterable, Hashable, Sendable, Codable {
    case sentinel2 = "sentinel-2"
    case landsat
    /// A raster with a date.
    case plain
  }

  /// Name of the product, or of the file for a plain raster; unique in a collection.
  public let id: String
  /// The folder, archive, metadata file or raster that it was read from.
  public let path: String
  public let mission: Mission
  /// E.g. `Sentinel-2B`, `Landsat 8`; nil when unknown.
  public let platform: String?
  /// Processing level as the product says it, e.g. `L1C`, `L2A`, `L2SP`; nil for plain rasters.
  public let level: String?
  /// When the middle of the scene was taken, as far as the product tells.
  public let date: AcquisitionDate
  /// Relative orbit of Sentinel-2, path of Landsat: scenes with the same number were seen from the same place.
  public let relativeOrbit: Int?
  /// Whether the satellite went north; nil when unknown.
  public let isAscending: Bool?
  /// `33XWJ` for Sentinel-2, `005009` (path and row) for Landsat.
  public let tile: String?
  /// The same for all scenes of one pass of the satellite over the area; nil for plain rasters.
  public let pass: String?
  /// Version of the processor, e.g. `04.00`.
  public let processingBaseline: String?
  public let bands: [SceneBand]
  public let masks: [SceneMask]
  public let angles: SceneAngles
  /// Where there are data: an open ring in longitude and latitude; empty when unknown.
  public let footprint: [GeographicPoint]
  /// Share of clouds according to the product, 0 to 1.
  public let cloudCover: Double?
  /// Grids of the bands according to the metadata, the finest first; empty when these say nothing.
  public let grids: [Georeference]
  /// What the user should know about how the scene was read.
  public var notices: [String]

  /// The band of a name; nil when the scene has none.
  public func band(_ name: BandName) -> SceneBand? { bands.first { $0.name == name } }

  /// The masks of a kind, that of a band where they differ by band.
  public func masks(_ kind: SceneMask.Kind, band: String? = nil) -> [SceneMask] {
    masks.filter { $0.kind == kind && (band == nil || $0.band == nil || $0.band == band) }
  }
}

/// One band of a scene: where its pixels are and what they mean.
public struct SceneBand: Hashable, Sendable {
  /// Nil when nothing says what it sees.
  public let name: BandName?
  /// As the sensor's maker calls it, e.g. `B04`, `B8A`.
  public let id: String
  /// A name that GDAL opens.
  public let path: String
  /// Number of the band in the file, from 1.
  public let number: Int
  /// Side of a pixel, m; nil when the metadata do not tell.
  public let resolution: Double?
  /// Nil when digital numbers mean nothing that is known.
  public let calibration: BandCalibration?
  /// Digital numbers that stand for no data and for saturation.
  public let missing, saturated: Float?
}

/// A file that says something about the pixels of a scene.
public struct SceneMask: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable, Codable {
    /// Sentinel-2 L2A: SCL, 0 no data, 1 defective, 2 dark, 3 cloud shadow, 4 vegetation, 5 bare, 6 water,
    /// 7 unclassified, 8 and 9 cloud (medium, high probability), 10 cirrus, 11 snow.
    case sceneClassification = "scene-classification"
    /// Opaque and cirrus clouds: polygons (Sentinel-2 before baseline 04.00).
    case clouds
    /// Opaque cloud, cirrus and snow as bands 1, 2, 3 (Sentinel-2 from 04.00).
    case cloudsAndSnow = "clouds-and-snow"
    case cloudProbability = "cloud-probability"
    case snowProbability = "snow-probability"
    /// Which detector saw a pixel: polygons before baseline 04.00, numbers 1 to 12 from then on.
    case detectorFootprint = "detector-footprint"
    /// Landsat QA_PIXEL: bits of fill, cloud, shadow, snow, clear, water and their confidences.
    case qualityPixel = "quality-pixel"
    /// Landsat QA_RADSAT: bits of saturated bands.
    case saturation
    /// Landsat 8 and 9: SR_QA_AEROSOL.
    case aerosol
    /// Sentinel-2 MSK_QUALIT, MSK_NODATA, MSK_DEFECT, MSK_SATURA, MSK_TECQUA.
    case quality
  }

  public enum Form: Hashable, Sendable {
    case raster, polygons
  }

  public let kind: Kind
  public let form: Form
  /// A name that GDAL opens.
  public let path: String
  /// Identifier of the band that it belongs to; nil when it holds for all.
  public let band: String?
}
