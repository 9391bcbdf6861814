// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A file system in memory of a few megabytes, over a folder.
struct SmallDisk {
  struct NotMade: Error {}

  private let folder: String

  init(at folder: String, bytes: Int) throws {
    self.folder = folder
    guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(bytes)", "tmpfs", folder) else { throw NotMade() }
  }

  /// At once, or as soon as the last process has left it.
  func remove() { _ = Self.run("umount", "-l", folder) }

  /// Whether this process may make one: root outside of most containers.
  static let isAllowed: Bool = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "ogive-disk-\(UUID().uuidString)").path
    guard geteuid() == 0, mkdir(folder, 0o700) == 0 else { return false }
    defer { rmdir(folder) }
    guard let disk = try? SmallDisk(at: folder, bytes: 1 << 20) else { return false }
    disk.remove()
    return true
  }()

  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
