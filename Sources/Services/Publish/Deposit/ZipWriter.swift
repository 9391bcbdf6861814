// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import RasterIO

/// Writes a ZIP archive of files as they are, one after the other, of any size (`ZipRecords`).
package final class ZipWriter {
  private let path: String
  private let partial: String
  private let file: Int32
  private let records: ZipRecords
  private var entries: [ZipRecords.Entry] = []
  private var offset = 0
  private var isDone = false

  /// - Parameters:
  ///   - path: of the archive, which stands there whole or not at all.
  ///   - date, limit: as in `ZipRecords`.
  package init(_ path: String, date: String, limit: Int = 0xFFFF_FFFF) throws(ProcessingError) {
    (self.path, partial, records) = (path, path + ".part", ZipRecords(day: date, limit: limit))
    file = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw AtomicFile.failure("create", partial) }
  }

  deinit {
    if !isDone {
      close(file)
      unlink(partial)
    }
  }

  /// Adds a file.
  ///
  /// - Parameter name: in the archive, with forward strokes.
  package func add(_ source: String, as name: String, cancellation: Cancellation) throws {
    guard let input = FileHandle(forReadingAtPath: source) else {
      throw ProcessingError(.fileNotReadable, "cannot read \(source): \(String(cString: strerror(errno)))")
    }
    defer { try? input.close() }
    let start = offset
    let expected = Int(try input.seekToEnd())
    try input.seek(toOffset: 0)
    // The sum is known at the end only: the head is written twice.
    var entry = ZipRecords.Entry(name, size: expected, offset: start)
    try write(records.head(entry))
    var size = 0
    while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
      try cancellation.check()
      entry.sum = piece.withUnsafeBytes { CRC32.checksum($0, continuing: entry.sum) }
      size += piece.count
      try write([UInt8](piece))
    }
    guard size == expected else {
      throw ProcessingError(
        .fileNotReadable, "\(source) changed while it was packed: start again when nothing writes to it")
    }
    let bytes = records.head(entry)
    guard pwrite(file, bytes, bytes.count, off_t(start)) == bytes.count else {
      throw AtomicFile.failure("write", partial)
    }
    entries.append(entry)
  }

  /// Writes the list of contents and puts the archive in place. The writer is used up.
  package func finish() throws(ProcessingError) {
    try write(records.end(entries, at: offset))
    isDone = true
    guard close(file) == 0 else {
      let error = AtomicFile.failure("write", partial)
      unlink(partial)
      throw error
    }
    try AtomicFile.move(partial, to: path)
  }

  private func write(_ bytes: [UInt8]) throws(ProcessingError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw AtomicFile.failure("write", partial) }
      done += count
    }
    offset += bytes.count
  }
}
