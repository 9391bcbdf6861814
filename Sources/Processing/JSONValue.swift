// SPDX-License-Identifier: Apache-2.0

/// A JSON value to be written.
///
/// Stands in for the type of the same name and interface in `Parameters`: when that is there, this file goes.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// The members of a JSON object in the order in which they were set.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  package private(set) var keys: [String] = []
  private var members: [String: JSONValue] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }

  /// The value of a key; setting nil removes it, setting a new key puts it last.
  package subscript(key: String) -> JSONValue? {
    get { members[key] }
    set {
      if members[key] == nil, newValue != nil { keys.append(key) }
      if newValue == nil { keys.removeAll { $0 == key } }
      members[key] = newValue
    }
  }

  /// Members of `other` added to these; its values win.
  package func merged(with other: JSONObject) -> JSONObject {
    var result = self
    for key in other.keys { result[key] = other[key] }
    return result
  }

  package func text(_ layout: JSONLayout = .canonical) -> String { JSONValue.object(self).text(layout) }
}

/// How a JSON text is laid out: sorted on one line, in order on one line, or indented.
package enum JSONLayout: Sendable { case canonical, line, pretty }

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}

// MARK: - Text

extension JSONValue {
  package func text(_ layout: JSONLayout = .canonical) -> String { text(layout, indent: 0) }

  private func text(_ layout: JSONLayout, indent: Int) -> String {
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    // JSON has no NaN or infinity.
    case .number(let value): return value.isFinite ? value.description : "null"
    case .string(let value): return Self.quoted(value)
    case .array(let values):
      return Self.list("[", "]", values.map { $0.text(layout, indent: indent + 2) }, layout, indent)
    case .object(let object):
      let keys =
        layout == .canonical ? object.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } : object.keys
      let colon = layout == .pretty ? ": " : ":"
      let members = keys.map { Self.quoted($0) + colon + (object[$0] ?? .null).text(layout, indent: indent + 2) }
      return Self.list("{", "}", members, layout, indent)
    }
  }

  private static func list(
    _ open: String, _ close: String, _ items: [String], _ layout: JSONLayout, _ indent: Int
  ) -> String {
    guard layout == .pretty, !items.isEmpty else { return open + items.joined(separator: ",") + close }
    let line = "\n" + String(repeating: " ", count: indent)
    return open + line + "  " + items.joined(separator: "," + line + "  ") + line + close
  }

  private static func quoted(_ string: String) -> String {
    var out = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
