// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Grids
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

  /// Copies a raster to lossless JPEG 2000 through GDAL, as the agency writes Sentinel-2 images.
  func jpeg2000(_ name: String, _ grid: Grid<Float>, side: Double = 10) throws {
    let source = try tiff("copied.tif", grid, side: side)
    let url = URL(filePath: self[name])
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    GDALAllRegister()
    let dataset = GDALOpen(source, GA_ReadOnly)
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in ["REVERSIBLE=YES", "QUALITY=100"] { options = CSLAddString(options, option) }
    let copy = GDALCreateCopy(GDALGetDriverByName("JP2OpenJPEG"), url.path, dataset, 0, options, nil, nil)
    CSLDestroy(options)
    GDALClose(dataset)
    guard let copy else { throw RasterError(.writeFailed, "\(name): no JPEG 2000 was written") }
    GDALClose(copy)
    try FileManager.default.removeItem(atPath: source)
  }

  /// Packs a folder into a zip archive beside it; returns its path.
  func zip(_ folder: String) throws -> String {
    let archive = self[folder + ".zip"]
    let files = FileManager.default.enumerator(atPath: self[folder])?.compactMap { $0 as? String } ?? []
    // Held open so that every file goes into one archive instead of a new one.
    let holder = VSIFOpenL("/vsizip/\(archive)", "wb")
    for file in files {
      guard let data = FileManager.default.contents(atPath: self["\(folder)/\(file)"]) else { continue }
      let target = VSIFOpenL("/vsizip/\(archive)/\(folder)/\(file)", "wb")
      _ = data.withUnsafeBytes { VSIFWriteL($0.baseAddress, 1, $0.count, target) }
      VSIFCloseL(target)
    }
    VSIFCloseL(holder)
    return archive
  }

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
