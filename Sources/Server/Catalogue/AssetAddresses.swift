// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters

/// Files of items that lie on this machine, given by addresses of the server instead of paths.
struct AssetAddresses {
  let platform: Platform

  var routes: [APIRoute] {
    [
      APIRoute(
        .get, "/api/collections/{collectionID}/items/{itemID}/assets/{asset}", id: "getAsset",
        "A file of an item, with ranges", tag: "Catalogue", answers: [.file],
        .work(asset))
    ]
  }

  /// The item with addresses in place of the paths of this machine, which are nobody's business.
  static func shown(_ item: JSONObject, base: String) -> JSONObject {
    guard let assets = item["assets"]?.objectValue else { return item }
    let parts = [item["collection"], item["id"]].map { PercentCoding.encode($0?.stringValue ?? "") }
    let own = "\(base)/api/collections/\(parts[0])/items/\(parts[1])/assets/"
    var shown = item
    shown["assets"] = .object(
      JSONObject(
        assets.map { name, asset in
          guard var members = asset.objectValue, let href = members["href"]?.stringValue, !href.contains("://") else {
            return (name, asset)
          }
          members["href"] = .string(own + PercentCoding.encode(name))
          return (name, .object(members))
        }))
    return shown
  }

  private func asset(_ request: APIRequest) throws -> HTTPResponse {
    let item = try platform.catalogue.item(
      request.path("itemID"), in: request.path("collectionID"), for: request.viewer)
    guard let href = item["assets"]?[request.path("asset")]?["href"]?.stringValue else {
      throw Problem(.notFound, "the item has no file '\(request.path("asset"))' that you may see")
    }
    if href.contains("://") { return .redirect(to: href) }
    let path = try platform.offered.realPath(href, also: [platform.settings.folder + "/catalogue"])
    return try .file(path, isDownload: true)
  }
}
