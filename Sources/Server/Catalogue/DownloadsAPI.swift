// SPDX-License-Identifier: Apache-2.0
import Catalogue
import HTTP
import Parameters

/// Files of items on other servers, brought here: with their checksum, and from where an earlier try broke off.
struct DownloadsAPI {
  let platform: Platform

  var routes: [APIRoute] {
    [
      APIRoute(
        .post, "/api/collections/{collectionID}/items/{itemID}/download", id: "downloadItem",
        "Bring the files of an item here; the item then leads to them", tag: "Catalogue", needs: .submit,
        body: .json(
          .object(["assets": .list(.text(least: 1, most: 200), least: 1, most: 100)]), isRequired: false),
        answers: [.json(status: 202)], .work(add))
    ]
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let user = try request.user(), viewer = request.viewer
    let item = ItemReference(collection: request.path("collectionID"), id: request.path("itemID"))
    let names = try request.object()["assets"]?.arrayValue?.compactMap(\.stringValue)
    let document = try platform.catalogue.item(item.id, in: item.collection, for: viewer)
    try check(document, names)
    var configuration = HTTPClientConfiguration()
    configuration.policy = platform.addressPolicy
    let client = HTTPClient(configuration), limit = platform.settings.uploadLimit
    let catalogue = platform.catalogue
    let id = try platform.imports.start(owner: user.id) { note in
      let kept = try await catalogue.download(
        item, assets: names.map { Set($0) }, viewer: viewer, client: client, sizeLimit: limit)
      let count = (kept["assets"]?.objectValue ?? [:]).count { $0.value["ogive:source"] != nil }
      note(count)
      return ItemAdditions(replaced: 1)
    }
    return .json(object: try platform.imports.document(id, for: viewer), status: 202)
      .with("Location", request.link("/api/imports/\(id)"))
  }

  /// Says at once what can't be fetched.
  private func check(_ item: JSONObject, _ names: [String]?) throws {
    let assets = item["assets"]?.objectValue ?? [:]
    for name in names ?? [] where assets[name] == nil {
      throw Problem(.notFound, "the item has no file '\(name)' that you may see")
    }
    let remote = assets.compactMap { $0.value["href"]?.stringValue }.filter { $0.hasPrefix("http") }
    guard !remote.isEmpty else {
      throw Problem(.conflict, "the files of the item are here already, or it has none that you may see")
    }
    let rules = platform.assetRules
    for address in remote { _ = try rules.name(of: address) }
  }
}
