// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

extension PNG {
  /// A picture of at most 256 colours as the bytes of a PNG file: one byte a pixel and a table of colours.
  ///
  /// Made for map tiles: a quarter of the bytes of red, green, blue and opacity, and no trial of filters, which gain
  /// nothing on indices. Through the DEFLATE of GDAL, which is libdeflate's in Debian.
  ///
  /// - Parameters:
  ///   - indices: a place in `palette` for each pixel.
  ///   - level: 1 (fast) to 9 (small).
  /// - Throws: `RasterError` of kind `.writeFailed`.
  ///
  /// Source: PNG, W3C Recommendation, second edition. Checked by: `PNGTests`.
  public static func encode(
    indices: Grid<UInt8>, palette: [RGBA], level: Int = 1
  ) throws(RasterError) -> [UInt8] {
    precondition(indices.rows > 0 && indices.columns > 0, "a picture needs at least one pixel")
    precondition((1...256).contains(palette.count), "a table has 1 to 256 colours, not \(palette.count)")
    var out: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    out.reserveCapacity(indices.cells.count / 2 + 2048)
    append("IHDR", bigEndian(indices.columns) + bigEndian(indices.rows) + [8, 3, 0, 0, 0], to: &out)
    append("PLTE", palette.flatMap { [$0.x, $0.y, $0.z] }, to: &out)
    if let last = palette.lastIndex(where: { $0.w < 255 }) {
      append("tRNS", palette[...last].map(\.w), to: &out)
    }
    append("IDAT", try deflate(lines(of: indices), level: level), to: &out)
    append("IEND", [], to: &out)
    return out
  }

  /// Each row behind the number of its filter, which is "none".
  private static func lines(of indices: Grid<UInt8>) -> [UInt8] {
    let (rows, columns) = (indices.rows, indices.columns)
    return [UInt8](unsafeUninitializedCapacity: rows * (columns + 1)) { out, count in
      indices.cells.withUnsafeBufferPointer { cells in
        guard let from = cells.baseAddress, let to = out.baseAddress else { return }
        for row in 0..<rows {
          to[row * (columns + 1)] = 0
          (to + row * (columns + 1) + 1).update(from: from + row * columns, count: columns)
        }
      }
      count = rows * (columns + 1)
    }
  }

  private static func deflate(_ bytes: [UInt8], level: Int) throws(RasterError) -> [UInt8] {
    // What zlib promises never to exceed, and a little for its header.
    let room = bytes.count + bytes.count / 1000 + 1024
    var packed = 0
    let out = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let done = bytes.withUnsafeBytes {
        CPLZLibDeflate($0.baseAddress, $0.count, Int32(level), buffer.baseAddress, room, &packed)
      }
      if done == nil { packed = 0 }
      count = packed
    }
    guard packed > 0 else {
      throw RasterError(.writeFailed, "a picture of \(bytes.count) bytes cannot be compressed: is there memory left?")
    }
    return out
  }

  private static func append(_ type: StaticString, _ content: [UInt8], to out: inout [UInt8]) {
    out += bigEndian(content.count)
    let start = out.count
    type.withUTF8Buffer { out += $0 }
    out += content
    let sum = out[start...].withUnsafeBytes { CRC32.checksum($0) }
    out += bigEndian(Int(sum))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian, Array.init)
  }
}
