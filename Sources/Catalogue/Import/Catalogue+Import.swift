// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Products
import Storage

extension Catalogue {
  /// Adds what STAC files, folders of them, or run folders hold.
  ///
  /// Items go into the collection that they name, where the files bring it or it is there; others into `collection`.
  /// A collection that is there already keeps its own document.
  ///
  /// - Parameters:
  ///   - path: a STAC document, a folder of them, or the folder of a run.
  ///   - collection: for items without one; nil makes those problems.
  ///   - sharing: of collections that are new.
  public func importStac(
    _ path: String, into collection: String? = nil, sharing: Sharing, viewer: Viewer, rules: AssetRules
  ) throws -> ItemAdditions {
    let found = try StacFolder(path, rules: rules)
    var result = ItemAdditions()
    result.problems = found.problems
    for document in found.collections {
      do {
        try add(collection: document, sharing: sharing)
      } catch let error as CatalogueError {
        if error.kind != .duplicate { result.problems.append(error.message) }
      }
    }
    result.append(try add(imported: found.items, into: collection, viewer: viewer))
    return result
  }

  /// Adds items to the collections that they name, or to one for all that name none that is there.
  func add(imported items: [JSONObject], into collection: String?, viewer: Viewer) throws -> ItemAdditions {
    let known = Set(try collections(for: viewer).compactMap { $0["id"]?.stringValue })
    var result = ItemAdditions(), groups: [String: [JSONObject]] = [:]
    for item in items {
      let named = item["collection"]?.stringValue.flatMap { known.contains($0) ? $0 : nil }
      guard let target = collection ?? named else {
        result.problems.append("item \(item["id"]?.stringValue ?? "?") is in no collection that is here; name one")
        continue
      }
      groups[target, default: []].append(item)
    }
    for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
      result.append(try add(items: group, to: name, viewer: viewer))
    }
    return result
  }

  /// Adds the scenes in folders, archives and files that the product readers know: Sentinel-2, Landsat, dated
  /// rasters.
  ///
  /// - Parameter checksImages: whether images are looked into for a broken end.
  public func importScenes(
    _ paths: [String], into collection: String, viewer: Viewer, rules: AssetRules, checksImages: Bool = true
  ) throws -> ItemAdditions {
    for path in paths where !rules.isBelowFolders(path) {
      throw CatalogueError(.forbidden, "\(path) lies outside of the folders that are offered")
    }
    var options = SceneFinder.Options()
    options.checksImages = checksImages
    let found = SceneFinder(options).find(paths)
    var result = ItemAdditions()
    result.problems = found.problems.map { "\($0)" }
    let items = found.scenes.compactMap { scene -> JSONObject? in
      do throws(CatalogueError) {
        return try SceneItem.document(of: scene)
      } catch {
        result.problems.append(error.message)
        return nil
      }
    }
    result.append(try add(items: items, to: collection, viewer: viewer))
    return result
  }
}
