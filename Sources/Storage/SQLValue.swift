// SPDX-License-Identifier: Apache-2.0
import Parameters

/// One value of a row or of a place in a statement, in one of SQLite's five forms.
public enum SQLValue: Sendable, Equatable {
  case null
  case integer(Int)
  /// A finite number; SQLite stores NaN as NULL.
  case real(Double)
  case text(String)
  case blob([UInt8])

  public init(_ value: Int?) { self = value.map(SQLValue.integer) ?? .null }
  public init(_ value: Double?) { self = value.map(SQLValue.real) ?? .null }
  public init(_ value: String?) { self = value.map(SQLValue.text) ?? .null }
  public init(_ value: Bool) { self = .integer(value ? 1 : 0) }

  /// A JSON document as one line of text; nil is NULL.
  public init(_ value: JSONObject?) { self = value.map { .text($0.text(.line)) } ?? .null }
}

// MARK: - Reading

extension SQLValue {
  public var isNull: Bool { self == .null }

  /// A whole number; nil for NULL, text and blobs.
  public var intValue: Int? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int(exactly: value)
    default: nil
    }
  }

  /// A number, whole or not; nil for NULL, text and blobs.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    default: nil
    }
  }

  /// The text itself, or a number in decimals; nil for NULL and blobs.
  public var textValue: String? {
    switch self {
    case .text(let value): value
    case .integer(let value): String(value)
    case .real(let value): String(value)
    default: nil
    }
  }

  public var blobValue: [UInt8]? {
    if case .blob(let bytes) = self { bytes } else { nil }
  }
}

// MARK: - Literals

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .real(value) }
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .integer(value ? 1 : 0) }
}
