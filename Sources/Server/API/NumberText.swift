// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Numbers in the text of a query, as patterns that a schema can hold.
enum NumberText {
  /// A number without a blank; too long to be finite it can't be.
  static let one = #"-?\d{1,15}(\.\d{1,20})?([eE][+-]?\d{1,2})?"#

  /// So many pairs of numbers as in `6.9,45.9;7.0,46.0`.
  static func pairs(_ least: Int, _ most: Int, example: String) -> JSONObject {
    let pair = one + "," + one
    let rest = most == 1 ? "" : "(;\(pair)){\(least - 1),\(most - 1)}"
    return ["type": "string", "pattern": .string("^\(pair)\(rest)$"), "example": .string(example)]
  }
}
