// SPDX-License-Identifier: Apache-2.0

/// A type that an `@Parameter` may have.
///
/// `Int`, `Double`, `Bool`, `String`, `CalendarDate`, paths, `Area` and every `ParameterChoice` conform; so do
/// optionals of these (nil: absent, or found automatically) and lists of them.
public protocol ParameterValue: Sendable, Equatable {
  /// The type of one element: what a declared range bounds.
  associatedtype Scalar: ParameterValue = Self

  /// How values look on the command line, in JSON and in a form.
  static var shape: ParameterShape { get }

  /// Reads a value from JSON without converting between types.
  ///
  /// - Throws: `wrongType` or `unknownChoice`; the caller words the message.
  init(json: JSONValue) throws(RefusedValue)

  /// The JSON that `init(json:)` reads back as an equal value.
  var json: JSONValue { get }
}

/// Why a value was refused; the message is worded where the parameter's name is known.
public struct RefusedValue: Error, Equatable {
  public let kind: ParameterError.Kind
  /// The part of the value that was refused, such as one element of a list.
  public let value: JSONValue

  public init(_ kind: ParameterError.Kind, _ value: JSONValue) {
    (self.kind, self.value) = (kind, value)
  }
}

/// What kind of value a parameter takes.
public struct ParameterShape: Sendable, Equatable {
  public let type: ParameterType
  public var isOptional = false
  public var isList = false

  public init(_ type: ParameterType) { self.type = type }
}

/// The type of one value.
public enum ParameterType: Sendable, Equatable {
  case integer, number, boolean, text, date, area
  case choice([Choice])
  case path(PathRole)

  /// One allowed value with its meaning.
  public struct Choice: Sendable, Equatable {
    public let name: String
    public let summary: String
  }

  public var choices: [Choice] {
    if case .choice(let choices) = self { choices } else { [] }
  }
}

extension ParameterShape {
  /// One word of the command line as JSON.
  ///
  /// A word that does not read as the type stays a string, so that decoding refuses it with the one message.
  func json(word: String) -> JSONValue {
    switch type {
    case .integer: Int(word).map(JSONValue.integer) ?? .string(word)
    case .number: Self.number(word).map(JSONValue.number) ?? .string(word)
    case .boolean: word == "true" ? .bool(true) : word == "false" ? .bool(false) : .string(word)
    case .area: Area.json(word: word)
    case .text, .date, .choice, .path: .string(word)
    }
  }

  /// Decimal numbers only: `Double.init` also reads hexadecimal numbers, "nan" and "inf".
  private static func number(_ word: String) -> Double? {
    guard word.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(word) else { return nil }
    return value.isFinite ? value : nil
  }

  /// Commas separate the values of a list, except in lists of paths, whose names may hold commas.
  var splitsAtCommas: Bool {
    if case .path = type { return false }
    return isList && type != .area
  }
}

// MARK: - Plain types

extension Int: ParameterValue {
  public static var shape: ParameterShape { ParameterShape(.integer) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let value = json.intValue else { throw RefusedValue(.wrongType, json) }
    self = value
  }

  public var json: JSONValue { .integer(self) }
}

extension Double: ParameterValue {
  public static var shape: ParameterShape { ParameterShape(.number) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let value = json.doubleValue else { throw RefusedValue(.wrongType, json) }
    self = value
  }

  public var json: JSONValue { .number(self) }
}

extension Bool: ParameterValue {
  public static var shape: ParameterShape { ParameterShape(.boolean) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let value = json.boolValue else { throw RefusedValue(.wrongType, json) }
    self = value
  }

  public var json: JSONValue { .bool(self) }
}

extension String: ParameterValue {
  public static var shape: ParameterShape { ParameterShape(.text) }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let value = json.stringValue else { throw RefusedValue(.wrongType, json) }
    self = value
  }

  public var json: JSONValue { .string(self) }
}

// MARK: - Optionals and lists

extension Optional: ParameterValue where Wrapped: ParameterValue {
  public typealias Scalar = Wrapped.Scalar

  public static var shape: ParameterShape {
    var shape = Wrapped.shape
    shape.isOptional = true
    return shape
  }

  public init(json: JSONValue) throws(RefusedValue) {
    self = json.isNull ? nil : try Wrapped(json: json)
  }

  public var json: JSONValue { self?.json ?? .null }
}

extension Array: ParameterValue where Element: ParameterValue {
  public typealias Scalar = Element.Scalar

  public static var shape: ParameterShape {
    var shape = Element.shape
    precondition(!shape.isList && !shape.isOptional, "a parameter can't be a list of lists or of optionals")
    shape.isList = true
    return shape
  }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let values = json.arrayValue else { throw RefusedValue(.wrongType, json) }
    self = []
    for value in values { append(try Element(json: value)) }
  }

  public var json: JSONValue { .array(map(\.json)) }
}

// MARK: - Choices

/// A parameter that is one of a few named values, each with its meaning.
///
/// Declare it as a `String` enum; raw values are in kebab case: `case leastSquares = "least-squares"`.
public protocol ParameterChoice: ParameterValue, CaseIterable, RawRepresentable<String>
where AllCases: RandomAccessCollection {
  /// What the value means: a clause that fits behind "value: ".
  var summary: String { get }
}

extension ParameterChoice {
  public static var shape: ParameterShape {
    ParameterShape(.choice(allCases.map { ParameterType.Choice(name: $0.rawValue, summary: $0.summary) }))
  }

  public init(json: JSONValue) throws(RefusedValue) {
    guard let name = json.stringValue else { throw RefusedValue(.wrongType, json) }
    guard let value = Self(rawValue: name) else { throw RefusedValue(.unknownChoice, json) }
    self = value
  }

  public var json: JSONValue { .string(rawValue) }
}
