// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Files that appear whole or not at all.
package enum AtomicFile {
  /// Writes bytes beside the target, forces them to the disk and renames them into place.
  ///
  /// - Parameter isDurable: whether to wait for the disk, so that the file outlives a power cut.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to path: String, partial: String? = nil, isDurable: Bool = true
  ) throws(ProcessingError) {
    // Several processes may write the same file, each under a name of its own.
    let temporary = partial ?? "\(path).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("create", temporary) }
    do throws(ProcessingError) {
      try writeAll(bytes, to: descriptor, path: temporary)
      if isDurable, fsync(descriptor) != 0 { throw failure("write", temporary) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    // A network file system may report only now that the disk is full.
    guard close(descriptor) == 0 else {
      let error = failure("write", temporary)
      unlink(temporary)
      throw error
    }
    try move(temporary, to: path, isDurable: isDurable)
  }

  package static func write(_ text: String, to path: String, partial: String? = nil) throws(ProcessingError) {
    var failed: ProcessingError?
    var text = text
    text.withUTF8 { utf8 in
      do throws(ProcessingError) {
        try write(UnsafeRawBufferPointer(utf8), to: path, partial: partial)
      } catch { failed = error }
    }
    if let failed { throw failed }
  }

  /// Renames a finished file into place, replacing what was there in one step.
  package static func move(_ temporary: String, to path: String, isDurable: Bool = true) throws(ProcessingError) {
    guard rename(temporary, path) == 0 else {
      let error = failure("rename a file to", path)
      unlink(temporary)
      throw error
    }
    guard isDurable else { return }
    // The name itself lives in the folder, which has its own place on the disk.
    let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws(ProcessingError) {
    var done = 0
    while done < bytes.count {
      let count = Foundation.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      done += count
    }
  }

  /// The error for the current `errno`, with its cure.
  package static func failure(_ verb: String, _ path: String) -> ProcessingError {
    let code = errno
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT:
      return ProcessingError(
        .diskFull,
        "cannot \(verb) \(path): \(reason). Free some space or give another --out folder; nothing "
          + "half-written was left")
    case EFBIG:
      return ProcessingError(
        .diskFull,
        "cannot \(verb) \(path): \(reason). The size of files is limited here (ulimit -f); nothing half-written was left"
      )
    default:
      return ProcessingError(.fileNotWritable, "cannot \(verb) \(path): \(reason)")
    }
  }
}
