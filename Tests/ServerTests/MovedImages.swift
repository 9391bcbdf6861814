// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO

/// Images of ground that moves to the east by 1.3 pixels from each to the next.
enum MovedImages {
  /// - Returns: paths of GeoTIFFs in UTM with pixels of 10 m.
  static func write(_ count: Int, side: Int = 160, to folder: URL) throws -> [String] {
    let texture = GroundTexture(shortest: 60)
    var layout = RasterLayout(rows: side, columns: side)
    layout.transform = place(0)
    layout.crs = try CRS("EPSG:32632")
    return try (1...count).map { number in
      let path = folder.appending(path: "image-2020-0\(number)-15.tif").path
      let pixels = texture.grid(side, side, place(-13 * Double(number)))
      try ImageFile.tiff(path, layout) { window in
        let cells = pixels.cells[window.row * side..<(window.row + window.rows) * side]
        return Grid(rows: window.rows, columns: side, cells: Array(cells))
      }
      return path
    }
  }

  private static func place(_ east: Double) -> GeoTransform {
    GeoTransform(originEast: 500_000 + east, originNorth: 100_000, eastPerColumn: 10, northPerRow: -10)
  }
}
