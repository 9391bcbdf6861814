// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing

extension ChecksumCache {
  /// The checksum of what pairs are read from: a file, all files of a folder but a run's own notes, or the address of
  /// something remote.
  func checksum(ofSource path: String, cancellation: Cancellation) throws -> Checksum {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return try checksum(ofInput: path, cancellation: cancellation)
    }
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
    var lines: [String] = []
    for name in names where !name.split(separator: "/").contains(where: { $0 == ".ogive" }) {
      let file = "\(path)/\(name)"
      var isInner: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file, isDirectory: &isInner), !isInner.boolValue else { continue }
      lines.append("\(try checksum(ofFile: file, cancellation: cancellation).hexadecimal) \(name)")
    }
    return SHA256.checksum(of: lines.joined(separator: "\n"))
  }
}
