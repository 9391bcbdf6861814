// SPDX-License-Identifier: Apache-2.0

/// Values of the text form: properties, texts, numbers, times, geometries.
extension CQL2TextParser {
  mutating func operand() throws(CatalogueError) -> CQL2.Operand {
    try count()
    switch token {
    case .text(let text):
      index += 1
      return .text(text)
    case .number(let value):
      index += 1
      return .number(value)
    case .sign("-"), .sign("+"): return .number(try number())
    case .quoted(let name):
      index += 1
      return .property(name)
    case .word(let word):
      if next == .sign("(") { return try call(word.uppercased()) }
      index += 1
      switch word.uppercased() {
      case "TRUE": return .bool(true)
      case "FALSE": return .bool(false)
      case "AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL":
        index -= 1
        throw problem("expected a property or a value before \(shown)")
      default: return .property(word)
      }
    case .sign, .end: throw problem("expected a property or a value before \(shown)")
    }
  }

  private mutating func call(_ name: String) throws(CatalogueError) -> CQL2.Operand {
    switch name {
    case "TIMESTAMP", "DATE":
      let start = index
      index += 2
      guard case .text(let text) = token else { throw problem("\(name) needs a time in single quotes") }
      index += 1
      try expect(")")
      guard let value = CQL2.Operand(time: text, kind: name) else {
        index = start
        throw problem("'\(text.prefix(40))' is no \(name) (2020-01-31T00:00:00Z, or 2020-01-31 for a date)")
      }
      return value
    case "INTERVAL":
      index += 2
      let start = try end()
      try expect(",")
      let end = try end()
      try expect(")")
      return .interval(start: start, end: end)
    case "CASEI":
      index += 2
      let inner = try operand()
      try expect(")")
      return .withoutCase(inner)
    case "BBOX", "ENVELOPE": return .shape(try box())
    case "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION":
      return try geometry()
    default: throw problem("the function \(shown) is not known here")
    }
  }

  /// An end of an interval: a time in quotes, a function, a property, or '..'.
  private mutating func end() throws(CatalogueError) -> CQL2.Operand {
    guard case .text(let text) = token else { return try operand() }
    if text == ".." {
      index += 1
      return .openEnd
    }
    guard let value = CQL2.Operand(time: text, kind: text.contains("T") ? "TIMESTAMP" : "DATE") else {
      throw problem("'\(text.prefix(40))' is no time")
    }
    index += 1
    return value
  }

  mutating func number() throws(CatalogueError) -> Double {
    try count()
    let isNegative = takeSign("-")
    if !isNegative { _ = takeSign("+") }
    guard case .number(let value) = token else { throw problem("expected a number before \(shown)") }
    index += 1
    return isNegative ? -value : value
  }

  private mutating func box() throws(CatalogueError) -> GeoShape {
    index += 2
    var numbers: [Double] = []
    repeat { numbers.append(try number()) } while takeSign(",")
    try expect(")")
    do throws(CatalogueError) { return GeoShape(try GeoBox(numbers)) } catch { throw problem(error.message) }
  }
}

extension CQL2.Operand {
  /// From the text of `TIMESTAMP('...')` or `DATE('...')`.
  init?(time text: String, kind: String) {
    if kind == "DATE" {
      guard let day = StacTime.startOfDay(text) else { return nil }
      self = .day(day)
    } else {
      guard let moment = StacTime.milliseconds(text) else { return nil }
      self = .moment(moment)
    }
  }
}
