// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters
import Processing

/// Items of the catalogue as inputs of jobs: a scene as its STAC document, an image alone as its file.
extension Platform {
  /// What may be read for an item: offered folders, the catalogue's own downloads, and archives on the internet.
  var assetRules: AssetRules {
    AssetRules(
      folders: offered.roots + [settings.folder + "/catalogue"], policy: addressPolicy,
      hosts: settings.archives.isEmpty ? nil : settings.archives)
  }

  /// The public internet, and networks that the operator has named.
  var addressPolicy: AddressPolicy { AddressPolicy(allowing: settings.networks) }

  /// The file that a job reads for an item.
  ///
  /// - Parameter text: `COLLECTION/ID`.
  func paths(ofItem text: String, viewer: Viewer, _ trace: InputTrace) throws -> [String] {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw Problem(.noSuchInput, "an item is named as item:COLLECTION/ID") }
    let reference = ItemReference(collection: parts[0], id: parts[1])
    trace.items.append(reference)
    return [try path(of: reference, viewer: viewer)]
  }

  /// The files that a job reads for the items of a package.
  ///
  /// - Parameter text: `ID`, or `ID@VERSION`.
  func paths(ofPackage text: String, viewer: Viewer, _ trace: InputTrace) throws -> [String] {
    let parts = text.split(separator: "@").map(String.init)
    let version = parts.count > 1 ? Int(parts[1]) : nil
    let items = try catalogue.items(ofPackage: parts.first ?? "", version: version, for: viewer)
    trace.items += items.map(\.reference)
    return try items.map { item in
      guard let document = item.document else {
        throw Problem(.noSuchInput, "the package's item \(item.reference.id) is no longer in the catalogue")
      }
      return try path(of: document)
    }
  }

  private func path(of reference: ItemReference, viewer: Viewer) throws -> String {
    try path(of: try catalogue.item(reference.id, in: reference.collection, for: viewer))
  }

  private func path(of item: JSONObject) throws -> String {
    let id = item["id"]?.stringValue ?? ""
    var item = item
    var assets: JSONObject = [:]
    var images: [String] = []
    let rules = assetRules
    for (name, asset) in item["assets"]?.objectValue ?? [:] {
      guard var members = asset.objectValue, let href = members["href"]?.stringValue else { continue }
      let path = try rules.name(of: href)
      members["href"] = .string(path)
      assets[name] = .object(members)
      let type = members["type"]?.stringValue ?? "", roles = members["roles"]?.arrayValue ?? []
      if type.hasPrefix("image/"), roles.isEmpty || roles.contains("data") { images.append(path) }
    }
    guard !assets.isEmpty else {
      throw Problem(
        .inputNotAllowed, "the item \(id) has no files that may be read: its licence restricts them, or it has none")
    }
    if images.count == 1, assets.count == 1 { return images[0] }
    item["assets"] = .object(assets)
    // Named by its content, so that the same item gives the same job file.
    let text = item.text(.canonical)
    let folder = settings.folder + "/catalogue/inputs"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(SHA256.checksum(of: text).hexadecimal.prefix(24)).json"
    if !FileManager.default.fileExists(atPath: path) {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    return path
  }
}
