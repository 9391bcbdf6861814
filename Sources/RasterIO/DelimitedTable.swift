// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A table of text: a header line and one row a line, in cells separated by commas, semicolons or tabs.
///
/// Lines end as on any system, and empty ones are no rows. Read piece by piece: a table may be larger than the memory.
public struct DelimitedTable: Sendable {
  /// One line below the header.
  public struct Row: Sendable {
    /// Number of the line in the file, from 1.
    public let line: Int
    public let text: String
    /// Without the spaces and quotes around them.
    public let cells: [Substring]
  }

  public let path: String
  /// The header as it stands, and the names of the columns in it.
  public let header: String
  public let names: [String]
  private let separator: UInt8

  /// Opens a table and reads its header.
  ///
  /// - Throws: `RasterError` of kind `.missing` and the like; `.empty` without a header.
  public init(_ path: String) throws(RasterError) {
    self.path = path
    var lines = try Lines(path)
    guard let first = try lines.next() else {
      throw RasterError.unopened(path, what: "a table of points", cause: nil)
    }
    // What some spreadsheets put before the first name.
    header = first.text.hasPrefix("\u{feff}") ? String(first.text.dropFirst()) : first.text
    separator = UInt8(ascii: header.contains(";") ? ";" : header.contains("\t") ? "\t" : ",")
    names = Self.cells(header, separator).map(String.init)
  }

  /// The rows, to be read once from first to last.
  public func rows() throws(RasterError) -> Rows {
    var lines = try Lines(path)
    _ = try lines.next()
    return Rows(lines: lines, separator: separator)
  }

  public struct Rows {
    fileprivate var lines: Lines
    fileprivate let separator: UInt8

    /// The next row; nil after the last.
    public mutating func next() throws(RasterError) -> Row? {
      guard let line = try lines.next() else { return nil }
      return Row(line: line.number, text: line.text, cells: DelimitedTable.cells(line.text, separator))
    }
  }

  private static func cells(_ line: String, _ separator: UInt8) -> [Substring] {
    line.utf8.split(separator: separator, omittingEmptySubsequences: false).map { cell in
      var cell = cell
      while let end = cell.last, isPadding(end) { cell.removeLast() }
      while let start = cell.first, isPadding(start) { cell.removeFirst() }
      return Substring(cell)
    }
  }

  private static func isPadding(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") }
}

/// The lines of a file that are not empty, with their numbers.
private struct Lines {
  private let path: String
  private let file: FileHandle
  private var buffer: [UInt8] = []
  private var position = 0
  private var number = 0
  private var followsReturn = false

  private static let pieceBytes = 1 << 18

  init(_ path: String) throws(RasterError) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw RasterError.unopened(path, what: "a table of points", cause: nil)
    }
    (self.path, self.file) = (path, file)
  }

  mutating func next() throws(RasterError) -> (number: Int, text: String)? {
    var line: [UInt8] = []
    while true {
      if position == buffer.count, try !fill() {
        guard !line.isEmpty else { return nil }
        number += 1
        return (number, String(decoding: line, as: UTF8.self))
      }
      if followsReturn {
        followsReturn = false
        if buffer[position] == UInt8(ascii: "\n") {
          position += 1
          continue
        }
      }
      let rest = buffer[position...]
      guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
        line += rest
        position = buffer.count
        continue
      }
      line += rest[..<end]
      position = end + 1
      followsReturn = buffer[end] == UInt8(ascii: "\r")
      number += 1
      if !line.isEmpty { return (number, String(decoding: line, as: UTF8.self)) }
    }
  }

  private mutating func fill() throws(RasterError) -> Bool {
    do {
      buffer = [UInt8](try file.read(upToCount: Self.pieceBytes) ?? Data())
    } catch {
      throw RasterError.unopened(path, what: "a table of points", cause: "\(error)")
    }
    position = 0
    return !buffer.isEmpty
  }
}
