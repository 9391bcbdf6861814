// SPDX-License-Identifier: Apache-2.0
import Foundation
import RasterIO

/// A document of metadata as a tree of named parts, whatever it was written in (XML, JSON, MTL text).
struct MetadataTree: Hashable {
  let name: String
  /// Attributes of an XML element.
  var attributes: [RasterTag] = []
  var text = ""
  var children: [MetadataTree] = []

  /// The part under a path of names, each looked for among the children of the one before.
  func child(_ names: String...) -> MetadataTree? {
    var part = self
    for name in names {
      guard let next = part.children.first(where: { $0.name == name }) else { return nil }
      part = next
    }
    return part
  }

  /// The first part of a name at any depth.
  func first(_ name: String) -> MetadataTree? {
    for child in children {
      if child.name == name { return child }
      if let found = child.first(name) { return found }
    }
    return nil
  }

  /// All parts of one of the names at any depth, in the order of the document.
  func all(_ names: String...) -> [MetadataTree] {
    children.flatMap { child in
      names.contains(child.name)
        ? [child] : names.reduce(into: []) { found, name in found += child.all(name) }
    }
  }

  /// Text of the first part of a name, without the spaces around it; nil when there is none or it is empty.
  func text(_ name: String) -> String? {
    guard let text = first(name)?.trimmed, !text.isEmpty else { return nil }
    return text
  }

  func number(_ name: String) -> Double? { text(name).flatMap(Double.init) }

  var trimmed: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }

  func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

  /// The numbers in the text, separated by spaces; `NaN` is one. Nil when something else is among them.
  var numbers: [Double]? {
    var out: [Double] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      guard let value = Double(word) else { return nil }
      out.append(value)
    }
    return out
  }
}

extension MetadataTree {
  /// Bytes; the metadata of whole tiles have less than a thirtieth.
  private static let largestDocument = 32 << 20

  /// Reads a document; what it is written in is told by its first character.
  ///
  /// - Throws: `SceneError` of kind `.missing` or `.badMetadata`.
  init(reading path: String) throws(SceneError) {
    let bytes: [UInt8]
    do throws(RasterError) { bytes = try VirtualFile.read(path, limit: Self.largestDocument) } catch {
      throw SceneError(error.kind == .missing ? .missing : .damaged, path, error.message, cause: error.cause)
    }
    let start = bytes.first { !" \t\r\n\u{feff}".utf8.contains($0) }
    switch start {
    case nil: throw SceneError(.badMetadata, path, "\(path) is empty; fetch it again")
    case UInt8(ascii: "<"): self = try MetadataTree(xml: bytes, path: path)
    case UInt8(ascii: "{"): self = try MetadataTree(json: bytes, path: path)
    default: self = try MetadataTree(groups: bytes, path: path)
    }
  }
}
