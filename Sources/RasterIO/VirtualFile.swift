// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation

/// Files and folders under any name that GDAL knows: those of the disk and those inside archives
/// (`/vsizip/scene.zip/…`, `/vsitar/scene.tar/…`).
public enum VirtualFile {
  public enum Kind: Hashable, Sendable {
    case file, folder
  }

  /// Whether a name is that of a file on the net, read in place.
  public static func isRemote(_ path: String) -> Bool {
    ["/vsicurl/", "/vsis3/", "/vsigs/", "/vsiaz/"].contains(where: path.hasPrefix)
  }

  /// What a name stands for; nil when there is nothing under it.
  public static func kind(of path: String) -> Kind? {
    guard let status = status(of: path) else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// Bytes of a file; nil when there is none.
  public static func size(of path: String) -> Int? {
    guard let status = status(of: path), status.st_mode & S_IFMT != S_IFDIR else { return nil }
    return Int(status.st_size)
  }

  /// Names in a folder or an archive, sorted, hidden ones left out; empty when it is none or cannot be read.
  public static func entries(of path: String) -> [String] {
    GDALSession.ready
    CPLPushErrorHandler(CPLQuietErrorHandler)
    defer { CPLPopErrorHandler() }
    let list = VSIReadDir(path)
    defer { CSLDestroy(list) }
    return strings(list).map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      .filter { !$0.isEmpty && !$0.hasPrefix(".") }.sorted()
  }

  /// The bytes of a file, or some of them.
  ///
  /// - Parameters:
  ///   - offset: first byte, from 0.
  ///   - count: how many at most; nil takes the rest.
  ///   - limit: a document with more bytes is refused. The length that an archive states for a file is held to: what
  ///     unpacks to more is cut there.
  /// - Throws: `RasterError` of kind `.missing` and the like, `.readFailed`.
  public static func read(
    _ path: String, from offset: Int = 0, count: Int? = nil, limit: Int = 256 << 20
  ) throws(RasterError) -> [UInt8] {
    guard let size = size(of: path) else { throw RasterError.unopened(path, what: "a document", cause: nil) }
    let wanted = min(count ?? .max, max(0, size - offset))
    guard wanted <= limit else {
      throw RasterError(
        .readFailed, "\(path) has \(size) bytes: too many for a document with metadata, which has at most \(limit)")
    }
    return try withGDAL { (messages) throws(RasterError) -> [UInt8] in
      guard let file = VSIFOpenL(path, "rb") else {
        throw RasterError.unopened(path, what: "a document", cause: messages.failureText)
      }
      defer { VSIFCloseL(file) }
      var bytes = [UInt8](repeating: 0, count: wanted)
      VSIFSeekL(file, vsi_l_offset(offset), SEEK_SET)
      let read = bytes.withUnsafeMutableBytes { VSIFReadL($0.baseAddress, 1, wanted, file) }
      guard read == wanted else {
        throw RasterError(
          .readFailed, "\(path) ends after \(offset + read) of \(size) bytes: it is damaged or cut off",
          cause: messages.failureText)
      }
      return bytes
    }
  }

  private static func status(of path: String) -> stat? {
    GDALSession.ready
    CPLPushErrorHandler(CPLQuietErrorHandler)
    defer { CPLPopErrorHandler() }
    // GDAL's buffer is `struct stat64`, which on 64-bit systems is `struct stat` under a name that headers hide.
    var status = stat()
    return withUnsafeMutablePointer(to: &status) { VSIStatExL(path, OpaquePointer($0), 0) } == 0 ? status : nil
  }
}
