// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

extension GeoTransform {
  /// North-up pixels of size 1, for images without a place on the map.
  static let pixels = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: -1)

  /// From pixels to metres to true east and north.
  init(_ step: GroundStep) {
    self.init(
      originEast: 0, originNorth: 0, eastPerColumn: step.rightEast, northPerRow: step.downNorth,
      eastPerRow: step.downEast, northPerColumn: step.rightNorth)
  }
}

extension Georeference {
  /// From pixels to metres to true east and north in the middle of an image; its own transform, or square pixels, where
  /// it has no CRS.
  ///
  /// - Throws: `RasterError` of kind `.noTransformation` when the CRS has no way to longitude and latitude on Earth.
  package func groundTransform(rows: Int, columns: Int) throws -> GeoTransform {
    let step = try groundStep(row: Double(rows - 1) / 2, column: Double(columns - 1) / 2)
    return step.map { GeoTransform($0) } ?? transform ?? .pixels
  }
}
