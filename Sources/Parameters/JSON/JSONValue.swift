// SPDX-License-Identifier: Apache-2.0

/// A JSON document or a part of one, which keeps whole numbers, numbers and Booleans apart.
///
/// Everything that the project writes or reads as JSON goes through this type: parameters, job files, schemas,
/// summaries, STAC items. Objects keep the order in which their keys were set; printing is the same on every
/// machine (see `text(_:)`).
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits into 64 bits.
  case integer(Int)
  /// Any other number; NaN and infinities are printed as `null`.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The shortest decimal that reads back as the same `Float`, so that 0.1 is not printed as 0.10000000149011612.
  public init(_ value: Float) {
    self = .number(Double(value.description) ?? .nan)
  }

  /// A value, or `null` where there is none.
  public init(_ value: Double?) {
    self = value.map(JSONValue.number) ?? .null
  }
}

// MARK: - Reading

extension JSONValue {
  public var isNull: Bool { self == .null }

  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// A whole number; 51.0 counts as one, as in JSON Schema.
  public var intValue: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A finite number, whole or not.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value.isFinite ? value : nil
    default: nil
    }
  }

  public var arrayValue: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  public var objectValue: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The member of an object; nil when absent or when this is no object.
  public subscript(key: String) -> JSONValue? { objectValue?[key] }

  /// The element of an array; nil when absent or when this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard let values = arrayValue, values.indices.contains(index) else { return nil }
    return values[index]
  }
}

// MARK: - Literals

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
  public init(nilLiteral: ()) { self = .null }
}

/// The members of a JSON object in the order in which they were set.
///
/// Two objects are equal when they hold the same members, in any order.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public private(set) var keys: [String] = []
  private var members: [String: JSONValue] = [:]

  public init() {}

  /// A later member replaces an earlier one of the same key.
  public init(_ elements: [(String, JSONValue)]) {
    for (key, value) in elements { self[key] = value }
  }

  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements)
  }

  public var isEmpty: Bool { keys.isEmpty }
  public var count: Int { keys.count }

  /// The value of a key; setting nil removes it, setting a new key puts it last.
  public subscript(key: String) -> JSONValue? {
    get { members[key] }
    set {
      let isNew = members[key] == nil
      members[key] = newValue
      if isNew, newValue != nil { keys.append(key) }
      if !isNew, newValue == nil { keys.removeAll { $0 == key } }
    }
  }

  /// Members of `other` added to these; its values win.
  public func merged(with other: JSONObject) -> JSONObject {
    var result = self
    for (key, value) in other { result[key] = value }
    return result
  }

  public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }
}

extension JSONObject: Sequence {
  public func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
    var remaining = keys.makeIterator()
    return AnyIterator {
      guard let key = remaining.next(), let value = members[key] else { return nil }
      return (key, value)
    }
  }
}
