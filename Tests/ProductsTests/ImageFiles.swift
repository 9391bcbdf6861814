// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import ProductFixtures
import RasterIO

/// A folder of its own for a test, removed with the value.
final class Scratch: Sendable {
  let folder: String

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-\(UUID().uuidString)").path
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  subscript(name: String) -> String { "\(folder)/\(name)" }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

  /// Writes a text file and the folders above it; returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) -> String {
    let url = URL(filePath: self[name])
    try? FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: url.path, contents: Data(text.utf8))
    return self[name]
  }

  /// Writes a GeoTIFF of whole numbers on a map in UTM zone 33 north, without CRS where `isPlaced` is false.
  @discardableResult
  func tiff(_ name: String, _ grid: Grid<Float>, side: Double = 10, isPlaced: Bool = true) throws -> String {
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    var layout = RasterLayout(rows: grid.rows, columns: grid.columns, type: .uint16)
    if isPlaced {
      layout.transform = GeoTransform(
        originEast: 499_980, originNorth: 8_900_040, eastPerColumn: side, northPerRow: -side)
      layout.crs = try CRS("EPSG:32633")
    }
    let writer = try RasterWriter.create(url.path, layout)
    try writer.write(grid)
    try writer.finish()
    return url.path
  }

  /// Writes a raster as lossless JPEG 2000.
  func jpeg2000(_ name: String, _ grid: Grid<Float>, side: Double = 10) throws {
    let source = try tiff("copied.tif", grid, side: side)
    try ImageFile.jpeg2000(copying: source, to: self[name])
    try FileManager.default.removeItem(atPath: source)
  }

  /// Packs a folder into a zip archive beside it; returns its path.
  func zip(_ folder: String) throws -> String { ImageFile.zip(self[folder]) }

  /// Cuts a file off after a share of its bytes.
  func truncate(_ name: String, to share: Double) throws {
    let data = try Data(contentsOf: URL(filePath: self[name]))
    try data.prefix(Int(Double(data.count) * share)).write(to: URL(filePath: self[name]))
  }
}

/// Digital numbers 1000, 1001, …, the first pixel 0.
func numbers(_ rows: Int, _ columns: Int) -> Grid<Float> {
  Grid(rows: rows, columns: columns, cells: [0] + (1..<rows * columns).map { Float(1000 + $0) })
}

extension SafeFixture {
  /// Writes the product into a test's folder; returns its own.
  @discardableResult
  func write(in scratch: Scratch, images: Bool = true) throws -> String {
    try write(to: scratch.folder, images: images)
  }
}
