// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing

/// A file in the payload of a package.
struct DepositedFile {
  /// Below `data`.
  let path: String
  let title: String
  let bytes: Int
  let checksum: Checksum

  /// Its type as the web names it.
  var mediaType: String {
    let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let types = [
      "tif": "image/tiff; application=geotiff; profile=cloud-optimized", "nc": "application/x-netcdf",
      "gpkg": "application/geopackage+sqlite3", "json": "application/json", "csv": "text/csv", "html": "text/html",
      "svg": "image/svg+xml", "png": "image/png", "md": "text/markdown", "txt": "text/plain",
      "xml": "application/xml",
      "cff": "application/yaml", "qml": "application/xml", "geojson": "application/geo+json",
    ]
    return types[ending] ?? (path.hasSuffix("LICENSE") ? "text/plain" : "application/octet-stream")
  }
}
