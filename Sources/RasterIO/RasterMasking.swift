// SPDX-License-Identifier: Apache-2.0
import CGDAL
import Grids

/// How missing pixels of a band are known.
struct RasterMasking: Sendable {
  let nodata: Float?
  /// Whether an alpha band or a mask beside the pixels must be read too.
  let readsMask: Bool
  let isSignedByte: Bool
  let isComplex: Bool
  let mayBeInfinite: Bool

  init(band: UnsafeMutableRawPointer, info: RasterInfo) {
    nodata = info.nodata.map { Float($0) }
    let flags = GDALGetMaskFlags(band)
    readsMask = flags & Int32(GMF_ALL_VALID | GMF_NODATA) == 0
    isSignedByte = info.dataType == .int8
    isComplex = info.dataType.isComplex
    mayBeInfinite = info.dataType.isFloating
  }
}

/// The cells of one read: NaN first, the part inside the raster filled from GDAL, missing turned into NaN.
struct PixelBuffer {
  private(set) var cells: [Float]
  private let window: Window
  private let inside: Window
  private var start: Int { (inside.row - window.row) * window.columns + inside.column - window.column }

  init(window: Window, inside: Window) {
    self.window = window
    self.inside = inside
    let count = window.rows * window.columns
    cells =
      window == inside
      ? [Float](unsafeUninitializedCapacity: count) { _, initialised in initialised = count }
      : [Float](repeating: .nan, count: count)
  }

  mutating func fill(
    from band: UnsafeMutableRawPointer, of image: RasterImage, _ messages: GDALMessages
  ) throws(RasterError) {
    let failed = image.masking.isComplex ? !readAmplitude(band) : !readReal(band)
    // A strip that is cut off makes some formats answer success and only report a failure.
    if failed || messages.failureText != nil { throw readError(image, messages) }
    let masking = image.masking
    if masking.isSignedByte { forEachCell { $0 > 127 ? $0 - 256 : $0 } }
    if let nodata = masking.nodata, !nodata.isNaN { forEachCell { $0 == nodata ? .nan : $0 } }
    if masking.mayBeInfinite { forEachCell { $0.isFinite ? $0 : .nan } }
    if masking.readsMask, !applyMask(of: band) { throw readError(image, messages) }
    if image.appliesScale, image.info.scale != 1 || image.info.offset != 0 {
      let scale = image.info.scale, offset = image.info.offset
      forEachCell { Float(Double($0) * scale + offset) }
    }
  }

  private func readError(_ image: RasterImage, _ messages: GDALMessages) -> RasterError {
    RasterError(
      .readFailed,
      "\(image.info.path): rows \(inside.row)..<\(inside.endRow), columns \(inside.column)..<\(inside.endColumn) cannot "
        + "be read; the file is damaged or cut off: fetch or write it again",
      cause: messages.failureText)
  }

  private mutating func readReal(_ band: UnsafeMutableRawPointer) -> Bool {
    let start = self.start, inside = self.inside, stride = window.columns
    return cells.withUnsafeMutableBufferPointer { cells in
      GDALRasterIOEx(
        band, GF_Read, Int32(inside.column), Int32(inside.row), Int32(inside.columns), Int32(inside.rows),
        cells.baseAddress! + start, Int32(inside.columns), Int32(inside.rows), GDT_Float32, 4, Int64(stride * 4), nil)
        == CE_None
    }
  }

  private mutating func readAmplitude(_ band: UnsafeMutableRawPointer) -> Bool {
    var pairs = [Float](repeating: 0, count: 2 * inside.columns)
    for row in inside.row..<inside.endRow {
      let done = pairs.withUnsafeMutableBytes {
        GDALRasterIO(
          band, GF_Read, Int32(inside.column), Int32(row), Int32(inside.columns), 1, $0.baseAddress,
          Int32(inside.columns), 1, GDT_CFloat32, 0, 0)
      }
      if done != CE_None { return false }
      let to = start + (row - inside.row) * window.columns
      for column in 0..<inside.columns {
        let re = pairs[2 * column], im = pairs[2 * column + 1]
        cells[to + column] = (re * re + im * im).squareRoot()
      }
    }
    return true
  }

  private mutating func applyMask(of band: UnsafeMutableRawPointer) -> Bool {
    var mask = [UInt8](repeating: 0, count: inside.rows * inside.columns)
    let done = mask.withUnsafeMutableBytes {
      GDALRasterIO(
        GDALGetMaskBand(band), GF_Read, Int32(inside.column), Int32(inside.row), Int32(inside.columns),
        Int32(inside.rows), $0.baseAddress, Int32(inside.columns), Int32(inside.rows), GDT_Byte, 0, 0)
    }
    if done != CE_None { return false }
    for row in 0..<inside.rows {
      let to = start + row * window.columns, from = row * inside.columns
      for column in 0..<inside.columns where mask[from + column] == 0 { cells[to + column] = .nan }
    }
    return true
  }

  @inline(__always)
  private mutating func forEachCell(_ change: (Float) -> Float) {
    let start = self.start, stride = window.columns, rows = inside.rows, columns = inside.columns
    cells.withUnsafeMutableBufferPointer { cells in
      for row in 0..<rows {
        let line = cells.baseAddress! + (start &+ row &* stride)
        for column in 0..<columns { line[column] = change(line[column]) }
      }
    }
  }
}
