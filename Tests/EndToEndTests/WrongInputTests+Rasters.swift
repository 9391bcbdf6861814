// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Georeferenced images for tests of the tool.
enum TestRaster {
  static let place = GeoTransform(originEast: 600_000, originNorth: 4_500_000, eastPerColumn: 10, northPerRow: -10)

  /// A texture seen `dx` px further right and `dy` px further down, in grey levels.
  static func texture(rows: Int, columns: Int, dx: Double = 0, dy: Double = 0) -> Grid<Float> {
    let file = TestImage.texture(rows: rows, columns: columns, dx: dx, dy: dy)
    return Grid(rows: rows, columns: columns, cells: file.suffix(rows * columns).map(Float.init))
  }

  /// Writes an image; `crs` nil gives one without coordinates.
  static func write(
    _ image: Grid<Float>, to path: String, crs: String? = "EPSG:32719", place: GeoTransform = place,
    type: RasterLayout.SampleType = .float32, nodata: Double? = nil
  ) throws {
    var layout = RasterLayout(
      rows: image.rows, columns: image.columns, type: type, transform: crs == nil ? nil : place,
      crs: try crs.map { try CRS($0) })
    layout.nodata = nodata
    let writer = try RasterWriter.create(path, layout)
    try writer.write(image)
    try writer.finish()
  }

  /// The median of the finite values of a product, and how many they are.
  static func median(_ path: String) throws -> (value: Float, count: Int) {
    let image = try RasterImage.open(path, band: nil)
    let grid = try image.read(Window(row: 0, column: 0, rows: image.rows, columns: image.columns))
    return (Grids.median(grid.cells), grid.cells.count { $0.isFinite })
  }
}
