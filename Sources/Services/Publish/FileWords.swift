// SPDX-License-Identifier: Apache-2.0
import Products

/// Parts of the names of published files.
enum FileWords {
  /// A name without what file systems or shells take for something else.
  static func safe(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
  }

  /// A scene's name in those of files: without the ending of a plain raster.
  static func scene(_ id: String) -> String { safe(id.replacing(/\.[A-Za-z][A-Za-z0-9]{0,3}$/, with: "")) }

  /// A whole number with leading zeros.
  static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// `20200131`.
  static func compact(_ date: AcquisitionDate) -> String { date.day.replacing("-", with: "") }
}
