// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters

/// What a licence allows: whether the files of an item may be shown to others than those it was given to.
package enum Licence {
  /// Whether the files of an item are restricted.
  ///
  /// `ogive:restricted` of the item, then of the collection, decides where it is given. Else the licence does, that
  /// of the item before that of the collection: `proprietary` and `restricted` are restricted. Copernicus and
  /// Landsat data, which many catalogues call proprietary because their terms have no SPDX name, are free for all.
  package static func isRestricted(item: JSONObject, collection: JSONObject) -> Bool {
    let properties = item["properties"]
    for flag in [properties?["ogive:restricted"], collection["ogive:restricted"]] {
      if let said = flag?.boolValue { return said }
    }
    let licence = properties?["license"]?.stringValue ?? collection["license"]?.stringValue ?? "other"
    guard ["proprietary", "restricted"].contains(licence.lowercased()) else { return false }
    let makers = [properties?["constellation"], properties?["platform"]].compactMap { $0?.stringValue?.lowercased() }
    return !makers.contains { maker in ["sentinel-", "landsat"].contains { maker.hasPrefix($0) } }
  }

  /// Whether a viewer may see the files of a restricted item: its owner, and the group that it is shared with.
  package static func allowsFiles(sharing: Sharing, viewer: Viewer) -> Bool {
    if sharing.canBeChanged(by: viewer) { return true }
    if case .group(let name) = sharing.visibility { return viewer.groups.contains(name) }
    return false
  }

  /// The document as a viewer may see it: of a restricted item others see that it exists, where and when.
  ///
  /// Files, and links that could lead to them, are left out; `ogive:restricted` says so.
  package static func visible(
    _ document: JSONObject, isRestricted: Bool, sharing: Sharing, viewer: Viewer
  ) -> JSONObject {
    guard isRestricted else { return document }
    var shown = document
    var properties = document["properties"]?.objectValue ?? JSONObject()
    properties["ogive:restricted"] = true
    shown["properties"] = .object(properties)
    if allowsFiles(sharing: sharing, viewer: viewer) { return shown }
    shown["assets"] = [:]
    let harmless: Set<String> = ["license", "about", "cite-as"]
    let links = document["links"]?.arrayValue ?? []
    shown["links"] = .array(links.filter { harmless.contains($0["rel"]?.stringValue ?? "") })
    return shown
  }
}
