// SPDX-License-Identifier: Apache-2.0
import RasterIO

extension AssetRules {
  /// The name by which GDAL opens an image, after a look at how its file begins.
  ///
  /// GDAL tells formats by their content: a file called `.tif` may be a virtual raster or a list of services, which would
  /// make it open other files and ask other hosts. Only formats that hold their pixels themselves are let through: TIFF,
  /// JPEG 2000, PNG, JPEG, HDF5 and NetCDF.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.forbidden`; `catalogue.unreadable` where there is no such file.
  public func imageName(of href: String) throws(CatalogueError) -> String {
    let name = try name(of: href)
    let start: [UInt8]
    do throws(RasterError) {
      start = try VirtualFile.read(name, count: 16)
    } catch {
      throw CatalogueError(.unreadable, "\(href.prefix(200)) cannot be read: \(error.message)")
    }
    guard Self.signatures.contains(where: { start.starts(with: $0) }) else {
      throw CatalogueError(
        .forbidden, "\(href.prefix(200)) may not be read: it is no TIFF, JPEG 2000, PNG, JPEG, HDF5 or NetCDF file")
    }
    return name
  }

  private static let signatures: [[UInt8]] = [
    [0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A], [0x49, 0x49, 0x2B, 0x00], [0x4D, 0x4D, 0x00, 0x2B],
    [0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], [0xFF, 0x4F, 0xFF, 0x51], [0x89, 0x50, 0x4E, 0x47],
    [0xFF, 0xD8, 0xFF], [0x89, 0x48, 0x44, 0x46], [0x43, 0x44, 0x46, 0x01], [0x43, 0x44, 0x46, 0x02],
    [0x43, 0x44, 0x46, 0x05],
  ]
}
