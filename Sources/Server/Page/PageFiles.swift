// SPDX-License-Identifier: Apache-2.0
import CPage
import Processing

/// The files of the page, which are inside the program.
enum PageFiles {
  struct File: Sendable {
    let bytes: [UInt8]
    let type: String
    /// Changes with the content.
    let tag: String
  }

  static func file(_ path: String) -> File? { files[path] }

  private static let files: [String: File] = {
    var files: [String: File] = [:]
    for index in 0..<page_file_count {
      guard let entry = page_file_at(index)?.pointee else { continue }
      let bytes = Array(UnsafeBufferPointer(start: entry.bytes, count: entry.count))
      let tag = "\"" + SHA256.checksum(of: bytes).hexadecimal.prefix(16) + "\""
      files[String(cString: entry.path)] = File(bytes: bytes, type: String(cString: entry.media_type), tag: tag)
    }
    return files
  }()
}
