// SPDX-License-Identifier: Apache-2.0

/// Text in columns for a terminal.
enum TextTable {
  /// A name and its value, the values of several lines beneath each other.
  static func pair(_ name: String, _ value: String, width: Int = 20) -> String {
    padded(name, width) + value
  }

  /// Lines of cells, as wide as their widest cell; the first two columns to the left, the others to the right.
  static func lines(_ rows: [[String]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.compactMap { $0.indices.contains(column) ? $0[column].count : nil }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += (column > 0 ? "  " : "") + (column < 2 ? cell + space : space + cell)
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
