// SPDX-License-Identifier: Apache-2.0

/// Header fields in their order; names differ in case without meaning it, and may come more than once.
public struct HTTPFields: Sendable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Equatable {
    public let name: String
    public let value: String
  }

  public private(set) var fields: [Field] = []

  public init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// The first value of a field; nil when there is none. Setting replaces all values; nil removes them.
  public subscript(_ name: String) -> String? {
    get { fields.first { Self.isSame($0.name, name) }?.value }
    set {
      fields.removeAll { Self.isSame($0.name, name) }
      if let newValue { add(name, newValue) }
    }
  }

  /// All values of a field, in their order.
  public func all(_ name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

  /// The members of a comma-separated list over all values of a field, without blanks around them.
  public func list(_ name: String) -> [String] {
    all(name).flatMap { $0.split(separator: ",") }.map(Self.trimmed).filter { !$0.isEmpty }
  }

  /// Adds a value beside those that are there. Control characters, which would end the field, become blanks.
  public mutating func add(_ name: String, _ value: String) {
    let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
    guard !isClean else { return fields.append(Field(name: name, value: value)) }
    let bytes = value.utf8.map { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f ? 0x20 : $0 }
    fields.append(Field(name: name, value: String(decoding: bytes, as: UTF8.self)))
  }

  /// Adds a field as it is.
  mutating func append(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  /// Names are ASCII: compared byte by byte without regard to case.
  static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lower($0) == lower($1) }
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    var bytes = Substring(text).utf8
    while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return String(bytes) ?? ""
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }
}
