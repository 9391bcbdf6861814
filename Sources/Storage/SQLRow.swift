// SPDX-License-Identifier: Apache-2.0
import Parameters

/// One row of an answer, by the names of its columns.
///
/// Asking for a column that the statement does not have is a bug of ours and stops the program.
public struct SQLRow: Sendable {
  private let places: [String: Int]
  public let values: [SQLValue]

  init(places: [String: Int], values: [SQLValue]) {
    self.places = places
    self.values = values
  }

  public subscript(_ column: String) -> SQLValue {
    guard let place = places[column] else {
      preconditionFailure("no column \"\(column)\" in the answer, which has \(places.keys.sorted())")
    }
    return values[place]
  }

  /// The value by the place of its column, from 0.
  public subscript(_ place: Int) -> SQLValue { values[place] }

  /// The text of a column; a number in decimals; "" for NULL.
  public func text(_ column: String) -> String { self[column].textValue ?? "" }

  /// The text of a column that may be NULL.
  public func optionalText(_ column: String) -> String? { self[column].textValue }

  /// The whole number of a column; 0 for NULL and for what is no whole number.
  public func int(_ column: String) -> Int { self[column].intValue ?? 0 }

  public func optionalInt(_ column: String) -> Int? { self[column].intValue }

  /// The number of a column; NaN for NULL, as SQLite itself stores NaN as NULL.
  public func double(_ column: String) -> Double { self[column].doubleValue ?? .nan }

  public func optionalDouble(_ column: String) -> Double? { self[column].doubleValue }

  /// Whether a column holds a number other than 0.
  public func bool(_ column: String) -> Bool { (self[column].doubleValue ?? 0) != 0 }

  /// The bytes of a column; none for NULL and for what is no blob.
  public func blob(_ column: String) -> [UInt8] { self[column].blobValue ?? [] }

  /// The JSON document in a column; `null` for NULL and for what is no JSON.
  public func json(_ column: String) -> JSONValue {
    guard let text = self[column].textValue, let value = try? JSONValue(parsing: text) else { return .null }
    return value
  }

  /// The JSON object in a column; an empty one for NULL and for what is no object.
  public func jsonObject(_ column: String) -> JSONObject { json(column).objectValue ?? JSONObject() }
}
