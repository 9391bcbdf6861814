// SPDX-License-Identifier: Apache-2.0
import Parameters
import Products
import RasterIO

/// A scene of the product readers as a STAC item, which `StacReader` reads back as the same scene.
enum SceneItem {
  private static let root = "https://stac-extensions.github.io/"

  /// - Throws: `CatalogueError` of kind `catalogue.bad-geometry` where nothing tells where the scene lies.
  static func document(of scene: Scene) throws(CatalogueError) -> JSONObject {
    var properties: JSONObject = ["datetime": .string(StacTime.text(Int(scene.date.seconds * 1000)))]
    if let platform = scene.platform { properties["platform"] = .string(name(platform)) }
    if scene.mission != .plain { properties["constellation"] = .string(scene.mission.rawValue) }
    if let cloud = scene.cloudCover { properties["eo:cloud_cover"] = .number((cloud * 10_000).rounded() / 100) }
    if let orbit = scene.relativeOrbit { properties["sat:relative_orbit"] = .integer(orbit) }
    if let isAscending = scene.isAscending {
      properties["sat:orbit_state"] = isAscending ? "ascending" : "descending"
    }
    if let tile = scene.tile {
      properties["grid:code"] = .string((scene.mission == .landsat ? "WRS2-" : "MGRS-") + tile)
    }
    if let level = scene.level { properties["processing:level"] = .string(level) }
    if let sun = scene.angles.sun {
      properties["view:sun_azimuth"] = .number(sun.azimuth)
      properties["view:sun_elevation"] = .number(90 - sun.zenith)
    }
    let finest = scene.bands.compactMap(\.resolution).min()
    if let finest { properties["gsd"] = .number(finest) }
    if let code = scene.grids.first?.crs?.code { properties["proj:code"] = .string(code) }
    let names = ["eo/v2.0.0", "projection/v2.0.0", "raster/v2.0.0", "sat/v1.2.0", "view/v1.1.0", "grid/v1.1.0"]
    let extensions = (names + ["processing/v1.2.0"]).filter { one in
      let prefix = one.prefix { $0 != "/" } == "projection" ? "proj:" : one.prefix { $0 != "/" } + ":"
      return prefix == "eo:" || prefix == "raster:" || properties.keys.contains { $0.hasPrefix(prefix) }
    }
    return [
      "type": "Feature", "stac_version": "1.1.0",
      "stac_extensions": .array(extensions.map { .string("\(root)\($0)/schema.json") }), "id": .string(scene.id),
      "geometry": try geometry(of: scene), "properties": .object(properties), "links": [],
      "assets": .object(assets(of: scene)),
    ]
  }

  /// `sentinel-2b`, `landsat-8`, as other catalogues write it.
  private static func name(_ platform: String) -> String {
    platform.lowercased().split(separator: " ").joined(separator: "-")
  }

  // MARK: - Outline

  private static func geometry(of scene: Scene) throws(CatalogueError) -> JSONValue {
    var ring = scene.footprint
    do throws(RasterError) {
      if ring.isEmpty, let grid = scene.grids.first { ring = try grid.geographicOutline() ?? [] }
      if ring.isEmpty, let band = scene.bands.first {
        ring = try RasterImage.open(band.path, band: band.number).info.georeference.geographicOutline() ?? []
      }
    } catch {
      throw CatalogueError(.badGeometry, "\(scene.id): its outline is not known: \(error.message)")
    }
    guard ring.count >= 3 else {
      throw CatalogueError(
        .badGeometry,
        "\(scene.id) has no place on the Earth: its images have no CRS; georeference them, or use them by their path")
    }
    func position(_ point: GeographicPoint) -> JSONValue {
      let rounded = [point.longitude, point.latitude].map { ($0 * 1e7).rounded() / 1e7 }
      return .array(rounded.map(JSONValue.number))
    }
    return ["type": "Polygon", "coordinates": [.array((ring + [ring[0]]).map(position))]]
  }

  // MARK: - Files

  private static func assets(of scene: Scene) -> JSONObject {
    var assets = JSONObject()
    for band in scene.bands { assets[band.id.isEmpty ? "image" : band.id] = asset(of: band, scene.mission) }
    for mask in scene.masks where mask.form == .raster && mask.band == nil {
      let key: String? =
        switch mask.kind {
        case .sceneClassification: "scl"
        case .qualityPixel: "qa_pixel"
        default: nil
        }
      guard let key else { continue }
      assets[key] = ["href": .string(mask.path), "type": .string(type(of: mask.path)), "roles": ["data"]]
    }
    return assets
  }

  private static func asset(of band: SceneBand, _ mission: Scene.Mission) -> JSONValue {
    var described: JSONObject = ["name": .string(band.id)]
    if let common = commonName(band.name) { described["eo:common_name"] = .string(common) }
    var asset: JSONObject = [
      "href": .string(band.path), "type": .string(type(of: band.path)), "roles": ["data"],
      "bands": [.object(described)],
    ]
    if let missing = band.missing, missing.isFinite { asset["nodata"] = .number(Double(missing)) }
    if let resolution = band.resolution {
      asset["gsd"] = .number(resolution)
      asset["raster:spatial_resolution"] = .number(resolution)
    }
    switch band.calibration {
    case .reflectance(let scale, let offset), .temperature(let scale, let offset):
      asset["raster:scale"] = .number(scale)
      asset["raster:offset"] = .number(offset)
    case .brightnessTemperature, nil: break
    }
    return .object(asset)
  }

  /// Names that the eo extension knows.
  private static func commonName(_ name: BandName?) -> String? {
    switch name {
    case .coastal, .blue, .green, .red, .nir, .cirrus: name?.rawValue
    case .redEdge1: "rededge071"
    case .redEdge2: "rededge075"
    case .redEdge3: "rededge078"
    case .nirNarrow: "nir08"
    case .waterVapour: "nir09"
    case .swir1: "swir16"
    case .swir2: "swir22"
    case .panchromatic: "pan"
    case .thermal1: "lwir11"
    case .thermal2: "lwir12"
    case .grey, nil: nil
    }
  }

  private static func type(of path: String) -> String {
    let ending = path.split(separator: ".").last?.lowercased() ?? ""
    switch ending {
    case "tif", "tiff": return "image/tiff; application=geotiff"
    case "jp2": return "image/jp2"
    case "png": return "image/png"
    case "jpg", "jpeg": return "image/jpeg"
    default: return "application/octet-stream"
    }
  }
}
