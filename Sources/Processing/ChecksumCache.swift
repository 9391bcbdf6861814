// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Synchronization

/// Checksums of input files that are worked out once: a resumed run of a large stack need not read all of it again.
///
/// A file counts as unchanged while its size, its place on the disk and the times of its last change of contents and of
/// state are the same; the latter cannot be set by copying or restoring. Kept as text, a line a file.
public final class ChecksumCache: Sendable {
  private let path: String
  private let known: Mutex<[String: Entry]>

  private struct Entry {
    let mark: String
    let checksum: Checksum
  }

  /// - Parameter path: of the cache; one that is absent or unreadable is begun anew.
  public init(_ path: String) {
    self.path = path
    var known: [String: Entry] = [:]
    for line in ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n") {
      let parts = line.split(separator: "\t", maxSplits: 2)
      guard parts.count == 3, let checksum = Checksum(hexadecimal: String(parts[0])) else { continue }
      known[String(parts[2])] = Entry(mark: String(parts[1]), checksum: checksum)
    }
    self.known = Mutex(known)
  }

  /// The checksum of a file; read from beginning to end only when it is new or has changed.
  ///
  /// - Throws: `ProcessingError.fileNotReadable`, or `RunCancelled`.
  public func checksum(ofFile path: String, cancellation: Cancellation? = nil) throws -> Checksum {
    let mark = Self.mark(path)
    if let entry = known.withLock({ $0[path] }), entry.mark == mark { return entry.checksum }
    let checksum = try FileChecksum.sha256(ofFile: path, cancellation: cancellation)
    // A file that changed while it was read is read again the next time.
    if let mark, mark == Self.mark(path) {
      known.withLock { $0[path] = Entry(mark: mark, checksum: checksum) }
    }
    return checksum
  }

  /// Writes the cache down.
  public func save() throws(ProcessingError) {
    let lines = known.withLock { known in
      known.sorted { $0.key < $1.key }.map { "\($0.value.checksum.hexadecimal)\t\($0.value.mark)\t\($0.key)\n" }
    }
    try AtomicFile.write(lines.joined(), to: path)
  }

  private static func mark(_ path: String) -> String? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return "\(info.st_size).\(info.st_ino).\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec).\(info.st_ctim.tv_sec)."
      + "\(info.st_ctim.tv_nsec)"
  }
}
