// SPDX-License-Identifier: Apache-2.0
import Parameters

/// One line, or a few, of what `ogive info` tells: words for people, JSON for programs.
struct InfoEntry: Sendable {
  let key: String
  let json: JSONValue
  let lines: [String]

  /// - Parameters:
  ///   - key: name in the JSON.
  ///   - title: what stands before the text.
  init(_ key: String, _ title: String, _ text: String, _ json: JSONValue) {
    (self.key, self.json) = (key, json)
    lines = [TextTable.pair(title, text)]
  }

  /// Only for programs.
  init(_ key: String, _ json: JSONValue) { (self.key, self.json, lines) = (key, json, []) }

  /// Several lines.
  init(_ key: String, _ json: JSONValue, lines: [String]) {
    (self.key, self.json, self.lines) = (key, json, lines)
  }
}
