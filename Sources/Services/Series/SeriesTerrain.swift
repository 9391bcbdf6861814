// SPDX-License-Identifier: Apache-2.0
import Grids
import Masking
import Products
import RasterIO
import TimeSeries

/// The slope of the ground under the pixels of an inversion, along the axes of its motion.
struct SeriesTerrain: Sendable {
  let files: [String]
  private let heights: ElevationModel.Heights
  /// A pixel in metres.
  private let transform: GeoTransform
  /// Pixels around one that its slope is taken from.
  private let reach: Int

  private static let mostReach = 64

  /// - Parameter metres: around a pixel that its slope is taken from.
  /// - Throws: `RasterError`, `.noOverlap` where no height is known.
  init(_ elevation: String, _ input: SeriesInput, reach metres: Double) throws {
    let place = try input.georeference, model = try ElevationModel(elevation)
    guard let step = try place.groundStep(row: Double(place.rows) / 2, column: Double(place.columns) / 2) else {
      throw ServiceError(.noData, "\(input.cube.name) does not say where on Earth it lies, so it has no slopes")
    }
    files = model.files
    let size = step.pixelSize
    reach = max(1, min(Self.mostReach, Int((metres / min(size.width, size.height)).rounded())))
    transform =
      input.cube.directions == .map
      ? GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: size.width, northPerRow: -size.height)
      : GeoTransform(step)
    heights = try model.heights(on: SceneGrid(place), margin: reach)
  }

  /// Row after row.
  func rises(_ part: Window) throws -> [GroundRise] {
    let found = TerrainSlope.planeRises(try heights.read(part.grown(by: reach)), transform: transform, reach: reach)
    return found.east.cells.indices.map {
      GroundRise(east: Double(found.east.cells[$0]), north: Double(found.north.cells[$0]))
    }
  }
}
