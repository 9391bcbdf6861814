// SPDX-License-Identifier: Apache-2.0
import Storage

/// A piece of SQL with the values of its places.
package struct SQLFragment: Sendable, Equatable, ExpressibleByStringInterpolation {
  package var sql: String
  package var values: [SQLValue]

  package init(_ sql: String, _ values: [SQLValue] = []) {
    (self.sql, self.values) = (sql, values)
  }

  package init(stringLiteral value: String) { self.init(value) }

  package init(stringInterpolation: Interpolation) {
    self.init(stringInterpolation.sql, stringInterpolation.values)
  }

  /// Values become places; fragments are put in whole. Text cannot be put in by accident.
  package struct Interpolation: StringInterpolationProtocol {
    var sql = ""
    var values: [SQLValue] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) { sql += literal }

    package mutating func appendInterpolation(_ value: SQLValue) {
      sql += "?"
      values.append(value)
    }

    package mutating func appendInterpolation(_ fragment: SQLFragment) {
      sql += fragment.sql
      values += fragment.values
    }
  }

  static func joined(_ parts: [SQLFragment], by separator: String) -> SQLFragment {
    SQLFragment(parts.map(\.sql).joined(separator: separator), parts.flatMap(\.values))
  }

  /// All of the conditions; true where there are none.
  package static func all(_ parts: [SQLFragment]) -> SQLFragment {
    parts.isEmpty ? "1" : "(\(joined(parts, by: " AND ")))"
  }

  /// One of the conditions; false where there are none.
  package static func any(_ parts: [SQLFragment]) -> SQLFragment {
    parts.isEmpty ? "0" : "(\(joined(parts, by: " OR ")))"
  }
}
