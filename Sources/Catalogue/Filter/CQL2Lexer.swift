// SPDX-License-Identifier: Apache-2.0

/// The words of a CQL2 text, each with its place.
struct CQL2Lexer {
  enum Token: Equatable {
    case word(String)
    /// A name in double quotes, which is never a key word.
    case quoted(String)
    case text(String)
    case number(Double)
    case sign(String)
    case end
  }

  struct Lexeme {
    let token: Token
    /// From 1, in characters.
    let place: Int
  }

  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// All words, the end included.
  static func lexemes(of text: String) throws(CatalogueError) -> [Lexeme] {
    var lexer = CQL2Lexer(text)
    var lexemes: [Lexeme] = []
    while true {
      let lexeme = try lexer.next()
      lexemes.append(lexeme)
      if lexeme.token == .end { return lexemes }
    }
  }

  private mutating func next() throws(CatalogueError) -> Lexeme {
    while let scalar = peek(), scalar.properties.isWhitespace { index += 1 }
    let place = index + 1
    guard let scalar = peek() else { return Lexeme(token: .end, place: place) }
    switch scalar {
    case "'": return Lexeme(token: .text(try quoted("'", "text", place)), place: place)
    case "\"": return Lexeme(token: .quoted(try quoted("\"", "name", place)), place: place)
    case "0"..."9", ".": return Lexeme(token: .number(try number(place)), place: place)
    case "<", ">", "=": return Lexeme(token: .sign(comparison()), place: place)
    case "(", ")", ",", "-", "+", "*", "/", "%", "^":
      index += 1
      return Lexeme(token: .sign(String(scalar)), place: place)
    case _ where Self.beginsName(scalar): return Lexeme(token: .word(name()), place: place)
    default: throw Self.problem("unexpected \"\(scalar)\"", place)
    }
  }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    index + ahead < scalars.count ? scalars[index + ahead] : nil
  }

  /// The content between two quotes; a doubled quote, or in texts one after a backslash, stands for itself.
  private mutating func quoted(
    _ quote: Unicode.Scalar, _ what: String, _ place: Int
  ) throws(CatalogueError) -> String {
    var content = String.UnicodeScalarView()
    index += 1
    while let scalar = peek() {
      index += 1
      let isEscaped = scalar == "\\" && quote == "'" && peek() == quote
      if scalar == quote || isEscaped {
        guard isEscaped || peek() == quote else { return String(content) }
        index += 1
        content.append(quote)
      } else {
        content.append(scalar)
      }
    }
    throw Self.problem("a \(what) in quotes has no end", place)
  }

  private mutating func number(_ place: Int) throws(CatalogueError) -> Double {
    let start = index
    while let scalar = peek() {
      let isExponentSign =
        (scalar == "-" || scalar == "+") && index > start && (scalars[index - 1] == "e" || scalars[index - 1] == "E")
      guard "0"..."9" ~= scalar || scalar == "." || scalar == "e" || scalar == "E" || isExponentSign else { break }
      index += 1
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[start..<index])
    guard let value = Double(String(text)), value.isFinite else {
      throw Self.problem("\(String(text)) is no number", place)
    }
    return value
  }

  private mutating func comparison() -> String {
    let first = scalars[index]
    index += 1
    guard let second = peek(), (first == "<" && (second == ">" || second == "=")) || (first == ">" && second == "=")
    else { return String(first) }
    index += 1
    return String(first) + String(second)
  }

  private mutating func name() -> String {
    var text = String.UnicodeScalarView()
    while let scalar = peek(), Self.beginsName(scalar) || "0"..."9" ~= scalar || scalar == "." {
      text.append(scalar)
      index += 1
    }
    return String(text)
  }

  /// Besides letters, what names of STAC's extensions have: `eo:cloud_cover`.
  private static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar == ":" || scalar.properties.isAlphabetic
  }

  static func problem(_ text: String, _ place: Int) -> CatalogueError {
    CatalogueError(.badFilter, "filter, character \(place): \(text)")
  }
}
