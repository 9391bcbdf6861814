// SPDX-License-Identifier: Apache-2.0

/// The smallest encoder that makes a valid PNG: pixels are stored, not compressed. For tests only.
enum StoredPNG {
  static func encode(_ rgba: [UInt8], _ rows: Int, _ columns: Int) -> [UInt8] {
    precondition(rgba.count == 4 * rows * columns, "four bytes a pixel")
    var lines: [UInt8] = []
    lines.reserveCapacity(rows * (4 * columns + 1))
    for row in 0..<rows {
      lines.append(0)
      lines += rgba[4 * columns * row..<4 * columns * (row + 1)]
    }
    var out: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]
    out += chunk("IHDR", big(UInt32(columns)) + big(UInt32(rows)) + [8, 6, 0, 0, 0])
    out += chunk("IDAT", zlib(lines))
    return out + chunk("IEND", [])
  }

  private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01], start = 0
    repeat {
      let count = min(65_535, bytes.count - start)
      let isLast: UInt8 = start + count == bytes.count ? 1 : 0
      let low = UInt8(count & 255), high = UInt8(count >> 8)
      out += [isLast, low, high, ~low, ~high]
      out += bytes[start..<start + count]
      start += count
    } while start < bytes.count
    var a: UInt32 = 1, b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return out + big(b << 16 | a)
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in body { crc = table[Int((crc ^ UInt32(byte)) & 255)] ^ crc >> 8 }
    return big(UInt32(data.count)) + body + big(~crc)
  }

  private static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    return value
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}
