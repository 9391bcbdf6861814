// SPDX-License-Identifier: Apache-2.0
import Grids
import Processing
import RasterIO

/// A raster of floating numbers that is written part by part.
struct TiledRaster {
  let place: Georeference
  let unit, title: String

  /// - Parameter values: of a window, asked for once each.
  func write(to path: String, values: (Window) throws -> Grid<Float>) throws {
    var layout = RasterLayout(rows: place.rows, columns: place.columns, transform: place.transform, crs: place.crs)
    layout.unit = unit
    layout.description = title
    let writer = try RasterWriter.create(path, layout)
    let parts = TilePlan(rows: place.rows, columns: place.columns, tileRows: 512, tileColumns: 2048)
    for index in 0..<parts.count {
      try writer.write(try values(parts[index]), atRow: parts[index].row, column: parts[index].column)
    }
    try writer.finish()
  }
}
