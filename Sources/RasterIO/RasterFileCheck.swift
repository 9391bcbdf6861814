// SPDX-License-Identifier: Apache-2.0
import Grids

/// Whether an image file is there to its end, at a cost far below reading it.
///
/// A download that broke off opens well, and fails hours later in the middle of a run.
public enum RasterFileCheck {
  /// What is wrong with a file; nil when it is whole as far as can be told.
  ///
  /// JPEG 2000: the boxes must lie within the file and the code stream must end with its end marker (ISO/IEC 15444-1,
  /// A.4.4 and I.4). Other formats: the last pixel must be readable.
  public static func problem(of path: String) -> RasterError? {
    do throws(RasterError) {
      if try isJPEG2000(path) {
        try checkBoxes(path)
      } else {
        let image = try RasterImage.open(path, band: 1)
        _ = try image.read(Window(row: image.rows - 1, column: image.columns - 1, rows: 1, columns: 1))
      }
      return nil
    } catch {
      return error
    }
  }

  private static let signature: [UInt8] = [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]
  private static let codeStream = Array("jp2c".utf8)

  private static func isJPEG2000(_ path: String) throws(RasterError) -> Bool {
    guard let size = VirtualFile.size(of: path), size > 0 else {
      throw RasterError.unopened(path, what: "an image", cause: nil)
    }
    return try VirtualFile.read(path, count: signature.count) == signature
  }

  private static func checkBoxes(_ path: String) throws(RasterError) {
    let size = VirtualFile.size(of: path) ?? 0
    var position = signature.count
    var hasCodeStream = false
    while position < size {
      let head = try VirtualFile.read(path, from: position, count: 16)
      guard head.count >= 8 else { throw cutOff(path, size) }
      var length = head[0..<4].reduce(0) { $0 << 8 | Int($1) }
      if length == 1 {
        // The length stands in the eight bytes that follow; a sensible one fits into seven.
        guard head.count == 16, head[8] == 0 else { throw cutOff(path, size) }
        length = head[8..<16].reduce(0) { $0 << 8 | Int($1) }
      }
      let end = length == 0 ? size : position + length
      guard length == 0 || length >= 8, end <= size else { throw cutOff(path, size) }
      if Array(head[4..<8]) == codeStream {
        hasCodeStream = true
        guard try VirtualFile.read(path, from: end - 2, count: 2) == [0xFF, 0xD9] else { throw cutOff(path, size) }
      }
      position = end
    }
    if !hasCodeStream { throw cutOff(path, size) }
  }

  private static func cutOff(_ path: String, _ size: Int) -> RasterError {
    RasterError(.readFailed, "\(path) is cut off after \(size) bytes; fetch it again")
  }
}
