// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A file, or a folder that is one product, written under another name in the folder of its final place, and renamed
/// there when it is whole.
struct TemporaryFile: Sendable {
  let path: String
  let final: String
  let isFolder: Bool

  private static let counter = Atomic<Int>(0)

  /// - Throws: `RasterError` of kind `.notWritable` when the folder is absent or refuses a file.
  init(for final: String, isFolder: Bool = false) throws(RasterError) {
    let slash = final.lastIndex(of: "/")
    let folder = slash.map { String(final[...$0]) } ?? "./"
    let name = slash.map { String(final[final.index(after: $0)...]) } ?? final
    let number = TemporaryFile.counter.wrappingAdd(1, ordering: .relaxed).newValue
    (self.final, self.isFolder) = (final, isFolder)
    path = "\(folder).\(getpid())-\(number)-\(name)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else { throw TemporaryFile.refusal(folder: folder, final: final, code: errno) }
    close(file)
    // The file has shown that the place takes one; what makes the folder wants to make it itself.
    if isFolder { unlink(path) }
  }

  /// Puts the whole file in its place, or under another name in the same folder, over an earlier one.
  func publish(as other: String? = nil) throws(RasterError) {
    let final = other ?? self.final
    // A folder is not renamed over another one.
    let old = isFolder && FileManager.default.fileExists(atPath: final) ? path + ".old" : nil
    if let old { rename(final, old) }
    defer { if let old { try? FileManager.default.removeItem(atPath: old) } }
    guard rename(path, final) == 0 else {
      let cause = String(cString: strerror(errno))
      if let old { rename(old, final) }
      remove()
      throw RasterError(.notWritable, "\(final): the finished file cannot be put in place", cause: cause)
    }
    unlink(final + ".aux.xml")  // statistics that a viewer kept of the file that stood here before
  }

  /// Removes the file and what GDAL may have put beside it.
  func remove() {
    if isFolder { try? FileManager.default.removeItem(atPath: path) }
    for suffix in ["", ".ovr.tmp", ".msk.ovr.tmp", ".ovr", ".msk", ".aux.xml", "-journal", "-wal", "-shm"] {
      unlink(path + suffix)
    }
  }

  /// The error for a write that failed, after removing what was written.
  func failure(_ cause: String?) -> RasterError {
    let isFull = cause.map { text in
      ["No space left", "Disk quota", "disk is full"].contains { text.localizedCaseInsensitiveContains($0) }
    }
    let free = freeBytes
    remove()
    if isFull == true || (free ?? .max) < 1 << 20 {
      return RasterError(
        .diskFull, "\(final): the disk is full; free some space or choose another folder", cause: cause)
    }
    return RasterError(.writeFailed, "\(final) could not be written; nothing was left behind", cause: cause)
  }

  private var freeBytes: UInt64? {
    var status = statvfs()
    guard statvfs(isFolder ? (path as NSString).deletingLastPathComponent : path, &status) == 0 else { return nil }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  private static func refusal(folder: String, final: String, code: Int32) -> RasterError {
    let cause = String(cString: strerror(code))
    switch code {
    case ENOENT, ENOTDIR:
      return RasterError(.notWritable, "\(final): the folder \(folder) does not exist; make it first", cause: cause)
    case EACCES, EPERM, EROFS:
      return RasterError(
        .notWritable, "\(final): no permission to write in \(folder); choose another folder or change its mode",
        cause: cause)
    case ENOSPC, EDQUOT:
      return RasterError(
        .diskFull, "\(final): the disk is full; free some space or choose another folder", cause: cause)
    default:
      return RasterError(.notWritable, "\(final) cannot be written", cause: cause)
    }
  }
}
