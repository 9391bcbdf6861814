// SPDX-License-Identifier: Apache-2.0

/// The records of a ZIP archive whose files lie in it as they are (method "stored"), of any size.
///
/// Rasters and NetCDF are packed already, so packing them again would cost time for nothing; and a reader can take
/// any part of a stored file without the rest. ZIP64 fields are written where a size, a place or the count needs
/// them.
///
/// Source: PKWARE APPNOTE 6.3.10. Checked by: `ZipWriterTests`, with GDAL's reader.
package struct ZipRecords: Sendable {
  /// A file of the archive.
  package struct Entry: Sendable {
    let name: [UInt8]
    /// CRC-32 of the file.
    package var sum: UInt32
    let size, offset: Int

    /// - Parameters:
    ///   - name: in the archive, with forward strokes.
    ///   - size: of the file, bytes.
    ///   - offset: of the file's head in the archive, bytes.
    package init(_ name: String, sum: UInt32 = 0, size: Int, offset: Int) {
      (self.name, self.sum, self.size, self.offset) = (Array(name.utf8), sum, size, offset)
    }
  }

  private let limit: Int
  private let date: Int

  /// - Parameters:
  ///   - day: `2020-01-31`, that all entries bear, so that the same files make the same archive.
  ///   - limit: size and place from which on 64-bit fields are used, for 32-bit ones end there; those of counts end at
  ///     a 65 536th of it.
  package init(day: String, limit: Int = 0xFFFF_FFFF) {
    let parts = day.split(separator: "-").compactMap { Int($0) }
    let isDate = parts.count == 3 && (1980..<2108).contains(parts[0])
    date = isDate ? (parts[0] - 1980) << 9 | parts[1] << 5 | parts[2] : 1 << 5 | 1
    self.limit = limit
  }

  /// What stands before the bytes of a file.
  package func head(_ entry: Entry) -> [UInt8] {
    let isWide = entry.size >= limit
    let extra = isWide ? little(1, 2) + little(16, 2) + little(entry.size, 8) + little(entry.size, 8) : []
    return little(0x0403_4B50, 4) + common(entry, isWide: isWide) + little(extra.count, 2) + entry.name + extra
  }

  /// What stands behind the last file: the list of contents and where it begins.
  ///
  /// - Parameter start: how many bytes stand before it.
  package func end(_ entries: [Entry], at start: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries { bytes += listing(entry) }
    let size = bytes.count, count = entries.count
    let needsWide = start >= limit || size >= limit || count >= max(1, limit >> 16)
    if needsWide {
      bytes += little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
      bytes += little(count, 8) + little(count, 8) + little(size, 8) + little(start, 8)
      bytes += little(0x0706_4B50, 4) + little(0, 4) + little(start + size, 8) + little(1, 4)
    }
    let shownCount = needsWide ? 0xFFFF : count
    bytes += little(0x0605_4B50, 4) + little(0, 4) + little(shownCount, 2) + little(shownCount, 2)
    bytes += little(needsWide ? 0xFFFF_FFFF : size, 4) + little(needsWide ? 0xFFFF_FFFF : start, 4)
    return bytes + little(0, 2)
  }

  /// What both records of an entry share: version, flags (names in UTF-8), method, moment, sum and sizes.
  private func common(_ entry: Entry, isWide: Bool) -> [UInt8] {
    let size = isWide ? 0xFFFF_FFFF : entry.size
    return little(isWide ? 45 : 20, 2) + little(1 << 11, 2) + little(0, 2) + little(0, 2) + little(date, 2)
      + little(Int(entry.sum), 4) + little(size, 4) + little(size, 4) + little(entry.name.count, 2)
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
}
