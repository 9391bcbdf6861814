// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation

/// An open GDAL dataset; used by one thread at a time.
struct RasterHandle: @unchecked Sendable {
  let dataset: UnsafeMutableRawPointer

  /// - Parameter overview: index of a stored overview that is opened as if it were the raster; nil takes the raster.
  init(opening path: String, overview: Int? = nil, _ messages: GDALMessages) throws(RasterError) {
    if path.hasPrefix("NETCDF:") || path.hasSuffix(".nc") { HDF5.silence() }
    let flags = UInt32(GDAL_OF_RASTER | GDAL_OF_READONLY | GDAL_OF_VERBOSE_ERROR)
    let choice = overview.map { ["OVERVIEW_LEVEL=\($0)"] } ?? []
    let dataset = try withOptions(choice) { (list) throws(RasterError) -> GDALDatasetH? in
      let options = UnsafeRawPointer(list)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self)
      // Nothing lies beside a file on the net: else GDAL asks for each of some forty files that might be there.
      let alone = VirtualFile.isRemote(path) ? [path.split(separator: "/").last.map(String.init) ?? path] : []
      return try withOptions(alone) { (siblings) throws(RasterError) in
        GDALOpenEx(
          path, flags, nil, options, UnsafeRawPointer(siblings)?.assumingMemoryBound(to: UnsafePointer<CChar>?.self))
      }
    }
    guard let dataset else { throw RasterError.unopened(path, what: "an image", cause: messages.failureText) }
    self.dataset = dataset
  }

  func band(_ number: Int) -> UnsafeMutableRawPointer { GDALGetRasterBand(dataset, Int32(number)) }

  func close() { GDALClose(dataset) }
}

extension RasterError {
  /// Why a file could not be opened, found by looking at it.
  static func unopened(_ path: String, what: String, cause: String?) -> RasterError {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == EACCES { return noPermission(path) }
      if path.hasPrefix("/vsi") || (path.contains(":") && !path.hasPrefix("/")) {
        return RasterError(.unreadable, "\(path): GDAL cannot open it as \(what); check the name", cause: cause)
      }
      return RasterError(.missing, "\(path): there is no such file; check the path")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      return RasterError(.directory, "\(path) is a folder; give \(what) file inside it", cause: nil)
    }
    if open(path, O_RDONLY).closesIfOpen == false && errno == EACCES { return noPermission(path) }
    if status.st_size == 0 { return RasterError(.empty, "\(path) is empty (0 bytes); fetch or write it again") }
    return RasterError(
      .unreadable, "\(path) is not readable as \(what): it is damaged, cut off, or of an unknown format", cause: cause
    )
  }

  private static func noPermission(_ path: String) -> RasterError {
    RasterError(.noPermission, "\(path): no permission to read it; change its mode or owner, or run as its owner")
  }
}

extension Int32 {
  /// Closes a file descriptor; false when it never was one.
  fileprivate var closesIfOpen: Bool {
    guard self >= 0 else { return false }
    close(self)
    return true
  }
}
