// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Collections and items in files: one document, a list of items, or a catalogue whose links are followed.
package struct StacFolder: Sendable {
  package private(set) var collections: [JSONObject] = []
  /// With the names of their files made whole.
  package private(set) var items: [JSONObject] = []
  package private(set) var problems: [String] = []
  private let rules: AssetRules
  private var seen: Set<String> = []

  /// How deeply catalogues may lie in each other, how many files are read, and how large one may be.
  private static let depthLimit = 12, fileLimit = 200_000, sizeLimit = 500_000_000

  /// Reads a file or folder.
  ///
  /// A folder is read by its `collection.json` or `catalog.json`; one without, by all its JSON files in any depth.
  /// Of a run's folder, its `stac` folder is read. Links that lead out of `rules.folders` are not followed.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.unreadable` or `catalogue.forbidden` for the path itself.
  package init(_ path: String, rules: AssetRules) throws(CatalogueError) {
    self.rules = rules
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw CatalogueError(.unreadable, "\(path): there is no such file or folder; check the path")
    }
    guard rules.isBelowFolders(path) else {
      throw CatalogueError(.forbidden, "\(path) lies outside of the folders that are offered")
    }
    if isFolder.boolValue { readFolder(path) } else { read(path, depth: 0) }
    if collections.isEmpty, items.isEmpty, problems.isEmpty {
      throw CatalogueError(.unreadable, "\(path) holds no STAC item and no collection")
    }
  }

  private mutating func readFolder(_ path: String) {
    let heads = ["collection.json", "catalog.json", "stac/collection.json"].map { path + "/" + $0 }
    if let head = heads.first(where: { FileManager.default.fileExists(atPath: $0) }) {
      read(head, depth: 0)
      return
    }
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    for name in names.sorted() where name.hasSuffix(".json") || name.hasSuffix(".geojson") {
      read(path + "/" + name, depth: Self.depthLimit, isGuess: true)
    }
  }

  /// - Parameter isGuess: whether the file may be something else, which is then passed over.
  private mutating func read(_ path: String, depth: Int, isGuess: Bool = false) {
    let path = URL(filePath: path).standardizedFileURL.path
    guard seen.count < Self.fileLimit, seen.insert(path).inserted else { return }
    guard rules.isBelowFolders(path) else {
      problems.append("\(path) lies outside of the folders that are offered")
      return
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    guard let size, size <= Self.sizeLimit, let data = FileManager.default.contents(atPath: path) else {
      problems.append("\(path) cannot be read")
      return
    }
    let document: JSONObject?
    do throws(ParameterError) {
      document = try JSONValue(parsing: Array(data), named: path).objectValue
    } catch {
      if !isGuess { problems.append("\(path) is no JSON: \(error)") }
      return
    }
    take(document ?? JSONObject(), path, depth, isGuess)
  }

  private mutating func take(_ document: JSONObject, _ path: String, _ depth: Int, _ isGuess: Bool) {
    let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    switch document["type"]?.stringValue {
    case "Feature" where document["stac_version"] != nil || document["assets"] != nil:
      items.append(whole(document, in: folder))
    case "FeatureCollection":
      let members = (document["features"]?.arrayValue ?? []).compactMap(\.objectValue)
      items += members.filter { $0["stac_version"] != nil || $0["assets"] != nil }.map { whole($0, in: folder) }
    case "Collection":
      collections.append(whole(document, in: folder))
      follow(document, folder, depth)
    case "Catalog": follow(document, folder, depth)
    default: if !isGuess { problems.append("\(path) is no STAC document") }
    }
  }

  private mutating func follow(_ document: JSONObject, _ folder: String, _ depth: Int) {
    guard depth < Self.depthLimit else { return }
    for link in document["links"]?.arrayValue ?? [] {
      guard ["item", "child"].contains(link["rel"]?.stringValue), let href = link["href"]?.stringValue else {
        continue
      }
      guard let path = Self.whole(href, in: folder), path.hasPrefix("/") else {
        problems.append("the link \(href.prefix(200)) leads away from this disk and is not followed")
        continue
      }
      read(path, depth: depth + 1)
    }
  }

  // MARK: - Names

  /// The document with whole names of its files; files that may not be read are left out with a problem.
  private mutating func whole(_ document: JSONObject, in folder: String) -> JSONObject {
    var document = document
    var assets = JSONObject()
    for (name, asset) in document["assets"]?.objectValue ?? JSONObject() {
      guard var members = asset.objectValue, let href = asset["href"]?.stringValue,
        let path = Self.whole(href, in: folder)
      else { continue }
      if path.hasPrefix("/") || path.hasPrefix("file:") {
        do throws(CatalogueError) { _ = try rules.name(of: path) } catch {
          problems.append("\(document["id"]?.stringValue ?? "an item"), \(name): \(error.message)")
          continue
        }
      }
      members["href"] = .string(path)
      assets[name] = .object(members)
    }
    if document["assets"] != nil { document["assets"] = .object(assets) }
    return document
  }

  /// A name seen from a folder; addresses stay as they are.
  private static func whole(_ href: String, in folder: String) -> String? {
    if href.hasPrefix("/") { return href }
    if let colon = href.firstIndex(of: ":"), href[colon...].hasPrefix("://") {
      return href.hasPrefix("file://") ? String(href.dropFirst(7)) : href
    }
    return URL(filePath: folder + "/" + (href.removingPercentEncoding ?? href)).standardizedFileURL.path
  }
}
