// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Products
import RasterIO

/// A transform without rotation.
func northUp(_ east: Double, _ north: Double, side: Double) -> GeoTransform {
  GeoTransform(originEast: east, originNorth: north, eastPerColumn: side, northPerRow: -side)
}

extension Scratch {
  /// Writes a GeoTIFF anywhere; 0 is no data in whole numbers.
  @discardableResult
  func tiff(
    _ name: String, _ grid: Grid<Float>, at transform: GeoTransform?, crs: String? = "EPSG:32631",
    type: RasterLayout.SampleType = .float32
  ) throws -> String {
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: type)
    layout.transform = transform
    layout.crs = try crs.map { try CRS($0) }
    let writer = try RasterWriter.create(url.path, layout)
    try writer.write(grid)
    try writer.finish()
    return url.path
  }

  /// A plain scene of a file with the date of its name.
  func scene(_ name: String) throws -> Scene { try PlainSceneReader.read(self[name]) }
}
