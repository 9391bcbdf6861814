// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// How far a job is, read from the lines of its log.
package struct ProgressReading: Sendable {
  package private(set) var progress: JobProgress
  package private(set) var warnings: [String]
  private static let mostWarnings = 100

  package init(_ progress: JobProgress = JobProgress(), warnings: [String] = []) {
    (self.progress, self.warnings) = (progress, warnings)
  }

  /// - Parameters:
  ///   - elapsed: seconds since the attempt began.
  ///   - expected: seconds that it may take, where an estimate says so.
  package mutating func read(_ lines: [JSONObject], elapsed: Double, expected: Double?) {
    for line in lines {
      switch line["event"]?.stringValue {
      case "stage-start":
        progress.stage = line["stage"]?.stringValue
        progress.unit = line["unit"]?.stringValue
        (progress.done, progress.total) = (0, line["total"]?.intValue ?? 0)
      case "progress":
        progress.stage = line["stage"]?.stringValue
        progress.done = line["done"]?.intValue ?? 0
        progress.total = line["total"]?.intValue ?? 0
        progress.secondsLeft = line["secondsLeft"]?.doubleValue ?? progress.secondsLeft
      case "stage-end":
        progress.done = line["done"]?.intValue ?? progress.done
        progress.secondsLeft = nil
      case "warning":
        if let message = line["message"]?.stringValue, warnings.count < Self.mostWarnings, !warnings.contains(message)
        {
          warnings.append(message)
        }
      default: break
      }
    }
    // What the run itself says is left, or else what was estimated: never quite all before it has ended.
    let left = progress.secondsLeft ?? expected.map { max(0.05 * $0, $0 - elapsed) }
    if let left, elapsed > 0 { progress.percent = min(99, max(progress.percent, 100 * elapsed / (elapsed + left))) }
  }

  /// In words.
  package var message: String {
    guard let stage = progress.stage else { return "running" }
    guard progress.total > 0 else { return stage }
    return "\(stage): \(progress.done) of \(progress.total) \(progress.unit ?? "")"
  }
}
