// SPDX-License-Identifier: Apache-2.0

/// The checksum of PNG and ZIP (ISO 3309), eight bytes at a time.
public enum CRC32 {
  /// - Parameter sum: of the bytes before these; 0 at the beginning.
  public static func checksum(_ bytes: UnsafeRawBufferPointer, continuing sum: UInt32 = 0) -> UInt32 {
    var crc = ~sum
    table.withUnsafeBufferPointer { table in
      var index = 0
      while index &+ 8 <= bytes.count {
        let low = crc ^ bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self).littleEndian
        let high = bytes.loadUnaligned(fromByteOffset: index &+ 4, as: UInt32.self).littleEndian
        crc = 0
        for byte in 0..<4 {
          let shift = UInt32(8 &* byte)
          crc ^= table[256 &* (7 &- byte) &+ Int(low &>> shift & 255)]
          crc ^= table[256 &* (3 &- byte) &+ Int(high &>> shift & 255)]
        }
        index &+= 8
      }
      while index < bytes.count {
        crc = table[Int((crc ^ UInt32(bytes[index])) & 255)] ^ crc &>> 8
        index &+= 1
      }
    }
    return ~crc
  }

  /// Table k holds the sums of a byte that k zeros follow.
  private static let table: [UInt32] = {
    var table = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
      table[byte] = crc
    }
    for zeros in 1..<8 {
      for byte in 0..<256 {
        let before = table[256 * (zeros - 1) + byte]
        table[256 * zeros + byte] = table[Int(before & 255)] ^ before >> 8
      }
    }
    return table
  }()
}
