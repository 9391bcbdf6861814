// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO

/// Reads STAC items of Sentinel-2, Landsat and other images: one item, or an item collection as a search gives it.
///
/// Items of version 1.0 and 1.1 with the extensions eo, raster, projection, sat, view, landsat and s2. Images are where the
/// items say: beside the file, anywhere on the disk, or on the net, from where GDAL reads the windows that are asked for.
///
/// Source: STAC specification 1.1.0 and its extensions. Checked by: `StacReaderTests`, `StacAgreementTests`.
public enum StacReader {
  /// The scenes of a file; items that give none become problems.
  ///
  /// - Throws: `SceneError` of kind `.missing` or `.damaged` when the file cannot be read, `.badMetadata` when it is no JSON,
  ///   `.unknown` when it is JSON of another kind, such as vectors.
  public static func read(_ path: String) throws(SceneError) -> SceneCollection {
    let bytes: [UInt8]
    do throws(RasterError) { bytes = try VirtualFile.read(path) } catch {
      throw SceneError(error.kind == .missing ? .missing : .damaged, path, error.message, cause: error.cause)
    }
    let tree: JSONValue
    do throws(ParameterError) { tree = try JSONValue(parsing: bytes, named: path) } catch {
      throw SceneError(.badMetadata, path, "\(path) is no JSON: \(error)")
    }
    let items = tree["features"]?.arrayValue ?? (tree["type"]?.stringValue == "Feature" ? [tree] : [])
    guard items.contains(where: { $0["stac_version"] != nil || $0["assets"] != nil }) else {
      throw SceneError(.unknown, path, "\(path) is no STAC item and no collection of items")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var found = SceneCollection()
    for item in items {
      do throws(SceneError) {
        found.scenes.append(try StacItem(item, path: path, folder: folder).scene)
      } catch {
        found.problems.append(error)
      }
    }
    return found
  }

  /// A name that GDAL opens for where an item says that a file is.
  static func path(_ href: String, in folder: String) -> String {
    if href.hasPrefix("/") { return href }
    if let rest = href.rest(after: "file://") { return rest }
    if href.hasPrefix("https://") || href.hasPrefix("http://") { return "/vsicurl/" + href }
    if let rest = href.rest(after: "s3://") { return "/vsis3/" + rest }
    return folder + (href.rest(after: "./") ?? href)
  }
}

/// One item as a scene.
private struct StacItem {
  let scene: Scene

  init(_ item: JSONValue, path: String, folder: String) throws(SceneError) {
    let properties = item["properties"] ?? .null
    let id = item["id"]?.stringValue ?? ""
    guard !id.isEmpty else { throw SceneError(.badMetadata, path, "\(path) holds an item without an id") }
    let time = properties["datetime"]?.stringValue ?? properties["start_datetime"]?.stringValue
    guard let date = time.flatMap({ AcquisitionDate($0, source: "STAC item") }) else {
      throw SceneError(.noDate, path, "\(path): item \(id) gives no date of acquisition (datetime)")
    }
    let platform = properties["platform"]?.stringValue?.lowercased() ?? ""
    let mission: Scene.Mission =
      platform.hasPrefix("sentinel-2") ? .sentinel2 : platform.hasPrefix("landsat") ? .landsat : .plain
    let assets = (item["assets"]?.objectValue).map { Array($0) } ?? []
    let bands = Self.finest(
      assets.compactMap { StacAsset($0.value, key: $0.key, mission: mission, properties: properties, folder: folder) }
    )
    guard !bands.isEmpty else {
      throw SceneError(.noImages, path, "\(path): item \(id) has no asset with one band of a known name")
    }
    let orbit = properties["sat:relative_orbit"]?.number ?? properties["landsat:wrs_path"]?.number
    var angles = SceneAngles()
    if let elevation = properties["view:sun_elevation"]?.doubleValue,
      let azimuth = properties["view:sun_azimuth"]?.doubleValue
    {
      angles.sun = SkyDirection(zenith: 90 - elevation, azimuth: azimuth < 0 ? azimuth + 360 : azimuth)
    }
    scene = Scene(
      id: id, path: path, mission: mission, platform: Self.name(platform), level: Self.level(properties), date: date,
      relativeOrbit: orbit, isAscending: properties["sat:orbit_state"]?.stringValue.map { $0 == "ascending" },
      tile: Self.tile(properties), pass: Self.pass(properties, platform, date, orbit),
      processingBaseline: properties["s2:processing_baseline"]?.stringValue, bands: bands,
      masks: Self.masks(assets.map { ($0.key, $0.value) }, folder), angles: angles,
      footprint: Self.ring(item["geometry"]),
      cloudCover: properties["eo:cloud_cover"]?.doubleValue.map { $0 / 100 }, grids: [], notices: [])
  }

  /// Of bands in several resolutions the finest.
  private static func finest(_ assets: [StacAsset]) -> [SceneBand] {
    var best: [StacAsset] = []
    for asset in assets {
      guard let index = best.firstIndex(where: { $0.band.name == asset.band.name }) else {
        best.append(asset)
        continue
      }
      if (asset.band.resolution ?? .infinity) < (best[index].band.resolution ?? .infinity) { best[index] = asset }
    }
    return best.map(\.band)
  }

  private static func masks(_ assets: [(key: String, value: JSONValue)], _ folder: String) -> [SceneMask] {
    assets.compactMap { key, asset in
      guard let href = asset["href"]?.stringValue else { return nil }
      let kind: SceneMask.Kind
      switch key.lowercased() {
      case "scl": kind = .sceneClassification
      case "qa_pixel", "qa_pixel.tif": kind = .qualityPixel
      default: return nil
      }
      return SceneMask(kind: kind, form: .raster, path: StacReader.path(href, in: folder), band: nil)
    }
  }

