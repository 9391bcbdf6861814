// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files of the checkout that this test was built from.
enum Checkout {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().standardizedFileURL

  /// Names of the folders in a folder.
  static func folders(in path: String) -> [String] {
    let url = root.appending(path: path)
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return entries.filter { isFolder(url.appending(path: $0)) && !$0.hasPrefix(".") }.sorted()
  }

  /// Paths, relative to the root, of all files below a folder with an ending.
  static func files(in path: String, ending: String) -> [String] {
    let url = root.appending(path: path)
    guard let walk = FileManager.default.enumerator(atPath: url.path) else { return [] }
    return walk.compactMap { $0 as? String }.filter { $0.hasSuffix(ending) }.map { "\(path)/\($0)" }.sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
