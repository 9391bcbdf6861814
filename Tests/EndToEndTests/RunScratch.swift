// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder in which a test runs the tool; removed with it.
final class RunScratch: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "ogive-end-to-end-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.standardizedFileURL.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func put(_ name: String, _ data: Data) throws { try data.write(to: URL(filePath: "\(path)/\(name)")) }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  func data(_ name: String) -> Data? { try? Data(contentsOf: URL(filePath: "\(path)/\(name)")) }

  /// Units that were begun in a run folder, each as often as it was begun.
  func unitsBegun(_ run: String) -> [String] {
    (text("\(run)/log.jsonl") ?? "").split(separator: "\n").compactMap { line in
      guard line.contains("\"event\":\"unit\"") || line.contains("\"event\": \"unit\"") else { return nil }
      return line.firstRange(of: "\"stage\"").map { String(line[$0.lowerBound...]) }
    }
  }
}
