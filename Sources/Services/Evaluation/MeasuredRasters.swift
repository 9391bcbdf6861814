// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// The rasters of a match run, thinned out evenly where they are too many to hold.
package struct MeasuredRasters: MeasuredProducts {
  package let folder: String
  package let step: Int
  package let rows, columns: Int
  package var parts: String { "rows and columns of the products" }
  package var crs: CRS? { image.info.crs }
  package var extent: Extent { image.info.georeference.extent }
  private let image: RasterImage
  private let transform: GeoTransform

  /// Points up to which a grid is compared whole.
  package static let pointLimit = 4_000_000

  package init(_ folder: String, pointLimit: Int = Self.pointLimit) throws {
    self.folder = folder
    image = try RasterImage.open("\(folder)/products/dx.tif")
    transform = image.info.transform ?? .rowsDown
    let (height, width) = (image.rows, image.columns)
    var step = 1
    while (height + step - 1) / step * ((width + step - 1) / step) > pointLimit { step += 1 }
    self.step = step
    rows = (height + step - 1) / step
    columns = (width + step - 1) / step
  }

  package func coordinate(_ index: Int) -> MapPoint {
    let place = transform.coordinate(
      row: Double(index / columns * step), column: Double(index % columns * step))
    return MapPoint(east: place.east, north: place.north)
  }

  /// - Throws: `ServiceError.gridMismatch` when its shape is not that of dx.
  package func read(_ name: String) throws -> Grid<Float>? {
    let path = "\(folder)/products/\(name).tif"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let image = name == "dx" ? self.image : try RasterImage.open(path)
    guard image.rows == self.image.rows, image.columns == self.image.columns else {
      throw ServiceError(
        .gridMismatch,
        "\(path) has \(image.rows) × \(image.columns) cells and dx.tif has \(self.image.rows) × "
          + "\(self.image.columns); the products are not of one run: run ogive match again")
    }
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    // A block of rows at a time: those between the points are read with them and dropped.
    let block = max(1, 4_000_000 / (image.columns * step))
    for first in stride(from: 0, to: rows, by: block) {
      let last = min(rows, first + block) - 1
      let part = try image.read(
        Window(row: first * step, column: 0, rows: (last - first) * step + 1, columns: image.columns))
      for row in first...last {
        for column in 0..<columns { out[row, column] = part[(row - first) * step, column * step] }
      }
    }
    return out
  }

  package func unit(of name: String) -> String {
    (try? RasterImage.open("\(folder)/products/\(name).tif").info.unit) ?? ""
  }
}
