// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// The metadata of a Landsat Collection 2 product, the same from JSON, text and XML.
///
/// Source: Landsat 8-9 Collection 2 Level 1 and Level 2 Data Format Control Books (LSDS-1822, LSDS-1328), those of
/// Landsat 1-5 MSS and 4-7 TM and ETM+, and the Landsat 8 Data Users Handbook (LSDS-1574), section 5.
struct LandsatMetadata {
  let contents, image: MetadataTree
  private let tree: MetadataTree
  private let path: String

  /// - Throws: `SceneError` of kind `.badMetadata` when it is no metadata of a Collection 2 product.
  init(_ tree: MetadataTree, path: String) throws(SceneError) {
    guard tree.name == "LANDSAT_METADATA_FILE", let contents = tree.child("PRODUCT_CONTENTS"),
      let image = tree.child("IMAGE_ATTRIBUTES"), contents.text("LANDSAT_PRODUCT_ID") != nil
    else {
      throw SceneError(
        .badMetadata, path,
        tree.name == "L1_METADATA_FILE"
          ? "\(path) is of Landsat Collection 1, which is not read; the USGS gives the same scene in Collection 2"
          : "\(path) is no metadata of a Landsat Collection 2 product")
    }
    (self.contents, self.image, self.tree, self.path) = (contents, image, tree, path)
  }

  var id: String { contents.text("LANDSAT_PRODUCT_ID") ?? "" }
  /// `L1TP`, `L1GT`, `L1GS`, `L2SP`, `L2SR`.
  var level: String { contents.text("PROCESSING_LEVEL") ?? "" }
  var sensor: String { image.text("SENSOR_ID") ?? "" }
  var satellite: Int { image.text("SPACECRAFT_ID")?.split(separator: "_").last.flatMap { Int($0) } ?? 0 }
  var wrsPath: Int? { image.text("WRS_PATH").flatMap { Int($0) } }

  /// Path and row, six digits.
  var tile: String? {
    guard let path = wrsPath, let row = image.text("WRS_ROW").flatMap({ Int($0) }) else { return nil }
    func three(_ value: Int) -> String { String(repeating: "0", count: max(0, 3 - String(value).count)) + "\(value)" }
    return three(path) + three(row)
  }

  var date: AcquisitionDate? {
    guard let day = image.text("DATE_ACQUIRED") else { return nil }
    let time = image.text("SCENE_CENTER_TIME")?.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    let source = "metadata of the product"
    return time.flatMap { AcquisitionDate("\(day)T\($0)", source: source) } ?? AcquisitionDate(day, source: source)
  }

  /// Negative where clouds were not looked for.
  var cloudCover: Double? { image.number("CLOUD_COVER").flatMap { $0 >= 0 ? $0 / 100 : nil } }

  var sun: SkyDirection? {
    guard let elevation = image.number("SUN_ELEVATION"), let azimuth = image.number("SUN_AZIMUTH") else { return nil }
    // The product counts azimuths from -180 to 180.
    return SkyDirection(zenith: 90 - elevation, azimuth: azimuth < 0 ? azimuth + 360 : azimuth)
  }

  // MARK: - Place

  private var projection: MetadataTree? { tree.child("PROJECTION_ATTRIBUTES") }

  /// Corners of the image, which reach farther than the data.
  var footprint: [GeographicPoint] {
    ["UL", "LL", "LR", "UR"].compactMap { corner in
      guard let latitude = projection?.number("CORNER_\(corner)_LAT_PRODUCT"),
        let longitude = projection?.number("CORNER_\(corner)_LON_PRODUCT")
      else { return nil }
      return GeographicPoint(longitude: longitude, latitude: latitude)
    }
  }

