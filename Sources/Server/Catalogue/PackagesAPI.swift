// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import HTTP
import Parameters

/// The basket, and named lists of images with versions that do not change.
struct PackagesAPI {
  let platform: Platform
  private var catalogue: Catalogue { platform.catalogue }

  private static let references: JSONValue = .list(
    .object(
      .object(
        ["collection": .text(least: 1, most: 200), "id": .text(least: 1, most: 300)], required: ["collection", "id"],
        isOpen: true)), most: 10_000)

  var routes: [APIRoute] {
    let one = "/api/packages/{packageID}"
    let named: JSONObject = [
      "title": .text(least: 1, most: 200), "description": .text(most: 10_000), "visibility": .visibility,
      "group": .text(most: 64, orNull: true),
    ]
    return [
      APIRoute(.get, "/api/basket", id: "getBasket", "One's basket", tag: "Catalogue", needs: .read, .work(basket)),
      APIRoute(
        .post, "/api/basket", id: "changeBasket", "Put items into the basket, take others out", tag: "Catalogue",
        needs: .submit, body: .json(.object(["add": Self.references, "remove": Self.references])),
        .work(changeBasket)),
      APIRoute(.get, "/api/packages", id: "listPackages", "Data packages", tag: "Catalogue", .work(list)),
      APIRoute(
        .post, "/api/packages", id: "addPackage", "Make a data package", tag: "Catalogue", needs: .submit,
        body: .json(
          .object(
            named.merged(with: ["items": .object((Self.references.objectValue ?? [:]).merged(with: ["minItems": 1]))]
            ), required: ["title", "items"])),
        answers: [.json(status: 201)], .work(add)),
      APIRoute(
        .get, one, id: "getPackage", "A data package with its items", tag: "Catalogue",
        query: [
          APIParameter("version", "A version instead of the list as it is now", ["type": "integer", "minimum": 1])
        ],
        .work(package)),
      APIRoute(
        .post, one + "/versions", id: "addVersion", "Publish the list as a version that does not change",
        tag: "Catalogue", needs: .submit,
        body: .json(.object(["items": Self.references, "note": .text(most: 2000)])), answers: [.json(status: 201)],
        .work(publish)),
      APIRoute(
        .patch, one, id: "changePackage", "Rename or share a package", tag: "Catalogue", needs: .submit,
        body: .json(.object(named)), .work(change)),
      APIRoute(
        .delete, one, id: "removePackage", "Remove a package with its versions", tag: "Catalogue", needs: .submit,
        answers: [.nothing()], .work(remove)),
    ]
  }

  private func references(_ value: JSONValue?) throws -> [ItemReference]? {
    try value?.arrayValue?.map { try ItemReference(json: $0) }
  }

  // MARK: - Basket

  private func basket(_ request: APIRequest) throws -> HTTPResponse {
    let items = try catalogue.basket(of: request.viewer)
    return .json([
      "items": .array(items.map { .object(Self.entry($0, base: request.base)) })
    ])
  }

  private func changeBasket(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    if let items = try references(body["remove"]), !items.isEmpty {
      try catalogue.removeFromBasket(items, viewer: request.viewer)
    }
    if let items = try references(body["add"]), !items.isEmpty {
      try catalogue.addToBasket(items, viewer: request.viewer)
    }
    return try basket(request)
  }

  /// An item as lists show it.
  static func entry(_ document: JSONObject, base: String) -> JSONObject {
    let item = AssetAddresses.shown(document, base: base)
    let properties = item["properties"] ?? .null, assets = item["assets"]?.objectValue ?? [:]
    let files = document["assets"]?.objectValue?.map(\.value) ?? []
    let sizes = files.compactMap { $0["file:size"]?.intValue }
    let quicklook = ["thumbnail", "overview", "preview"].compactMap { assets[$0]?["href"]?.stringValue }
      .first { $0.hasPrefix("http") }
    let collection = item["collection"]?.stringValue ?? "", id = item["id"]?.stringValue ?? ""
    return [
      "collection": .string(collection), "id": .string(id), "title": properties["title"] ?? .string(id),
      "datetime": properties["datetime"] ?? properties["start_datetime"] ?? .null,
      "platform": properties["platform"] ?? .null, "cloud": properties["eo:cloud_cover"] ?? .null,
      "cloudOnArea": .null, "orbit": properties["sat:relative_orbit"] ?? .null,
      "licence": properties["license"] ?? .null, "restricted": properties["ogive:restricted"] ?? false,
      "bytes": sizes.isEmpty ? .null : .integer(sizes.reduce(0, +)),
      "isElsewhere": .bool(files.contains { $0["href"]?.stringValue?.hasPrefix("http") == true }),
      "quicklook": JSONValue(quicklook), "bbox": item["bbox"] ?? .null,
      "reference": .string("item:\(collection)/\(id)"),
    ]
  }

