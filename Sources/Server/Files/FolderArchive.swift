// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Processing
import RasterIO

/// Files of a folder as one ZIP archive, made while it is sent: nothing is written to the disk.
///
/// The files lie in it as they are, so that its length is known before its first byte is read, and a download that
/// broke off goes on where it stopped.
struct FolderArchive: Sendable {
  private struct Part: Sendable {
    let path: String
    let size: Int
    let entry: ZipRecords.Entry
  }

  /// Length of the archive, bytes.
  let length: Int
  /// Changes when a file does.
  let tag: String
  private let parts: [Part]
  private let records: ZipRecords
  private let contentsOffset: Int

  /// - Parameters:
  ///   - files: by their path; all lie below `folder`.
  ///   - name: of the folder that the archive unpacks into.
  init(_ files: [FileListing], below folder: String, as name: String) {
    let newest = files.map(\.modified).max() ?? Date(timeIntervalSince1970: 0)
    records = ZipRecords(day: String(APITime.text(newest).prefix(10)))
    var parts: [Part] = [], offset = 0
    var words: [String] = []
    for file in files {
      let inside = String(file.path.dropFirst(folder.count + 1))
      let entry = ZipRecords.Entry("\(name)/\(inside)", size: file.bytes, offset: offset)
      parts.append(Part(path: file.path, size: file.bytes, entry: entry))
      offset += records.head(entry).count + file.bytes
      words.append("\(inside) \(file.bytes) \(file.modified.timeIntervalSince1970)")
    }
    self.parts = parts
    contentsOffset = offset
    length = offset + records.end(parts.map(\.entry), at: offset).count
    tag = "\"\(SHA256.checksum(of: words.joined(separator: "\n")).hexadecimal.prefix(32))\""
  }

  var response: HTTPResponse {
    HTTPResponse(
      headers: ["Content-Type": "application/zip", "ETag": tag],
      body: .stream(HTTPStream(length: length) { await send(to: $0) }))
  }

  /// Sends the archive. A file that has changed since it was listed breaks the answer off: the client sees that it is
  /// not whole, and asks again.
  private func send(to stream: HTTPStream) async {
    var entries: [ZipRecords.Entry] = []
    for part in parts {
      guard var reader = FilePieces(part.path, expected: part.size) else { return stream.breakOff() }
      var entry = part.entry
      // Read twice: once for the sum, which stands before the bytes.
      while let piece = reader.next() {
        entry.sum = piece.withUnsafeBytes { CRC32.checksum($0, continuing: entry.sum) }
        guard !stream.isGone else { return }
        await Task.yield()
      }
      guard reader.isWhole, reader.rewind() else { return stream.breakOff() }
      guard await stream.send(records.head(entry)) else { return }
      while let piece = reader.next() {
        guard await stream.send(piece) else { return }
      }
      guard reader.isWhole else { return stream.breakOff() }
      entries.append(entry)
    }
    await stream.send(records.end(entries, at: contentsOffset))
  }
}

/// A file of a known length, piece by piece.
private struct FilePieces: ~Copyable {
  private let file: Int32
  private let expected: Int
  private var done = 0

  init?(_ path: String, expected: Int) {
    file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    self.expected = expected
  }

  deinit { close(file) }

  /// Whether the file has neither fewer nor more bytes than it should, as far as it was read.
  var isWhole: Bool { done == expected }

  mutating func rewind() -> Bool {
    done = 0
    return lseek(file, 0, SEEK_SET) == 0
  }

  /// Nil at the end, and where reading fails.
  mutating func next() -> [UInt8]? {
    let wanted = 256 << 10
    let file = file
    let piece = [UInt8](unsafeUninitializedCapacity: wanted) { target, count in
      count = max(0, read(file, target.baseAddress, wanted))
    }
    done += piece.count
    return piece.isEmpty || done > expected ? nil : piece
  }
}