  var grids: [Georeference] {
    guard let projection, let crs else { return [] }
    let grids = ["PANCHROMATIC", "REFLECTIVE", "THERMAL"].compactMap { kind -> (Double, Georeference)? in
      guard let side = projection.number("GRID_CELL_SIZE_\(kind)"), let rows = projection.number("\(kind)_LINES"),
        let columns = projection.number("\(kind)_SAMPLES"),
        let east = projection.number("CORNER_UL_PROJECTION_X_PRODUCT"),
        let north = projection.number("CORNER_UL_PROJECTION_Y_PRODUCT")
      else { return nil }
      // The corner is the centre of the first pixel of every grid: a panchromatic image has one line less than twice
      // those of the others.
      let half = side / 2
      let transform = GeoTransform(
        originEast: east - half, originNorth: north + half, eastPerColumn: side, northPerRow: -side)
      return (
        side, Georeference(name: path, rows: Int(rows), columns: Int(columns), transform: transform, crs: crs)
      )
    }.sorted { $0.0 < $1.0 }.map(\.1)
    return grids.enumerated().filter { index, grid in !grids[..<index].contains(grid) }.map(\.element)
  }

  private var crs: CRS? {
    switch projection?.text("MAP_PROJECTION") {
    // Landsat counts the southern hemisphere in northern zones too, with negative northings.
    case "UTM":
      guard let zone = projection?.number("UTM_ZONE"), (1...60).contains(Int(zone)) else { return nil }
      return try? CRS("EPSG:\(32600 + Int(zone))")
    case "PS": return (projection?.number("TRUE_SCALE_LAT") ?? -71) < 0 ? try? CRS("EPSG:3031") : nil
    default: return nil
    }
  }

  // MARK: - Calibration

  /// The constants of the product's own level: a level 2 product carries those of level 1 too.
  private func constant(_ quantity: String, _ band: String) -> Double? {
    let groups =
      level.hasPrefix("L2")
      ? ["LEVEL2_SURFACE_REFLECTANCE_PARAMETERS", "LEVEL2_SURFACE_TEMPERATURE_PARAMETERS"]
      : ["LEVEL1_RADIOMETRIC_RESCALING", "LEVEL1_THERMAL_CONSTANTS"]
    return groups.lazy.compactMap { tree.child($0)?.number("\(quantity)_BAND_\(band)") }.first
  }

  /// Level 1: (multiplier × number + summand) / sin(elevation of the sun), or brightness temperature; level 2: the same
  /// without the sun, or surface temperature. Nil where the product gives no constants.
  func calibration(of band: String) -> BandCalibration? {
    if let scale = constant("REFLECTANCE_MULT", band), let offset = constant("REFLECTANCE_ADD", band) {
      if level.hasPrefix("L2") { return .reflectance(scale: scale, offset: offset) }
      guard let elevation = sun?.elevation, elevation > 0 else { return nil }
      let sine = sin(elevation * .pi / 180)
      return .reflectance(scale: scale / sine, offset: offset / sine)
    }
    if let scale = constant("TEMPERATURE_MULT", band), let offset = constant("TEMPERATURE_ADD", band) {
      return .temperature(scale: scale, offset: offset)
    }
    guard let k1 = constant("K1_CONSTANT", band), let k2 = constant("K2_CONSTANT", band),
      let scale = constant("RADIANCE_MULT", band), let offset = constant("RADIANCE_ADD", band)
    else { return nil }
    return .brightnessTemperature(scale: scale, offset: offset, k1: k1, k2: k2)
  }

  /// Largest digital number, which stands for saturation; 0 stands for no data.
  func saturated(_ band: String) -> Float? {
    let groups = ["LEVEL2_SURFACE_REFLECTANCE_PARAMETERS", "LEVEL1_MIN_MAX_PIXEL_VALUE"]
    return (level.hasPrefix("L2") ? groups[0...] : groups[1...]).lazy
      .compactMap { tree.child($0)?.number("QUANTIZE_CAL_MAX_BAND_\(band)") }.first.map { Float($0) }
  }

  /// Side of a pixel, m.
  func resolution(_ name: BandName?) -> Double? {
    guard let projection = projection else { return nil }
    if name == .panchromatic {
      return projection.number("GRID_CELL_SIZE_PANCHROMATIC")
        ?? tree.child("LEVEL1_PROJECTION_PARAMETERS")?.number("GRID_CELL_SIZE_PANCHROMATIC")
    }
    let isThermal = name == .thermal1 || name == .thermal2
    return projection.number("GRID_CELL_SIZE_\(isThermal ? "THERMAL" : "REFLECTIVE")")
  }
}
