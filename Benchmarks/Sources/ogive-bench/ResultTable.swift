// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The results as a Markdown table: cases together, ours first.
enum ResultTable {
  static func markdown(_ rows: [Measurement]) -> String {
    var names: [String] = []
    for row in rows where !names.contains(row.name) { names.append(row.name) }
    let sorted = rows.sorted { a, b in
      let key = { (row: Measurement) in
        (names.firstIndex(of: row.name)!, row.size, row.tool == "ogive" ? "" : row.tool, row.threads)
      }
      return key(a) < key(b)
    }
    let header = [
      "case", "size", "tool", "threads", "wall s", "CPU s", "per CPU-second", "peak MB", "valid", "MAE px", "RMSE px",
      "error/sigma",
    ]
    let align = ["---", "---:", "---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:"]
    return ([header, align] + sorted.map(cells)).map { "| " + $0.joined(separator: " | ") + " |" }
      .joined(separator: "\n")
  }

  private static func cells(_ row: Measurement) -> [String] {
    return [
      row.name, "\(row.size)²", row.tool, "\(row.threads)", short(row.seconds), short(row.cpuSeconds),
      "\(short(row.work / row.cpuSeconds)) \(row.workUnit)", short(row.peakMegabytes),
      row.valid.map { String(format: "%.1f %%", 100 * $0) } ?? "–", row.error.map(short) ?? "–",
      row.rootMeanSquare.map(short) ?? "–", row.ratio.map(short) ?? "–",
    ]
  }

  /// Three significant digits.
  static func short(_ value: Double) -> String {
    switch abs(value) {
    case 0: "0"
    case ..<0.001: String(format: "%.2e", value)
    case ..<1: String(format: "%.4f", value)
    case ..<10: String(format: "%.2f", value)
    case ..<100: String(format: "%.1f", value)
    case ..<1e6: String(format: "%.0f", value)
    default: String(format: "%.1f M", value / 1e6)
    }
  }
}
