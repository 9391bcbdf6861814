// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO
import Services

/// A pair of a stack with uniform motion, and a folder for its files.
final class PublishFixture: Sendable {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  static func scene(_ day: String) -> PublishedScene {
    var scene = PublishedScene(id: "S2A_\(day)", date: AcquisitionDate(day)!)
    (scene.mission, scene.satellite, scene.sensor) = ("Sentinel-2", "2A", "MSI")
    return scene
  }

  static func place(
    _ crs: String = "EPSG:32632", _ east: Double = 5e5, _ north: Double = 5e6, step: Double = 20, rows: Int = 30,
    columns: Int = 40
  ) throws -> Georeference {
    Georeference(
      name: "stack", rows: rows, columns: columns,
      transform: GeoTransform(originEast: east, originNorth: north, eastPerColumn: step, northPerRow: -step),
      crs: try CRS(crs))
  }

  /// Every point moved by (`dx`, `dy`) px in 36.525 days; the first point is missing.
  static func pair(_ place: Georeference, dx: Float, dy: Float, spacing: Double = 2, sigma: Float = 0.05)
    -> PublishedPair
  {
    let columns = place.columns
    return PublishedPair(
      earlier: scene("2020-01-01T10:00:00Z"), later: scene("2020-02-06T22:36:00Z"), place: place, spacing: spacing
    ) { rows in
      func grid(_ value: Float) -> Grid<Float> { Grid(rows: rows.count, columns: columns, filledWith: value) }
      var values = PairRows(dx: grid(dx), dy: grid(dy), dxSigma: grid(sigma), dySigma: grid(sigma), ncc: grid(0.5))
      if rows.contains(0) { values.dx[0, 0] = .nan }
      values.isCloudy = Grid(rows: rows.count, columns: columns, filledWith: false)
      values.isCloudy?[0, 1] = true
      return values
    }
  }

  func raster(_ name: String) throws -> Grid<Float> {
    let image = try RasterImage.open("\(folder)/\(name)")
    return try image.read(image.window)
  }

  func variable(_ file: String, _ name: String, appliesScale: Bool = false) throws -> RasterImage {
    try RasterImage.open("NETCDF:\"\(folder)/\(file)\":\(name)", appliesScale: appliesScale)
  }
}
