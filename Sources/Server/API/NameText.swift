// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Names that can be a part of an address, as a pattern that a schema can hold.
enum NameText {
  /// No control character, slash or backslash, and not the parts that lead to other folders.
  static let pattern = "^([^\(no).][^\(no)]*|\\.[^\(no).][^\(no)]*|\\.\\.[^\(no)]+)$"

  private static let no = #"\u0000-\u001F\u007F\\/"#

  /// The name of something that is reached by it.
  static func schema(most: Int, orNull: Bool = false) -> JSONValue {
    var schema: JSONObject = [
      "type": "string", "maxLength": .integer(most), "pattern": .string(pattern), "example": "sentinel-2",
    ]
    if orNull { schema["nullable"] = true }
    return .object(schema)
  }
}
