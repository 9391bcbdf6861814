// SPDX-License-Identifier: Apache-2.0
import Parameters
import Storage

/// A part of the items that a search finds.
public struct ItemPage: Sendable {
  /// As the viewer may see them, whole; the chosen fields are taken when the answer is written.
  public let items: [JSONObject]
  /// How many there are in all; nil where there are more than are counted.
  public let matched: Int?
  /// Where the next page begins; nil on the last one.
  public let next: String?
  /// Where the page before begins; nil on the first one.
  public let previous: String?
}

/// The place between two items from which a page goes on: the values of the item's sort keys.
struct PageToken: Equatable {
  let values: [SQLValue]
  /// Whether the page lies before the place.
  let isBackward: Bool

  init(_ values: [SQLValue], isBackward: Bool) {
    (self.values, self.isBackward) = (values, isBackward)
  }

  /// - Throws: `CatalogueError` of kind `catalogue.bad-search` for anything that no link of ours says.
  init(_ text: String, keyCount: Int) throws(CatalogueError) {
    let problem = CatalogueError(.badSearch, "this is no page token of this search; follow the links of an answer")
    guard text.utf8.count <= 8000, let bytes = Self.bytes(text), let json = try? JSONValue(parsing: bytes),
      let kept = json["k"]?.arrayValue, kept.count == keyCount
    else { throw problem }
    var values: [SQLValue] = []
    for one in kept {
      switch one {
      case .null: values.append(.null)
      case .integer(let value): values.append(.integer(value))
      case .number(let value): values.append(.real(value))
      case .string(let value): values.append(.text(value))
      default: throw problem
      }
    }
    self.init(values, isBackward: json["b"]?.boolValue == true)
  }

  var text: String {
    let kept = values.map { value -> JSONValue in
      switch value {
      case .null, .blob: .null
      case .integer(let value): .integer(value)
      case .real(let value): .number(value)
      case .text(let value): .string(value)
      }
    }
    var json: JSONObject = ["k": .array(kept)]
    if isBackward { json["b"] = true }
    return json.text().utf8.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// The bytes of hexadecimal digits.
  private static func bytes(_ text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }
}
