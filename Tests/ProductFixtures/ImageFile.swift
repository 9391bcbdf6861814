// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Grids
import RasterIO

/// Files as the agencies write them, for tests.
public enum ImageFile {
  /// Writes a GeoTIFF of whole numbers by strips, whatever its size; the folders above it are made.
  ///
  /// - Parameter pixels: of a window of the image.
  public static func tiff(
    _ path: String, _ layout: RasterLayout, pixels: (Window) throws -> Grid<Float>
  ) throws {
    try makeFolder(of: path)
    let writer = try RasterWriter.create(path, layout)
    for row in stride(from: 0, to: layout.rows, by: 512) {
      let strip = Window(row: row, column: 0, rows: min(512, layout.rows - row), columns: layout.columns)
      try writer.write(try pixels(strip), atRow: row)
    }
    try writer.finish()
  }

  /// Copies a raster to lossless JPEG 2000 with blocks of 1024 px through GDAL, as the agency writes Sentinel-2 images.
  public static func jpeg2000(copying source: String, to path: String) throws {
    try makeFolder(of: path)
    GDALAllRegister()
    let dataset = GDALOpen(source, GA_ReadOnly)
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in ["REVERSIBLE=YES", "QUALITY=100"] { options = CSLAddString(options, option) }
    let copy = GDALCreateCopy(GDALGetDriverByName("JP2OpenJPEG"), path, dataset, 0, options, nil, nil)
    CSLDestroy(options)
    GDALClose(dataset)
    guard let copy else { throw RasterError(.writeFailed, "\(path): no JPEG 2000 was written") }
    GDALClose(copy)
  }

  /// A GeoTIFF of bytes, none of which is stored: a few kilobytes whatever its size.
  public static func sparse(_ path: String, rows: Int, columns: Int) throws {
    var options: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for option in ["SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=4096", "BLOCKYSIZE=4096", "BIGTIFF=YES"] {
      options = CSLAddString(options, option)
    }
    defer { CSLDestroy(options) }
    let driver = GDALGetDriverByName("GTiff")
    guard let dataset = GDALCreate(driver, path, Int32(columns), Int32(rows), 1, GDT_Byte, options) else {
      throw RasterError(.writeFailed, "\(path): no sparse raster was written")
    }
    GDALClose(dataset)
  }

  /// Packs a folder into a zip archive beside it; returns its path.
  public static func zip(_ folder: String) -> String {
    let archive = folder + ".zip", name = URL(filePath: folder).lastPathComponent
    let files = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    // Held open so that every file goes into one archive instead of a new one.
    let holder = VSIFOpenL("/vsizip/\(archive)", "wb")
    for file in files {
      guard let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else { continue }
      let target = VSIFOpenL("/vsizip/\(archive)/\(name)/\(file)", "wb")
      _ = data.withUnsafeBytes { VSIFWriteL($0.baseAddress, 1, $0.count, target) }
      VSIFCloseL(target)
    }
    VSIFCloseL(holder)
    return archive
  }

  static func write(_ text: String, to path: String) throws {
    try makeFolder(of: path)
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  private static func makeFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }
}
