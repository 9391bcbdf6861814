// SPDX-License-Identifier: Apache-2.0
import Products

/// Parts of the names of published files.
enum FileWords {
  /// A name without what file systems or shells take for something else.
  static func safe(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
  }

  /// A whole number with leading zeros.
  static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// `20200131`.
  static func compact(_ date: AcquisitionDate) -> String { date.day.replacing("-", with: "") }
}
