// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters

/// Bringing images into the catalogue: from folders, STAC files, and other STAC APIs; and the cloud on an area.
struct ImportsAPI {
  let platform: Platform

  private static func form(_ kind: String, _ members: JSONObject, required: [String]) -> JSONValue {
    let all: JSONObject = [
      "kind": .choice([kind]), "collection": NameText.schema(most: 200, orNull: true), "visibility": .visibility,
      "group": .text(most: 64, orNull: true),
    ]
    return .object(.object(all.merged(with: members), required: ["kind"] + required))
  }

  private static let body: JSONObject = [
    "anyOf": [
      form(
        "folder", ["path": .text(least: 1, most: 4000), "collection": NameText.schema(most: 200)],
        required: ["path", "collection"]),
      form("stac-items", ["path": .text(least: 1, most: 4000)], required: ["path"]),
      form(
        "stac-api",
        [
          "url": [
            "type": "string", "pattern": #"^https?://[A-Za-z0-9][!-~]*$"#, "maxLength": 2000, "example": "https://…",
          ],
          "collections": .list(.text(least: 1, most: 200), most: 100),
          "bbox": .list(["type": "number"], least: 4, most: 6), "intersects": ["type": "object", "nullable": true],
          "datetime": .text(most: 100, orNull: true), "filter": ["nullable": true],
          "filter-lang": .text(most: 20, orNull: true), "limit": .whole(1, 1_000_000, orNull: true),
        ], required: ["url"]),
    ]
  ]

  private static let clouds = JSONObject.object(
    [
      "items": .list(
        .object(
          .object(
            ["collection": .text(least: 1), "id": .text(least: 1)], required: ["collection", "id"], isOpen: true)),
        least: 1, most: 500), "geometry": .geometry,
    ], required: ["items", "geometry"])

  var routes: [APIRoute] {
    [
      APIRoute(
        .post, "/api/imports", id: "addImport", "Bring images into the catalogue", tag: "Catalogue", needs: .submit,
        body: .json(Self.body), answers: [.json(status: 202)], .work(add)),
      APIRoute(
        .get, "/api/imports/{importID}", id: "getImport", "How far an import is", tag: "Catalogue", needs: .submit,
        .work(status)),
      APIRoute(
        .post, "/api/clouds", id: "getClouds", "Cloud cover of images on an area", tag: "Catalogue",
        body: .json(Self.clouds), .work(clouds)),
    ]
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object(), user = try request.user()
    let wanted = Visibility(
      visibility: body["visibility"]?.stringValue ?? "private", group: body["group"]?.stringValue)
    let sharing = Sharing(ownerID: user.id, visibility: wanted)
    let task = ImportTask(platform: platform, body: body, sharing: sharing, viewer: request.viewer)
    try task.check()
    let id = try platform.imports.start(owner: user.id) { try await task.run($0) }
    return .json(object: try platform.imports.document(id, for: request.viewer), status: 202)
      .with("Location", request.link("/api/imports/\(id)"))
  }

  private func status(_ request: APIRequest) throws -> HTTPResponse {
    .json(object: try platform.imports.document(request.path("importID"), for: request.viewer))
  }

  private func clouds(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    let items = try (body["items"]?.arrayValue ?? []).map { try ItemReference(json: $0) }
    let shares: [Result<CloudShare, CatalogueError>]
    do {
      shares = try platform.catalogue.cloudCover(
        of: items, on: body["geometry"] ?? .null, for: request.viewer, rules: platform.assetRules)
    } catch let error as CatalogueError where error.kind == .badGeometry {
      // A ring that is not closed, or places outside the world: no schema says those.
      throw Problem(422, error.kind.rawValue, error.message)
    }
    let answers = zip(items, shares).map { item, share -> JSONValue in
      var percent = JSONValue.null, reason = JSONValue.null
      switch share {
      case .success(let found): percent = JSONValue(found.cloud.map { ($0 * 1000).rounded() / 10 })
      case .failure(let error): reason = .string(error.message)
      }
      return [
        "collection": .string(item.collection), "id": .string(item.id), "percent": percent, "reason": reason,
      ]
    }
    return .json(["clouds": .array(answers)])
  }
}

/// One import: what was asked, and the doing of it.
struct ImportTask: Sendable {
  let platform: Platform
  let body: JSONObject
  let sharing: Sharing
  let viewer: Viewer

  private var collection: String? { body["collection"]?.stringValue }

  /// - Throws: 422 for an address that is none; 404 for folders that are not offered.
  func check() throws {
    switch body["kind"]?.stringValue {
    case "stac-api":
      guard let url = body["url"]?.stringValue.flatMap(URL.init(string:)), ["http", "https"].contains(url.scheme)
      else {
        throw Problem(.unusable, "an import from a STAC API needs its url, as in https://example.org/stac")
      }
    default:
      _ = try platform.offered.realPath(body["path"]?.stringValue ?? "")
    }
  }

  /// - Parameter progress: takes the number of items so far.
  func run(_ progress: @escaping @Sendable (Int) -> Void) async throws -> ItemAdditions {
    if let collection { try makeCollection(collection) }
    if body["kind"] == "stac-api" { return try await fromAPI(progress) }
    return try await onThread {
      let path = try platform.offered.realPath(body["path"]?.stringValue ?? "")
      let rules = AssetRules(
        folders: platform.offered.roots, policy: platform.addressPolicy,
        hosts: platform.settings.archives.isEmpty ? nil : platform.settings.archives)
      if body["kind"] == "folder" {
        return try platform.catalogue.importScenes([path], into: collection ?? "", viewer: viewer, rules: rules)
      }
      return try platform.catalogue.importStac(
        path, into: collection, sharing: sharing, viewer: viewer, rules: rules)
    }
  }

  private func makeCollection(_ id: String) throws {
    if (try? platform.catalogue.collection(id, for: viewer)) != nil { return }
    try platform.catalogue.add(
      collection: [
        "type": "Collection", "stac_version": "1.1.0", "id": .string(id), "description": .string("Images of \(id)"),
        "license": "other", "links": [],
        "extent": ["spatial": ["bbox": [[-180, -90, 180, 90]]], "temporal": ["interval": [[nil, nil]]]],
      ], sharing: sharing)
  }

  private func fromAPI(_ progress: @escaping @Sendable (Int) -> Void) async throws -> ItemAdditions {
    var configuration = HTTPClientConfiguration()
    configuration.policy = platform.addressPolicy
    let client = StacClient(body["url"]?.stringValue ?? "", client: HTTPClient(configuration))
    var search: JSONObject = [:]
    for name in ["collections", "bbox", "intersects", "datetime", "filter", "filter-lang"] {
      if let value = body[name], !value.isNull { search[name] = value }
    }
    return try await platform.catalogue.importRemote(
      client, search, into: collection, sharing: sharing, viewer: viewer, limit: body["limit"]?.intValue ?? 10_000,
      progress: progress)
  }
}
