// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Which members of items an answer shows (STAC API, Fields extension).
package struct FieldSelection: Sendable, Equatable {
  private let include: [[Substring]]
  private let exclude: [[Substring]]

  /// What is shown where nothing is named.
  private static let standard = [
    "type", "stac_version", "id", "geometry", "bbox", "links", "assets", "collection", "properties.datetime",
    "properties.start_datetime", "properties.end_datetime",
  ]

  private init(include: [String], exclude: [String]) {
    let shown = include.isEmpty ? Self.standard : include + ["id", "collection"]
    // Properties that are left out one by one are left out of all of them.
    let takesAll = include.isEmpty && !exclude.isEmpty
    self.include = takesAll ? [] : shown.map { $0.split(separator: ".", maxSplits: 1) }
    self.exclude = exclude.filter { !include.contains($0) }.map { $0.split(separator: ".", maxSplits: 1) }
  }

  /// From `id,+properties.gsd,-geometry`.
  package init(text: String) {
    let parts = text.split(separator: ",")
    let shown = parts.filter { !$0.hasPrefix("-") }.map { $0.first == "+" || $0.first == " " ? $0.dropFirst() : $0 }
    self.init(
      include: shown.map { String($0) }, exclude: parts.filter { $0.hasPrefix("-") }.map { String($0.dropFirst()) })
  }

  /// From `{"include": [...], "exclude": [...]}`.
  package init(json: JSONValue) throws(CatalogueError) {
    guard let members = json.objectValue else {
      throw CatalogueError(.badSearch, "fields must be an object with the lists include and exclude")
    }
    func names(_ key: String) throws(CatalogueError) -> [String] {
      guard let value = members[key], !value.isNull else { return [] }
      guard let list = value.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
        throw CatalogueError(.badSearch, "fields.\(key) must be a list of names")
      }
      return list.compactMap(\.stringValue)
    }
    self.init(include: try names("include"), exclude: try names("exclude"))
  }

  /// The item with the chosen members only.
  package func applied(to item: JSONObject) -> JSONObject {
    var shown = item
    if !include.isEmpty {
      shown = JSONObject()
      for path in include {
        guard let first = path.first.map(String.init), let value = item[first] else { continue }
        guard path.count > 1 else {
          shown[first] = value
          continue
        }
        guard let inner = value[String(path[1])] else { continue }
        var members = shown[first]?.objectValue ?? JSONObject()
        members[String(path[1])] = inner
        shown[first] = .object(members)
      }
    }
    for path in exclude {
      guard let first = path.first.map(String.init) else { continue }
      guard path.count > 1 else {
        let isStillNeeded = include.contains { $0.count > 1 && String($0[0]) == first && wasNamed($0) }
        shown[first] = isStillNeeded ? shown[first].map { only(first, of: $0) } : nil
        continue
      }
      guard var members = shown[first]?.objectValue else { continue }
      members[String(path[1])] = nil
      shown[first] = .object(members)
    }
    return shown
  }

  /// Whether the user named this path, which then outweighs that its parent is left out.
  private func wasNamed(_ path: [Substring]) -> Bool {
    !Self.standard.contains(path.joined(separator: "."))
  }

  private func only(_ first: String, of value: JSONValue) -> JSONValue {
    var kept = JSONObject()
    for path in include where path.count > 1 && path[0] == first { kept[String(path[1])] = value[String(path[1])] }
    return .object(kept)
  }
}