  // MARK: - What the own readers say of the same product

  /// `Sentinel-2B`, `Landsat 8`.
  private static func name(_ platform: String) -> String? {
    if let letter = platform.rest(after: "sentinel-2") { return "Sentinel-2\(letter.uppercased())" }
    if let number = platform.rest(after: "landsat-") { return "Landsat \(number)" }
    return platform.isEmpty ? nil : platform
  }

  private static func level(_ properties: JSONValue) -> String? {
    if let type = properties["s2:product_type"]?.stringValue { return "L" + type.suffix(2) }
    return properties["landsat:correction"]?.stringValue ?? properties["processing:level"]?.stringValue
  }

  private static func tile(_ properties: JSONValue) -> String? {
    if let tile = properties["s2:mgrs_tile"]?.stringValue { return tile }
    if let code = properties["grid:code"]?.stringValue?.rest(after: "MGRS-") { return code }
    guard let path = properties["landsat:wrs_path"]?.number, let row = properties["landsat:wrs_row"]?.number else {
      return nil
    }
    func three(_ value: Int) -> String { String(repeating: "0", count: max(0, 3 - "\(value)".count)) + "\(value)" }
    return three(path) + three(row)
  }

  private static func pass(
    _ properties: JSONValue, _ platform: String, _ date: AcquisitionDate, _ orbit: Int?
  ) -> String? {
    if let take = properties["s2:datatake_id"]?.stringValue {
      return take.split(separator: "_").prefix(3).joined(separator: "_")
    }
    return platform.hasPrefix("landsat") ? orbit.map { "\(platform)_\(date.day)_\($0)" } : nil
  }

  /// The outer ring of the first polygon, open.
  private static func ring(_ geometry: JSONValue?) -> [GeographicPoint] {
    let outer =
      geometry?["type"]?.stringValue == "MultiPolygon"
      ? geometry?["coordinates"]?[0]?[0] : geometry?["coordinates"]?[0]
    let points = (outer?.arrayValue ?? []).compactMap { point -> GeographicPoint? in
      guard let longitude = point[0]?.doubleValue, let latitude = point[1]?.doubleValue else { return nil }
      return GeographicPoint(longitude: longitude, latitude: latitude)
    }
    return points.count > 3 && points.first == points.last ? Array(points.dropLast()) : points
  }
}

/// One asset as a band; nil for what is none.
private struct StacAsset {
  let band: SceneBand

  private static let names: [String: BandName] = [
    "coastal": .coastal, "blue": .blue, "green": .green, "red": .red, "nir": .nir, "nir08": .nir,
    "nir09": .waterVapour,
    "cirrus": .cirrus, "swir16": .swir1, "swir22": .swir2, "pan": .panchromatic, "lwir": .thermal1,
    "lwir11": .thermal1,
    "lwir12": .thermal2,
  ]

  init?(_ asset: JSONValue, key: String, mission: Scene.Mission, properties: JSONValue, folder: String) {
    let described = asset["bands"]?.arrayValue ?? asset["eo:bands"]?.arrayValue ?? []
    let roles = (asset["roles"]?.arrayValue ?? []).compactMap(\.stringValue)
    guard let href = asset["href"]?.stringValue, described.count == 1, let first = described.first,
      !roles.contains(where: ["visual", "overview", "thumbnail"].contains)
    else { return nil }
    let id = first["name"]?.stringValue ?? key
    let common = first["common_name"]?.stringValue ?? first["eo:common_name"]?.stringValue
    guard let name = Self.name(common, id, mission) else { return nil }
    /// What the raster extension says, in its first form, in its second, or for the whole asset.
    func number(_ what: String) -> Double? {
      let old = asset["raster:bands"]?[0]?[what]?.doubleValue
      return old ?? first["raster:\(what)"]?.doubleValue ?? asset["raster:\(what)"]?.doubleValue
        ?? first[what]?.doubleValue ?? asset[what]?.doubleValue
    }
    var calibration: BandCalibration?
    if let scale = number("scale") {
      // Numbers from which the offset has been taken already are listed with it all the same.
      let isApplied = properties["earthsearch:boa_offset_applied"]?.boolValue == true
      let offset = isApplied ? 0 : number("offset") ?? 0
      let isThermal = name == .thermal1 || name == .thermal2
      calibration =
        isThermal ? .temperature(scale: scale, offset: offset) : .reflectance(scale: scale, offset: offset)
    }
    band = SceneBand(
      name: name, id: id, path: StacReader.path(href, in: folder), number: 1,
      resolution: number("spatial_resolution") ?? number("gsd"), calibration: calibration,
      missing: number("nodata").map { Float($0) } ?? (mission == .plain ? nil : 0), saturated: nil)
  }

  /// Sentinel-2 has three bands of the common name `rededge`, and its narrow near infrared is `nir08`.
  private static func name(_ common: String?, _ id: String, _ mission: Scene.Mission) -> BandName? {
    if mission == .sentinel2, let band = Sentinel2Band(rawValue: id.uppercased()) { return band.name }
    if mission == .sentinel2, common == "nir08" { return .nirNarrow }
    if let common { return names[common] ?? BandName(rawValue: common) }
    return mission == .plain ? BandName(rawValue: id.lowercased()) : nil
  }
}

extension JSONValue {
  /// A whole number, also where it stands as text.
  fileprivate var number: Int? { intValue ?? stringValue.flatMap { Int($0) } }
}

extension String {
  fileprivate func rest(after prefix: String) -> String? { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil }
}
