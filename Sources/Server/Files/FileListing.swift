// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters

/// A file or a folder as it is listed.
struct FileListing: Sendable {
  let name: String
  let path: String
  let isFolder: Bool
  let bytes: Int
  let modified: Date

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    name = path.split(separator: "/").last.map(String.init) ?? path
    self.path = path
    isFolder = status.st_mode & S_IFMT == S_IFDIR
    guard isFolder || status.st_mode & S_IFMT == S_IFREG else { return nil }
    bytes = Int(status.st_size)
    modified = Date(
      timeIntervalSince1970: Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9)
  }

  /// Names that begin with a point and are no secrets: without them the cube in a Zarr folder can't be opened.
  private static let zarrNames: Set<String> = [".zgroup", ".zattrs", ".zarray", ".zmetadata"]

  /// Whether a file of this name is listed and given.
  static func isShown(_ name: some StringProtocol) -> Bool {
    !name.hasPrefix(".") || zarrNames.contains(String(name))
  }

  /// What a folder holds, without hidden files, folders first, each by name.
  static func entries(of folder: String) -> [FileListing] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { isShown($0) }.compactMap { FileListing("\(folder)/\($0)") }
      .sorted { ($0.isFolder ? 0 : 1, $0.name) < ($1.isFolder ? 0 : 1, $1.name) }
  }

  /// All files below a folder, without hidden ones, by path.
  static func files(below folder: String) -> [FileListing] {
    entries(of: folder).flatMap { $0.isFolder ? files(below: $0.path) : [$0] }
  }

  var document: JSONObject {
    [
      "name": .string(name), "path": .string(path), "kind": isFolder ? "folder" : "file",
      "bytes": isFolder ? .null : .integer(bytes), "modified": .string(APITime.text(modified)),
      "mediaType": isFolder ? .null : .string(HTTPFile.mediaType(of: name)), "reference": .string(path),
    ]
  }
}
