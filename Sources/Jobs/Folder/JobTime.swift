// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Times as the project writes them: ISO 8601 in UTC with milliseconds.
package enum JobTime {
  private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

  package static func text(_ date: Date) -> String { date.formatted(style) }

  package static func date(_ text: String) -> Date? {
    (try? style.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
  }
}