  // MARK: - Packages

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let packages = try catalogue.packages(for: request.viewer)
    return .json(["packages": .array(packages.map { .object(document($0, request)) })])
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    let made = try catalogue.addPackage(
      title: body["title"]?.stringValue ?? "", description: body["description"]?.stringValue ?? "",
      items: try references(body["items"]) ?? [], viewer: request.viewer)
    do {
      try share(made.id, body, request)
    } catch {
      // A package that can't be shared as asked is not made.
      try catalogue.removePackage(made.id, viewer: request.viewer)
      throw error
    }
    _ = try catalogue.publishPackage(made.id, viewer: request.viewer)
    return .json(object: document(try catalogue.package(made.id, for: request.viewer), request), status: 201)
  }

  private func share(_ id: String, _ body: JSONObject, _ request: APIRequest) throws {
    guard let word = body["visibility"]?.stringValue else { return }
    let visibility = Visibility(visibility: word, group: body["group"]?.stringValue)
    if case .group(let name) = visibility, !request.viewer.groups.contains(name), !request.viewer.isAdmin {
      throw Problem(.notAllowed, "you are not a member of the group '\(name)'")
    }
    try catalogue.setVisibility(visibility, ofPackage: id, viewer: request.viewer)
  }

  private func package(_ request: APIRequest) throws -> HTTPResponse {
    let id = request.path("packageID")
    let package = try catalogue.package(id, for: request.viewer, hasLink: request.hasLink)
    let items = try catalogue.items(
      ofPackage: id, version: request.integer("version"), for: request.viewer, hasLink: request.hasLink)
    var document = document(package, request)
    document["items"] = .array(
      items.map { item in
        var entry =
          item.document.map { Self.entry($0, base: request.base) } ?? [
            "title": .string(item.reference.id)
          ]
        entry["collection"] = .string(item.reference.collection)
        entry["id"] = .string(item.reference.id)
        entry["state"] = .string(item.state.rawValue)
        return .object(entry)
      })
    document["versions"] = .array(
      package.versions.map { version in
        [
          "version": .integer(version.number), "created": APITime.json(milliseconds: version.published),
          "note": .string(version.note), "count": .integer(version.items.count),
          "author": .string(platform.userName(package.sharing.ownerID)), "checksum": .string(version.checksum),
        ]
      })
    return .json(object: document)
  }

  private func publish(_ request: APIRequest) throws -> HTTPResponse {
    let id = request.path("packageID"), body = try request.object()
    if let items = try references(body["items"]) {
      _ = try catalogue.changePackage(id, items: items, viewer: request.viewer)
    }
    _ = try catalogue.publishPackage(id, note: body["note"]?.stringValue ?? "", viewer: request.viewer)
    return .json(object: document(try catalogue.package(id, for: request.viewer), request), status: 201)
  }

  private func change(_ request: APIRequest) throws -> HTTPResponse {
    let id = request.path("packageID"), body = try request.object()
    try share(id, body, request)
    let package = try catalogue.changePackage(
      id, title: body["title"]?.stringValue, description: body["description"]?.stringValue, viewer: request.viewer)
    return .json(object: document(package, request))
  }

  private func remove(_ request: APIRequest) throws -> HTTPResponse {
    try catalogue.removePackage(request.path("packageID"), viewer: request.viewer)
    return .noContent
  }

  private func document(_ package: DataPackage, _ request: APIRequest) -> JSONObject {
    let columns = package.sharing.visibility.columns
    return [
      "id": .string(package.id), "title": .string(package.title), "description": .string(package.description),
      "version": .integer(package.versions.last?.number ?? 0), "count": .integer(package.items.count),
      "owner": .string(platform.userName(package.sharing.ownerID)),
      "mine": .bool(package.sharing.ownerID == request.viewer.userID),
      "canChange": .bool(package.sharing.canBeChanged(by: request.viewer)),
      "visibility": .string(columns.visibility), "group": JSONValue(columns.group),
      "restricted": .bool(platform.hasRestricted(package)), "created": APITime.json(milliseconds: package.created),
      "updated": APITime.json(milliseconds: package.updated), "bytes": .null,
      "reference": .string("package:\(package.id)"),
    ]
  }
}

extension Platform {
  /// Whether a package holds images that its licence keeps from being shared.
  func hasRestricted(_ package: DataPackage) -> Bool {
    package.items.contains { reference in
      let item = try? catalogue.item(reference.id, in: reference.collection, for: .local)
      return item?["properties"]?["ogive:restricted"]?.boolValue == true
    }
  }
}
