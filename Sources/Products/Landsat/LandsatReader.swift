// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// Reads Landsat Collection 2 products of level 1 and 2 from their metadata file, of Landsat 1 to 9.
public enum LandsatReader {
  /// The scene that a metadata file describes; its images are looked for beside it.
  ///
  /// - Parameter path: `…_MTL.json`, `…_MTL.txt` or `…_MTL.xml`; also inside an archive (`/vsitar/…`).
  /// - Throws: `SceneError` of kind `.missing`, `.badMetadata` or `.noDate`.
  public static func read(_ path: String) throws(SceneError) -> Scene {
    let metadata = try LandsatMetadata(MetadataTree(reading: path), path: path)
    guard let date = metadata.date else {
      throw SceneError(.noDate, path, "\(path) gives no date of acquisition (DATE_ACQUIRED)")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let bands = bands(metadata, folder)
    var angles = SceneAngles()
    angles.sun = metadata.sun
    angles.roll = metadata.image.number("ROLL_ANGLE")
    angles.rasters = SceneAngles.AngleRaster.Quantity.allCases.compactMap { quantity in
      // Named by the band that they were computed for, which is always 4.
      file("ANGLE_\(quantity.rawValue)_BAND_4", metadata, folder).map {
        SceneAngles.AngleRaster(quantity: quantity, path: $0)
      }
    }
    if let path = file("ANGLE_COEFFICIENT", metadata, folder), let place = metadata.grids.last,
      let orbit = LandsatAngles(path, place: place)
    {
      (angles.views, angles.sunGrid, angles.viewGrid) = (orbit.views, orbit.sun, orbit.view)
    }
    func raster(_ quantity: SceneAngles.AngleRaster.Quantity) -> SceneAngles.AngleRaster? {
      angles.rasters.first { $0.quantity == quantity }
    }
    let sun = LandsatAngleRasters.grid(raster(.sunZenith), raster(.sunAzimuth))
    let view = LandsatAngleRasters.grid(raster(.viewZenith), raster(.viewAzimuth))
    (angles.sunGrid, angles.viewGrid) = (sun ?? angles.sunGrid, view ?? angles.viewGrid)
    var notices: [String] = []
    let bare = bands.filter { $0.calibration == nil }.map(\.id)
    if !bare.isEmpty {
      notices.append("\(metadata.id): no reflectance can be had of \(bare.joined(separator: ", "))")
    }
    return Scene(
      id: metadata.id, path: path, mission: .landsat, platform: "Landsat \(metadata.satellite)",
      level: metadata.level, date: date, relativeOrbit: metadata.wrsPath, isAscending: nil, tile: metadata.tile,
      pass: metadata.wrsPath.map { "landsat-\(metadata.satellite)_\(date.day)_\($0)" },
      processingBaseline: nil, bands: bands, masks: masks(metadata, folder), angles: angles,
      footprint: metadata.footprint, cloudCover: metadata.cloudCover, grids: metadata.grids, notices: notices)
  }

  private static func bands(_ metadata: LandsatMetadata, _ folder: String) -> [SceneBand] {
    metadata.contents.children.compactMap { part -> SceneBand? in
      guard part.name.hasPrefix("FILE_NAME_BAND_"), !part.trimmed.isEmpty else { return nil }
      let number = part.name.replacingPrefix("FILE_NAME_BAND_")
      let name = LandsatBands.name(number, sensor: metadata.sensor, satellite: metadata.satellite)
      return SceneBand(
        name: name, id: number.hasPrefix("ST_") ? number : "B\(number)", path: folder + part.trimmed, number: 1,
        resolution: metadata.resolution(name), calibration: metadata.calibration(of: number), missing: 0,
        saturated: metadata.saturated(number))
    }
  }

  private static func masks(_ metadata: LandsatMetadata, _ folder: String) -> [SceneMask] {
    let kinds: [(String, SceneMask.Kind)] = [
      ("QUALITY_L1_PIXEL", .qualityPixel), ("QUALITY_L1_RADIOMETRIC_SATURATION", .saturation),
      ("QUALITY_L2_AEROSOL", .aerosol),
    ]
    return kinds.compactMap { name, kind in
      file(name, metadata, folder).map { SceneMask(kind: kind, form: .raster, path: $0, band: nil) }
    }
  }

  private static func file(_ name: String, _ metadata: LandsatMetadata, _ folder: String) -> String? {
    metadata.contents.text("FILE_NAME_\(name)").map { folder + $0 }
  }
}
