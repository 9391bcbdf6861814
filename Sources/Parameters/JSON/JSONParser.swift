// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
  /// Reads one JSON text (RFC 8259), strictly.
  ///
  /// Refused, with line and column: syntax that the standard lacks (comments, trailing commas, NaN), a key that
  /// occurs twice in one object, numbers too large for a `Double`, broken UTF-8, nesting deeper than 100.
  ///
  /// - Parameter name: what the text is called in messages, such as `job.json`.
  /// - Throws: `ParameterError` of kind `parameters.malformed-json`.
  public init(parsing text: String, named name: String = "JSON") throws(ParameterError) {
    try self.init(parsing: Array(text.utf8), named: name)
  }

  /// Reads one JSON text from its UTF-8 bytes; see `init(parsing:named:)`.
  public init(parsing bytes: [UInt8], named name: String = "JSON") throws(ParameterError) {
    var parser = JSONParser(bytes: bytes, name: name)
    self = try parser.parseDocument()
  }
}

/// Recursive descent over the bytes; the depth is limited because the texts come from strangers.
private struct JSONParser {
  let bytes: [UInt8]
  let name: String
  var position = 0
  static let deepest = 100

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func parseDocument() throws(ParameterError) -> JSONValue {
    skipSpace()
    guard peek() != nil else { throw problem("the text is empty") }
    let value = try parseValue(depth: 0)
    skipSpace()
    if let byte = peek() { throw problem("unexpected \(shown(byte)) after the end of the value") }
    return value
  }

  private mutating func parseValue(depth: Int) throws(ParameterError) -> JSONValue {
    guard depth <= Self.deepest else { throw problem("nested deeper than \(Self.deepest) levels") }
    skipSpace()
    guard let byte = peek() else { throw problem("the text ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try parseObject(depth: depth))
    case UInt8(ascii: "["): return .array(try parseArray(depth: depth))
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    default: return try parseWord(startingWith: byte)
    }
  }

  private mutating func parseObject(depth: Int) throws(ParameterError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace()
    if take("}") { return object }
    while true {
      skipSpace()
      guard peek() == UInt8(ascii: "\"") else { throw problem("expected a key in double quotes") }
      let start = position
      let key = try parseString()
      guard object[key] == nil else { throw problem("the key \"\(key)\" occurs twice", at: start) }
      skipSpace()
      guard take(":") else { throw problem("expected ':' after the key \"\(key)\"") }
      object[key] = try parseValue(depth: depth + 1)
      skipSpace()
      if take("}") { return object }
      guard take(",") else { throw problem("expected ',' or '}' after the value of \"\(key)\"") }
    }
  }

  private mutating func parseArray(depth: Int) throws(ParameterError) -> [JSONValue] {
    var values: [JSONValue] = []
    position += 1
    skipSpace()
    if take("]") { return values }
    while true {
      values.append(try parseValue(depth: depth + 1))
      skipSpace()
      if take("]") { return values }
      guard take(",") else { throw problem("expected ',' or ']' in a list") }
    }
  }

  private mutating func parseWord(startingWith byte: UInt8) throws(ParameterError) -> JSONValue {
    for (word, value) in [("true", JSONValue.bool(true)), ("false", .bool(false)), ("null", .null)]
    where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw problem("unexpected \(shown(byte)) where a value should stand")
  }

  private mutating func parseNumber() throws(ParameterError) -> JSONValue {
    let start = position
    _ = take("-")
    let whole = countDigits()
    let hasLeadingZero = whole > 1 && bytes[position - whole] == UInt8(ascii: "0")
    var isWellFormed = whole > 0 && !hasLeadingZero
    var isInteger = true
    if take(".") {
      isInteger = false
      isWellFormed = countDigits() > 0 && isWellFormed
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      isWellFormed = countDigits() > 0 && isWellFormed
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard isWellFormed else { throw problem("\(text) is not a number as JSON writes it", at: start) }
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw problem("\(text) is too large", at: start) }
    return .number(value)
  }

  private mutating func countDigits() -> Int {
    let start = position
    while let byte = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    return position - start
  }

  private mutating func parseString() throws(ParameterError) -> String {
    let start = position
    var content: [UInt8] = []
    position += 1
    while let byte = peek() {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw problem("a string is not valid UTF-8", at: start)
        }
        return text
      case UInt8(ascii: "\\"): content += try parseEscape()
      case 0..<0x20: throw problem("a control character inside a string; write it as \\u00..", at: position - 1)
      default: content.append(byte)
      }
    }
    throw problem("a string has no closing quote", at: start)
  }

  private mutating func parseEscape() throws(ParameterError) -> [UInt8] {
    guard let byte = peek() else { throw problem("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return Array(String(try parseUnicodeEscape()).utf8)
    default: throw problem("unknown escape \\\(shown(byte)) in a string", at: position - 1)
    }
  }

  private mutating func parseUnicodeEscape() throws(ParameterError) -> Character {
    let start = position
    var code = try parseFourHexDigits()
    if 0xD800..<0xDC00 ~= code, bytes[position...].starts(with: "\\u".utf8) {
      position += 2
      let low = try parseFourHexDigits()
      guard 0xDC00..<0xE000 ~= low else { throw problem("half a surrogate pair in a string", at: start) }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw problem("half a surrogate pair in a string", at: start) }
    return Character(scalar)
  }

  private mutating func parseFourHexDigits() throws(ParameterError) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw problem("\\u needs four hexadecimal digits") }
    position += 4
    return code
  }

  // MARK: Small steps

  private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private func shown(_ byte: UInt8) -> String {
    0x21..<0x7F ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
  }

  private func problem(_ text: String, at offset: Int? = nil) -> ParameterError {
    let before = bytes[..<min(offset ?? position, bytes.count)]
    let line = before.count { $0 == 0x0A } + 1
    let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
    return ParameterError(.malformedJSON, "\(name), line \(line), column \(column): \(text)")
  }
}
