// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A file to be sent.
public struct HTTPFile: Sendable {
  public var path: String
  /// The same bytes packed by gzip, sent to clients that take them; nil when there is none.
  public var gzipPath: String?

  public init(path: String, gzipPath: String? = nil) {
    self.path = path
    self.gzipPath = gzipPath
  }

  /// The media type that goes with a file's ending; bytes without meaning for an unknown one.
  public static func mediaType(of path: String) -> String {
    let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last?.lowercased() ?? ""
    return types[ending] ?? "application/octet-stream"
  }

  private static let types = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8", "json": "application/json", "geojson": "application/geo+json",
    "jsonl": "application/jsonl", "txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8", "xml": "application/xml",
    "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
    "ico": "image/vnd.microsoft.icon", "tif": "image/tiff; application=geotiff; profile=cloud-optimized",
    "nc": "application/x-netcdf", "gpkg": "application/geopackage+sqlite3", "pdf": "application/pdf",
    "zip": "application/zip", "gz": "application/gzip", "woff2": "font/woff2", "cff": "text/yaml; charset=utf-8",
    "yaml": "application/yaml", "qml": "application/xml",
  ]
}

/// A file that is open for sending.
struct OpenedFile {
  let descriptor: Int32
  /// Length, bytes.
  let count: Int
  /// Last change, seconds since 1970.
  let modified: Int
  /// Changes whenever the file does.
  let tag: String

  /// Nil when there is no regular file that can be read.
  init?(path: String) {
    // Without O_NONBLOCK a named pipe would hold the thread.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    count = Int(information.st_size)
    modified = information.st_mtim.tv_sec
    let stamp = [
      UInt64(information.st_ino), UInt64(information.st_size), UInt64(bitPattern: Int64(information.st_mtim.tv_sec)),
      UInt64(information.st_mtim.tv_nsec),
    ]
    tag = "\"" + stamp.map { String($0, radix: 36) }.joined(separator: "-") + "\""
  }
}
