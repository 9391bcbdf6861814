// SPDX-License-Identifier: Apache-2.0

/// A JSON value to be written: objects keep the order in which they were built.
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSON

    package init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// One line without spaces; with sorted members it is the canonical text that keys are made of.
  package func text(sorted: Bool = false) -> String {
    var out = ""
    write(into: &out, sorted: sorted, indent: nil)
    return out
  }

  /// Indented by two spaces, for files that people read.
  package var prettyText: String {
    var out = ""
    write(into: &out, sorted: false, indent: 0)
    return out + "\n"
  }

  private func write(into out: inout String, sorted: Bool, indent: Int?) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .integer(let value): out += String(value)
    // JSON has no NaN or infinity.
    case .number(let value): out += value.isFinite ? Self.text(of: value) : "null"
    case .string(let value): Self.quote(value, into: &out)
    case .array(let values):
      Self.list(open: "[", close: "]", count: values.count, into: &out, indent: indent) { index, text, inner in
        values[index].write(into: &text, sorted: sorted, indent: inner)
      }
    case .object(let members):
      // Unicode order of the names, the same on every machine.
      let members =
        sorted ? members.sorted { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) } : members
      Self.list(open: "{", close: "}", count: members.count, into: &out, indent: indent) { index, text, inner in
        Self.quote(members[index].name, into: &text)
        text += inner == nil ? ":" : ": "
        members[index].value.write(into: &text, sorted: sorted, indent: inner)
      }
    }
  }

  private static func list(
    open: String, close: String, count: Int, into out: inout String, indent: Int?,
    element: (Int, inout String, Int?) -> Void
  ) {
    out += open
    for index in 0..<count {
      if index > 0 { out += "," }
      if let indent { out += "\n" + String(repeating: " ", count: indent + 2) }
      element(index, &out, indent.map { $0 + 2 })
    }
    if let indent, count > 0 { out += "\n" + String(repeating: " ", count: indent) }
    out += close
  }

  /// The shortest decimal that reads back as the same number; whole numbers without a fraction.
  private static func text(of value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }

  private static func quote(_ string: String, into out: inout String) {
    out += "\""
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
    out += "\""
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member(name: $0.0, value: $0.1) })
  }
}
