// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Foundation
import Grids

/// Red, green, blue and opacity of a pixel, 0...255 each.
public typealias RGBA = SIMD4<UInt8>

/// Pictures as PNG.
public enum PNG {
  /// A grey picture as the bytes of a PNG file.
  public static func encode(_ grid: Grid<UInt8>) throws(RasterError) -> [UInt8] {
    var cells = grid.cells
    return try encode(&cells, rows: grid.rows, columns: grid.columns, channels: 1)
  }

  /// A colour picture as the bytes of a PNG file.
  public static func encode(_ grid: Grid<RGBA>) throws(RasterError) -> [UInt8] {
    var cells = grid.cells
    return try encode(&cells, rows: grid.rows, columns: grid.columns, channels: 4)
  }

  /// Writes a grey picture; the file is whole or not there.
  public static func write(_ grid: Grid<UInt8>, to path: String) throws(RasterError) {
    try write(encode(grid), to: path)
  }

  /// Writes a colour picture; the file is whole or not there.
  public static func write(_ grid: Grid<RGBA>, to path: String) throws(RasterError) {
    try write(encode(grid), to: path)
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(RasterError) {
    let file = try TemporaryFile(for: path)
    guard let stream = fopen(file.path, "wb") else { throw file.failure(String(cString: strerror(errno))) }
    let count = fwrite(bytes, 1, bytes.count, stream)
    let code = errno
    guard fclose(stream) == 0, count == bytes.count else {
      throw file.failure(String(cString: strerror(count == bytes.count ? errno : code)))
    }
    try file.publish()
  }

  private static func encode<Cell>(
    _ cells: inout [Cell], rows: Int, columns: Int, channels: Int
  ) throws(RasterError) -> [UInt8] {
    precondition(rows > 0 && columns > 0, "a picture needs at least one pixel")
    return try withGDAL { (messages) throws(RasterError) -> [UInt8] in
      let picture = GDALCreate(
        GDALGetDriverByName("MEM"), "", Int32(columns), Int32(rows), Int32(channels), GDT_Byte, nil)
      defer { GDALClose(picture) }
      let filled = cells.withUnsafeMutableBytes {
        GDALDatasetRasterIOEx(
          picture, GF_Write, 0, 0, Int32(columns), Int32(rows), $0.baseAddress, Int32(columns), Int32(rows), GDT_Byte,
          Int32(channels), nil, Int64(channels), Int64(channels * columns), 1, nil)
      }
      let name = "/vsimem/ogive-\(UUID().uuidString).png"
      defer { VSIUnlink(name) }
      let copy = GDALCreateCopy(GDALGetDriverByName("PNG"), name, picture, 0, nil, nil, nil)
      GDALClose(copy)
      var length: vsi_l_offset = 0
      guard filled == CE_None, copy != nil, let bytes = VSIGetMemFileBuffer(name, &length, 0) else {
        throw RasterError(
          .writeFailed, "a picture of \(rows) x \(columns) pixels cannot be encoded as PNG",
          cause: messages.failureText)
      }
      return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
    }
  }
}
