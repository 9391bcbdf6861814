// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The folders of this machine that the server offers to its users, and the one rule that nothing outside is opened.
struct OfferedFolders: Sendable {
  /// Real paths, without symbolic links.
  let roots: [String]

  /// - Throws: `settings` for a folder that is not there.
  init(_ paths: [String]) throws(ServerError) {
    var roots: [String] = []
    for path in paths {
      guard let real = Self.real(path), Self.isFolder(real) else {
        throw ServerError(.settings, "the folder \(path), which is to be offered, does not exist; see --share")
      }
      roots.append(real)
    }
    self.roots = roots
  }

  /// The real path of something that may be read; symbolic links count as what they lead to.
  ///
  /// - Throws: 404 for what is not there or not offered: which of both, a stranger need not know.
  func realPath(_ path: String, also others: [String] = []) throws(Problem) -> String {
    guard path.hasPrefix("/"), !path.utf8.contains(0), let real = Self.real(path),
      (roots + others).contains(where: { Self.isInside(real, $0) })
    else {
      throw Problem(
        .noSuchInput, "\(path) is not there, or not in a folder that this server offers; /api/files lists those")
    }
    return real
  }

  static func isInside(_ path: String, _ root: String) -> Bool {
    path == root || path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
  }

  /// Where a path leads in the end; nil when nothing is there.
  static func real(_ path: String) -> String? {
    guard let buffer = realpath(path, nil) else { return nil }
    defer { free(buffer) }
    return String(cString: buffer)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
