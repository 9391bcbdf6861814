// SPDX-License-Identifier: Apache-2.0
import Parameters
import RasterIO

/// What a map needs to know of a raster to show it.
public struct RasterDescription: Sendable {
  /// Box in longitude and latitude; nil for a raster without a place on Earth.
  public let bounds: GeographicBox?
  public let matrix: TileMatrix
  /// Code of the raster's own reference system, e.g. `EPSG:32718`, or its name where it has no code.
  public let crs: String?
  public let rows, columns: Int
  /// Width of a pixel in units of the reference system, or 1.
  public let pixelSize: Double
  /// The zoom level from which on tiles show more pixels than the raster has.
  public let fullZoom: Int
  /// Unit and title as the file states them; empty where it does not.
  public let unit, title: String

  /// As a part of a JSON document.
  public var json: JSONObject {
    [
      "matrix": .string(matrix.name), "rows": .integer(rows), "columns": .integer(columns),
      "bounds": bounds.map {
        [.number($0.west), .number($0.south), .number($0.east), .number($0.north)]
      } ?? .null,
      "crs": crs.map { .string($0) } ?? .null, "pixelSize": .number(pixelSize), "fullZoom": .integer(fullZoom),
      "tileSize": .integer(TileMatrix.tileSize), "unit": .string(unit), "title": .string(title),
    ]
  }
}

extension RasterTiles {
  /// What a map needs to know of a raster to show it.
  ///
  /// - Throws: `TilesError` of kind `.missing` or `.unreadable`.
  public func description(of file: RasterLayerFile) throws(TilesError) -> RasterDescription {
    let raster = try rasters.raster(file), info = raster.image.info, place = raster.place
    return RasterDescription(
      bounds: place.box, matrix: place.matrix, crs: info.crs?.description, rows: info.rows, columns: info.columns,
      pixelSize: info.transform?.pixelSize.width ?? 1, fullZoom: place.fullZoom, unit: info.unit,
      title: info.description)
  }
}

extension RasterPlace {
  /// The first zoom level whose tile pixels are no larger than the raster's pixels.
  fileprivate var fullZoom: Int {
    guard let box else { return matrix.deepestZoom ?? 0 }
    // Pixels of the world at level 0 to those of the raster, by the higher of both ratios.
    let width = (box.east - box.west) / 360, top = Mercator.north(latitude: box.north)
    let height = (top - Mercator.north(latitude: box.south)) / (2 * Mercator.halfSide)
    guard width > 0, height > 0 else { return 0 }
    let wanted = max(Double(reference.columns) / width, Double(reference.rows) / height)
    var zoom = 0
    while Double(TileMatrix.tileSize << zoom) < wanted, zoom < TileMatrix.deepestMercatorZoom { zoom += 1 }
    return zoom
  }
}
