// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Files that users have sent up, a folder for each user.
struct Uploads: Sendable {
  let folder: String

  func folder(of userID: String) -> String { "\(folder)/\(userID)" }

  /// A name that is a name and nothing more.
  ///
  /// - Throws: 422 for one with slashes, a leading dot, control characters, or too long.
  static func check(_ name: String) throws(Problem) {
    let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "/" && $0 != "\\" }
    guard isPlain, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 200 else {
      throw Problem(
        .unusable, "'\(name.prefix(60))' is no name for a file: up to 200 bytes, no slashes, no dot in front")
    }
  }

  func list(of userID: String) -> [FileListing] {
    FileListing.entries(of: folder(of: userID)).filter { !$0.isFolder }
  }

  /// Moves a file that has come in whole to its name; one of that name is replaced in one step.
  func add(_ name: String, from temporary: String, of userID: String) throws -> FileListing {
    try Self.check(name)
    let target = "\(folder(of: userID))/\(name)"
    try FileManager.default.createDirectory(atPath: folder(of: userID), withIntermediateDirectories: true)
    guard rename(temporary, target) == 0, let listing = FileListing(target) else {
      throw Problem(507, "uploads.not-kept", "the file could not be kept: \(String(cString: strerror(errno)))")
    }
    return listing
  }

  func remove(_ name: String, of userID: String) throws {
    try Self.check(name)
    guard unlink("\(folder(of: userID))/\(name)") == 0 else {
      throw Problem(.notFound, "there is no file '\(name)' among what you have sent")
    }
  }

  /// Bytes of all that a user has sent.
  func bytes(of userID: String) -> Int { list(of: userID).reduce(0) { $0 + $1.bytes } }
}
