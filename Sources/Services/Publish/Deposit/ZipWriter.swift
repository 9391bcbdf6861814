// SPDX-License-Identifier: Apache-2.0
import Foundation
import Processing
import RasterIO

/// Writes a ZIP archive of files as they are (method "stored"), one after the other, of any size.
///
/// Rasters and NetCDF are packed already, so packing them again would cost time for nothing; and a reader can take
/// any part of a stored file without the rest. ZIP64 fields are written where a size, a place or the count needs
/// them.
///
/// Source: PKWARE APPNOTE 6.3.10. Checked by: `ZipWriterTests`, with Python's `zipfile`.
package final class ZipWriter {
  private struct Entry {
    let name: [UInt8]
    let sum: UInt32
    let size, offset: Int
  }

  private let path: String
  private let partial: String
  private let file: Int32
  private let limit: Int
  private let moment: (time: UInt16, date: UInt16)
  private var entries: [Entry] = []
  private var offset = 0
  private var isDone = false

  /// - Parameters:
  ///   - path: of the archive, which stands there whole or not at all.
  ///   - date: `2020-01-31`, that all entries bear, so that the same files make the same archive.
  ///   - limit: sizes, places and counts from which on 64-bit fields are used; 32-bit ones end there (the counts' at a 65 536th).
  package init(_ path: String, date: String, limit: Int = 0xFFFF_FFFF) throws(ProcessingError) {
    (self.path, partial, self.limit) = (path, path + ".part", limit)
    let parts = date.split(separator: "-").compactMap { UInt16($0) }
    let isDate = parts.count == 3 && parts[0] >= 1980 && parts[0] < 2108
    moment = (0, isDate ? (parts[0] - 1980) << 9 | parts[1] << 5 | parts[2] : 1 << 5 | 1)
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
    try write(head(Entry(name: Array(name.utf8), sum: 0, size: expected, offset: start)))
    var sum: UInt32 = 0, size = 0
    while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
      try cancellation.check()
      sum = piece.withUnsafeBytes { CRC32.checksum($0, continuing: sum) }
      size += piece.count
      try write([UInt8](piece))
    }
    guard size == expected else {
      throw ProcessingError(
        .fileNotReadable, "\(source) changed while it was packed: start again when nothing writes to it")
    }
    let entry = Entry(name: Array(name.utf8), sum: sum, size: size, offset: start)
    let bytes = head(entry)
    guard pwrite(file, bytes, bytes.count, off_t(start)) == bytes.count else {
      throw AtomicFile.failure("write", partial)
    }
    entries.append(entry)
  }

  /// Writes the list of contents and puts the archive in place. The writer is used up.
  package func finish() throws(ProcessingError) {
    let start = offset
    for entry in entries { try write(listing(entry)) }
    let size = offset - start, needsWide = start >= limit || size >= limit || entries.count >= max(1, limit >> 16)
    if needsWide {
      let end = offset
      try write(
        little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
          + little(entries.count, 8) + little(entries.count, 8) + little(size, 8) + little(start, 8))
      try write(little(0x0706_4B50, 4) + little(0, 4) + little(end, 8) + little(1, 4))
    }
    let count = needsWide ? 0xFFFF : entries.count
    try write(
      little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2)
        + little(needsWide ? 0xFFFF_FFFF : size, 4) + little(needsWide ? 0xFFFF_FFFF : start, 4) + little(0, 2))
    isDone = true
    guard close(file) == 0 else {
      let error = AtomicFile.failure("write", partial)
      unlink(partial)
      throw error
    }
    try AtomicFile.move(partial, to: path)
  }

  // MARK: - Records

  /// What both records of an entry share: version, flags (names in UTF-8), method, moment, sum and sizes.
  private func common(_ entry: Entry, isWide: Bool) -> [UInt8] {
    let size = isWide ? 0xFFFF_FFFF : entry.size
    return little(isWide ? 45 : 20, 2) + little(1 << 11, 2) + little(0, 2) + little(Int(moment.time), 2)
      + little(Int(moment.date), 2) + little(Int(entry.sum), 4) + little(size, 4) + little(size, 4)
      + little(entry.name.count, 2)
  }

  private func head(_ entry: Entry) -> [UInt8] {
    let isWide = entry.size >= limit
    let extra = isWide ? little(1, 2) + little(16, 2) + little(entry.size, 8) + little(entry.size, 8) : []
    return little(0x0403_4B50, 4) + common(entry, isWide: isWide) + little(extra.count, 2) + entry.name + extra
  }

  private func listing(_ entry: Entry) -> [UInt8] {
    let isWide = entry.size >= limit || entry.offset >= limit
    let extra =
      isWide
      ? little(1, 2) + little(24, 2) + little(entry.size, 8) + little(entry.size, 8) + little(entry.offset, 8) : []
    // Made by a Unix system, so that the rights of the file (readable by all) count.
    return little(0x0201_4B50, 4) + little(45 | 3 << 8, 2) + common(entry, isWide: isWide) + little(extra.count, 2)
      + little(0, 6) + little(0o100644 << 16, 4) + little(isWide ? 0xFFFF_FFFF : entry.offset, 4) + entry.name + extra
  }

  private func little(_ number: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
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
