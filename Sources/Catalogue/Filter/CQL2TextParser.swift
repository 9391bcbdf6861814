// SPDX-License-Identifier: Apache-2.0

extension CQL2 {
  /// Reads the text form, such as `eo:cloud_cover < 20 AND datetime > TIMESTAMP('2020-01-01T00:00:00Z')`.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-filter` with the place of what is wrong.
  public init(text: String) throws(CatalogueError) {
    guard text.unicodeScalars.count <= Self.lengthLimit else {
      throw CatalogueError(.badFilter, "the filter has more than \(Self.lengthLimit) characters")
    }
    var parser = CQL2TextParser(lexemes: try CQL2Lexer.lexemes(of: text))
    root = try parser.parse()
  }
}

/// Recursive descent over the words of a filter.
struct CQL2TextParser {
  let lexemes: [CQL2Lexer.Lexeme]
  var index = 0
  private var depth = 0
  private var size = 0

  init(lexemes: [CQL2Lexer.Lexeme]) { self.lexemes = lexemes }

  mutating func parse() throws(CatalogueError) -> CQL2.Expression {
    if token == .end { throw problem("the filter is empty") }
    let root = try disjunction()
    if token != .end { throw problem("unexpected \(shown) after the end of the condition") }
    return root
  }

  // MARK: - Logic

  private mutating func disjunction() throws(CatalogueError) -> CQL2.Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= CQL2.depthLimit else { throw problem("nested deeper than \(CQL2.depthLimit) levels") }
    var parts = [try conjunction()]
    while takeWord("OR") { parts.append(try conjunction()) }
    return parts.count == 1 ? parts[0] : .or(parts)
  }

  private mutating func conjunction() throws(CatalogueError) -> CQL2.Expression {
    var parts = [try negation()]
    while takeWord("AND") { parts.append(try negation()) }
    return parts.count == 1 ? parts[0] : .and(parts)
  }

  private mutating func negation() throws(CatalogueError) -> CQL2.Expression {
    var isNegated = false
    while takeWord("NOT") { isNegated.toggle() }
    let one = try predicate()
    return isNegated ? .not(one) : one
  }

  private mutating func predicate() throws(CatalogueError) -> CQL2.Expression {
    size += 1
    guard size <= CQL2.sizeLimit else { throw problem("the filter has more than \(CQL2.sizeLimit) parts") }
    if case .sign("(") = token {
      index += 1
      let inner = try disjunction()
      try expect(")")
      return inner
    }
    if case .word(let word) = token, next == .sign("(") {
      let name = word.lowercased()
      if let relation = CQL2.SpatialRelation(rawValue: name) {
        let (a, b) = try pair()
        return .spatial(relation, a, b)
      }
      if let relation = CQL2.TemporalRelation(rawValue: name) {
        let (a, b) = try pair()
        return .temporal(relation, a, b)
      }
      if let relation = CQL2.ArrayRelation(rawValue: name) { return try arrayPredicate(relation) }
    }
    return try comparison()
  }

  private mutating func comparison() throws(CatalogueError) -> CQL2.Expression {
    let left = try operand()
    if case .sign(let sign) = token, let comparison = CQL2.Comparison(rawValue: sign) {
      index += 1
      return .compare(comparison, left, try operand())
    }
    if takeWord("IS") {
      let isNegated = takeWord("NOT")
      guard takeWord("NULL") else { throw problem("expected NULL after IS") }
      return isNegated ? .not(.isNull(left)) : .isNull(left)
    }
    let isNegated = takeWord("NOT")
    let found: CQL2.Expression
    if takeWord("LIKE") {
      found = try like(left)
    } else if takeWord("BETWEEN") {
      let low = try operand()
      guard takeWord("AND") else { throw problem("expected AND between the limits of BETWEEN") }
      found = .between(left, low: low, high: try operand())
    } else if takeWord("IN") {
      found = .within(left, try list())
    } else if isNegated {
      throw problem("expected LIKE, BETWEEN or IN after NOT")
    } else {
      return try truth(left)
    }
    return isNegated ? .not(found) : found
  }

  /// A value that stands alone: a property that is true or false.
  private func truth(_ operand: CQL2.Operand) throws(CatalogueError) -> CQL2.Expression {
    switch operand {
    case .bool, .property: return .truth(operand)
    default: throw problem("expected a comparison (=, <>, <, >, LIKE, BETWEEN, IN, IS NULL) before \(shown)")
    }
  }

  private mutating func like(_ left: CQL2.Operand) throws(CatalogueError) -> CQL2.Expression {
    let isFolded = takeFunction("CASEI")
    guard case .text(let pattern) = token else { throw problem("LIKE needs a pattern in single quotes") }
    index += 1
    if isFolded { try expect(")") }
    return .like(left, pattern: isFolded ? pattern.lowercased() : pattern)
  }

  private mutating func arrayPredicate(_ relation: CQL2.ArrayRelation) throws(CatalogueError) -> CQL2.Expression {
    index += 2
    let left = try operand()
    try expect(",")
    let values = try list()
    try expect(")")
    return .array(relation, left, values)
  }

  private mutating func pair() throws(CatalogueError) -> (CQL2.Operand, CQL2.Operand) {
    index += 2
    let a = try operand()
    try expect(",")
    let b = try operand()
    try expect(")")
    return (a, b)
  }

  private mutating func list() throws(CatalogueError) -> [CQL2.Operand] {
    try expect("(")
    var values: [CQL2.Operand] = []
    repeat { values.append(try operand()) } while takeSign(",")
    try expect(")")
    return values
  }
}

// MARK: - Small steps

extension CQL2TextParser {
  var token: CQL2Lexer.Token { lexemes[index].token }
  var next: CQL2Lexer.Token { index + 1 < lexemes.count ? lexemes[index + 1].token : .end }

  /// Counts a value, so that long lists come to an end too.
  mutating func count() throws(CatalogueError) {
    size += 1
    guard size <= CQL2.sizeLimit else { throw problem("the filter has more than \(CQL2.sizeLimit) parts") }
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard case .word(let found) = token, found.uppercased() == word else { return false }
    index += 1
    return true
  }

  mutating func takeSign(_ sign: String) -> Bool {
    guard token == .sign(sign) else { return false }
    index += 1
    return true
  }

  /// Takes the name of a function with its opening bracket.
  mutating func takeFunction(_ name: String) -> Bool {
    guard case .word(let found) = token, found.uppercased() == name, next == .sign("(") else { return false }
    index += 2
    return true
  }

  mutating func expect(_ sign: String) throws(CatalogueError) {
    guard takeSign(sign) else { throw problem("expected \"\(sign)\" before \(shown)") }
  }

  /// What stands here, for messages.
  var shown: String {
    switch token {
    case .word(let text), .sign(let text): "\"\(text)\""
    case .quoted(let text): "\"\(text)\""
    case .text(let text): "'\(text.prefix(40))'"
    case .number(let value): "\(value)"
    case .end: "the end"
    }
  }

  func problem(_ text: String) -> CatalogueError { CQL2Lexer.problem(text, lexemes[index].place) }
}
