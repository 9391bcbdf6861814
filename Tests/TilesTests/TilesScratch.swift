// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Tiles

/// A folder of its own for a test, removed with the value.
final class TilesScratch: Sendable {
  let folder: String

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-tiles-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  subscript(name: String) -> String { "\(folder)/\(name)" }

  /// Writes a raster whose cells are worked out from row and column.
  @discardableResult
  func raster(
    _ name: String, _ layout: RasterLayout, _ value: (Int, Int) -> Float
  ) throws -> RasterLayerFile {
    try FileManager.default.createDirectory(
      at: URL(filePath: self[name]).deletingLastPathComponent(), withIntermediateDirectories: true)
    var grid = Grid(rows: layout.rows, columns: layout.columns, filledWith: Float.nan)
    for row in 0..<layout.rows { for column in 0..<layout.columns { grid[row, column] = value(row, column) } }
    let writer = try RasterWriter.create(self[name], layout)
    try writer.write(grid)
    try writer.finish()
    return RasterLayerFile(self[name])
  }
}

/// A square raster of a reference system.
func layout(
  _ crs: String, east: Double, north: Double, pixel: Double, side: Int, type: RasterLayout.SampleType = .float32
) throws -> RasterLayout {
  RasterLayout(
    rows: side, columns: side, type: type,
    transform: GeoTransform(originEast: east, originNorth: north, eastPerColumn: pixel, northPerRow: -pixel),
    crs: try CRS(crs))
}

/// The tile of a zoom level in which a place lies, and where in it, px (pixel centres at integers).
func tile(
  longitude: Double, latitude: Double, zoom: Int, size: Int = 256
) -> (address: TileAddress, row: Double, column: Double) {
  let count = Double(1 << zoom)
  let x = (longitude + 180) / 360 * count
  let y = (1 - asinh(tan(latitude * .pi / 180)) / .pi) / 2 * count
  let address = TileAddress(z: zoom, x: Int(x), y: Int(y))
  let side = Double(size)
  return (address, (y - Double(address.row)) * side - 0.5, (x - Double(address.column)) * side - 0.5)
}

/// Longitude and latitude of a position in a tile.
func place(_ address: TileAddress, row: Double, column: Double, size: Int = 256) -> MapPoint {
  let count = Double(1 << address.zoom)
  let x = (Double(address.column) + (column + 0.5) / Double(size)) / count
  let y = (Double(address.row) + (row + 0.5) / Double(size)) / count
  return MapPoint(east: x * 360 - 180, north: atan(sinh(.pi * (1 - 2 * y))) * 180 / .pi)
}

/// The kind of the error that a block throws; nil when it throws none.
func kind<Value>(_ body: () throws(TilesError) -> Value) -> TilesErrorKind? {
  do throws(TilesError) {
    _ = try body()
    return nil
  } catch {
    return error.kind
  }
}
