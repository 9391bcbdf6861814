// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The targets of Package.swift with their dependencies, as the package manager itself reads them.
struct ManifestTargets: Decodable {
  struct Target: Decodable {
    let name: String
    let type: String
    let path: String?
    let dependencies: [Dependency]
  }

  struct Dependency: Decodable {
    /// `["Grids", null]`: a name, then an optional condition.
    let byName: [String?]?
    let target: [String?]?

    var name: String? { (byName ?? target)?.first ?? nil }
  }

  let targets: [Target]

  /// Asks `swift package dump-package`, in a scratch folder of its own: the test's build holds the lock of `.build`.
  static func read() throws -> ManifestTargets {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "ogive-manifest-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "swift", "package", "--package-path", Checkout.root.path, "--scratch-path", scratch.path, "dump-package",
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return try JSONDecoder().decode(ManifestTargets.self, from: text)
  }
}
