// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// What `ogive info` tells about the folder of a run: the documents that the run left, and its products.
struct RunInfo {
  private let path: String
  private let documents: [(name: String, content: JSONObject)]
  private let products: [String]

  /// The documents of a run that tell what it did, those for people first.
  private static let documentNames = ["summary", "simulation", "evaluation"]

  /// Nil when the path is no folder of a run.
  ///
  /// - Throws: `ParameterError` when one of the documents is no JSON.
  init?(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return nil }
    var documents: [(name: String, content: JSONObject)] = []
    for name in Self.documentNames {
      guard let data = FileManager.default.contents(atPath: "\(path)/\(name).json") else { continue }
      let content = try JSONValue(parsing: [UInt8](data), named: "\(path)/\(name).json")
      if let object = content.objectValue { documents.append((name, object)) }
    }
    let isOurs = FileManager.default.fileExists(atPath: "\(path)/.ogive")
    guard isOurs || !documents.isEmpty else { return nil }
    self.path = path
    self.documents = documents
    let files = ["", "products/"].flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).map { folder + $0 }
    }
    products = files.filter { $0.hasSuffix(".tif") || $0.hasSuffix(".gpkg") || $0.hasSuffix(".html") }.sorted()
  }

  var entries: [InfoEntry] {
    var out = [InfoEntry("path", "folder of a run", path, .string(path)), InfoEntry("kind", "run")]
    if documents.isEmpty {
      out.append(InfoEntry("state", "state", "not finished: it has no summary", "unfinished"))
    }
    for (name, content) in documents {
      let pairs = Self.pairs(of: content, under: "")
      let width = (pairs.map(\.name.count).max() ?? 0) + 2
      out.append(
        InfoEntry(
          name, .object(content), lines: pairs.map { TextTable.pair($0.name, $0.text, width: max(20, width)) }))
    }
    let text = products.isEmpty ? "none" : products.joined(separator: " ")
    return out + [InfoEntry("products", "files", text, .array(products.map { .string($0) }))]
  }

  /// Each value with the keys on the way to it; values that are not set are left out.
  private static func pairs(of object: JSONObject, under prefix: String) -> [(name: String, text: String)] {
    object.flatMap { key, value -> [(name: String, text: String)] in
      let name = prefix.isEmpty ? key : "\(prefix).\(key)"
      if let inner = value.objectValue { return pairs(of: inner, under: name) }
      if value.isNull || value == [] { return [] }
      return [(name, value.stringValue ?? value.text(.line))]
    }
  }
}
