// SPDX-License-Identifier: Apache-2.0

/// How a JSON text is laid out.
public enum JSONLayout: Sendable {
  /// One line, no spaces, keys sorted by their UTF-8 bytes: the form that is hashed and compared.
  case canonical
  /// One line, keys in their own order: a line of a log.
  case line
  /// Two spaces of indentation, keys in their own order: files that people read. Ends without a line feed.
  case pretty
}

extension JSONValue: CustomStringConvertible {
  /// The JSON text of this value, the same on every machine.
  ///
  /// Numbers are the shortest decimals that read back as the same bits (`1.0`, `0.1`, `1e-07`); NaN and
  /// infinities, which JSON lacks, become `null`; everything outside ASCII stays as it is, in UTF-8.
  public func text(_ layout: JSONLayout = .canonical) -> String {
    var printer = JSONPrinter(layout: layout)
    printer.print(self, depth: 0)
    return printer.output
  }

  public var description: String { text(.line) }
}

extension JSONObject: CustomStringConvertible {
  /// The JSON text of this object; see `JSONValue.text(_:)`.
  public func text(_ layout: JSONLayout = .canonical) -> String { JSONValue.object(self).text(layout) }

  public var description: String { text(.line) }
}

private struct JSONPrinter {
  let layout: JSONLayout
  var output = ""

  init(layout: JSONLayout) { self.layout = layout }

  mutating func print(_ value: JSONValue, depth: Int) {
    switch value {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value): output += value.isFinite ? value.description : "null"
    case .string(let value): print(quoted: value)
    case .array(let values): print(values, depth: depth)
    case .object(let object): print(object, depth: depth)
    }
  }

  private mutating func print(_ values: [JSONValue], depth: Int) {
    // Lists of numbers (boxes, coordinates) stay on one line; they would fill pages otherwise.
    let isFlat = values.allSatisfy { $0.arrayValue == nil && $0.objectValue == nil } && values.count <= 16
    output += "["
    for (index, value) in values.enumerated() {
      if index > 0 { output += "," }
      if isFlat, layout == .pretty, index > 0 { output += " " }
      if !isFlat { breakLine(depth + 1) }
      print(value, depth: depth + 1)
    }
    if !isFlat { breakLine(depth) }
    output += "]"
  }

  private mutating func print(_ object: JSONObject, depth: Int) {
    let keys = layout == .canonical ? object.keys.sorted(by: precedes) : object.keys
    output += "{"
    for (index, key) in keys.enumerated() {
      if index > 0 { output += "," }
      breakLine(depth + 1)
      print(quoted: key)
      output += layout == .pretty ? ": " : ":"
      print(object[key] ?? .null, depth: depth + 1)
    }
    if !keys.isEmpty { breakLine(depth) }
    output += "}"
  }

  private mutating func breakLine(_ depth: Int) {
    guard layout == .pretty else { return }
    output += "\n" + String(repeating: "  ", count: depth)
  }

  /// Byte order: the order of `String.<` follows Unicode tables, which change between versions of Swift.
  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  private mutating func print(quoted text: String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
