// SPDX-License-Identifier: Apache-2.0
import RasterIO

/// A text file that names scenes, one a line, with or without a date after a comma, semicolon or tab.
///
/// A first line such as `file,date` says which column is which; without it the first is the file and the second the date.
/// Lines that begin with `#` are comments. Files are relative to the folder of the list.
public struct SceneList: Sendable {
  public struct Entry: Hashable, Sendable {
    public let path: String
    public let date: AcquisitionDate?
  }

  public private(set) var entries: [Entry] = []
  /// Lines that could not be read.
  public private(set) var problems: [SceneError] = []

  private static let fileNames: Set<String> = ["file", "filename", "name", "path", "image", "scene"]
  private static let dateNames: Set<String> = ["date", "datetime", "time", "acquired", "acquisition"]

  /// - Throws: `SceneError` of kind `.missing` or `.damaged`.
  public init(_ path: String) throws(SceneError) {
    let bytes: [UInt8]
    do throws(RasterError) { bytes = try VirtualFile.read(path) } catch {
      throw SceneError(error.kind == .missing ? .missing : .damaged, path, error.message, cause: error.cause)
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var fileColumn = 0, dateColumn = 1
    var isFirst = true
    let lines = String(decoding: bytes, as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      let cells = line.split(omittingEmptySubsequences: false, whereSeparator: { ",;\t".contains($0) }).map(Self.bare)
      guard let first = cells.first, !first.isEmpty || cells.count > 1, !first.hasPrefix("#") else { continue }
      defer { isFirst = false }
      if isFirst, let column = cells.firstIndex(where: { Self.fileNames.contains($0.lowercased()) }) {
        fileColumn = column
        dateColumn = cells.firstIndex { Self.dateNames.contains($0.lowercased()) } ?? -1
        continue
      }
      guard cells.indices.contains(fileColumn), !cells[fileColumn].isEmpty else {
        problems.append(SceneError(.badList, path, "\(path), line \(number + 1) names no file"))
        continue
      }
      let file = cells[fileColumn]
      let text = cells.indices.contains(dateColumn) ? cells[dateColumn] : ""
      let date = text.isEmpty ? nil : AcquisitionDate(text, source: "list")
      if !text.isEmpty, date == nil {
        problems.append(
          SceneError(
            .badList, path,
            "\(path), line \(number + 1): \"\(text)\" is no date; write for example 2020-01-31 or 2020-01-31T10:20:30Z"
          ))
        continue
      }
      entries.append(Entry(path: file.hasPrefix("/") ? file : folder + file, date: date))
    }
  }

  /// The date that the list gives to a file, found by its name without folders.
  public func date(of path: String) -> AcquisitionDate? {
    let name = Self.base(path)
    return entries.first { Self.base($0.path) == name }?.date
  }

  private static func base(_ path: String) -> Substring { path.split(separator: "/").last ?? Substring(path) }

  /// A cell without spaces, quotes and the mark that some spreadsheets put first.
  private static func bare(_ cell: Substring) -> String {
    String(
      cell.drop { $0.isWhitespace || "\"\u{feff}".contains($0) }.reversed()
        .drop { $0.isWhitespace || $0 == "\"" }.reversed())
  }
}
