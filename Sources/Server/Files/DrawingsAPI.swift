// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters
import RasterIO

/// Shapes drawn on the map: training samples, stable ground, areas.
struct DrawingsAPI {
  let platform: Platform
  private var drawings: Drawings { platform.drawings }

  private static let properties: JSONValue = .object(
    .object(["class": .choice(Drawings.classes)], required: ["class"], isOpen: true))
  private static let body: JSONObject = .object(
    [
      "name": .text(least: 1, most: 100),
      "features": .object(
        .object(
          [
            "type": .choice(["FeatureCollection"]),
            "features": .list(
              .object(
                .object(
                  ["type": .choice(["Feature"]), "geometry": .geometry, "properties": Self.properties],
                  required: ["type", "geometry", "properties"], isOpen: true)), least: 1, most: 20_000),
          ], required: ["type", "features"], isOpen: true)),
      "crs": .text(least: 1, most: 50),
    ], required: ["name", "features"], isOpen: true)

  var routes: [APIRoute] {
    let one = "/api/drawings/{drawingID}"
    return [
      APIRoute(.get, "/api/drawings", id: "listDrawings", "One's drawings", tag: "Files", needs: .read, .work(list)),
      APIRoute(
        .post, "/api/drawings", id: "addDrawing", "Keep shapes, also as GeoPackage", tag: "Files", needs: .submit,
        body: .json(Self.body), answers: [.json(status: 201)], .work(add)),
      APIRoute(.get, one, id: "getDrawing", "A drawing with its shapes", tag: "Files", needs: .read, .work(get)),
      APIRoute(
        .put, one, id: "changeDrawing", "Replace a drawing's shapes", tag: "Files", needs: .submit,
        body: .json(Self.body), .work(change)),
      APIRoute(
        .delete, one, id: "removeDrawing", "Remove a drawing", tag: "Files", needs: .submit, answers: [.nothing()],
        .work(remove)),
      APIRoute(
        .get, "/api/drawings/{drawingID}/file", id: "getDrawingFile", "A drawing as GeoPackage", tag: "Files",
        needs: .read, answers: [.bytes("application/geopackage+sqlite3")], .work(file)),
    ]
  }

  private func list(_ request: APIRequest) throws -> HTTPResponse {
    let all = try drawings.list(for: request.viewer)
    return .json(["drawings": .array(all.map { .object(document($0, request)) })])
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let sharing = Sharing(ownerID: try request.user().id)
    let drawing = try drawing(from: request, id: try Secret.random(bytes: 9), sharing)
    try save(drawing)
    return .json(.object(document(drawing, request)), status: 201)
  }

  /// Shapes that GDAL can't write are the sender's fault; a full disk is not.
  private func save(_ drawing: Drawings.Drawing) throws {
    do {
      try drawings.save(drawing)
    } catch let error as RasterError where error.kind == .writeFailed {
      throw Problem(422, "drawings.bad-geometry", "the shapes can't be kept: \(error.cause ?? error.message)")
    }
  }

  private func change(_ request: APIRequest) throws -> HTTPResponse {
    let old = try changeable(request)
    let drawing = try drawing(from: request, id: old.id, old.sharing)
    try save(drawing)
    return .json(.object(document(drawing, request)))
  }

  private func drawing(from request: APIRequest, id: String, _ sharing: Sharing) throws -> Drawings.Drawing {
    let body = try request.object()
    for feature in body["features"]?["features"]?.arrayValue ?? [] {
      guard let name = feature["properties"]?["class"]?.stringValue, Drawings.classes.contains(name) else {
        throw Problem(
          .invalidRequest,
          "every shape needs properties.class, one of \(Drawings.classes.joined(separator: ", "))")
      }
    }
    return Drawings.Drawing(
      id: id, name: body["name"]?.stringValue ?? "", crs: body["crs"]?.stringValue ?? "EPSG:4326",
      features: body["features"]?.objectValue ?? [:], created: Int(Date().timeIntervalSince1970 * 1000),
      sharing: sharing)
  }

  private func changeable(_ request: APIRequest) throws -> Drawings.Drawing {
    let drawing = try drawings.drawing(request.path("drawingID"), viewer: request.viewer)
    guard drawing.sharing.canBeChanged(by: request.viewer) else {
      throw Problem(.notAllowed, "only its owner can change this drawing")
    }
    return drawing
  }

  private func get(_ request: APIRequest) throws -> HTTPResponse {
    let drawing = try drawings.drawing(request.path("drawingID"), viewer: request.viewer)
    var document = document(drawing, request)
    document["features"] = .object(drawing.features)
    return .json(.object(document))
  }

  private func remove(_ request: APIRequest) throws -> HTTPResponse {
    try drawings.remove(try changeable(request))
    return .noContent
  }

  private func file(_ request: APIRequest) throws -> HTTPResponse {
    let drawing = try drawings.drawing(request.path("drawingID"), viewer: request.viewer)
    let path = try drawings.path(of: drawing.id, viewer: request.viewer)
    return try .file(path, named: "\(drawing.name).gpkg", isDownload: true)
  }

  private func document(_ drawing: Drawings.Drawing, _ request: APIRequest) -> JSONObject {
    let layers = drawing.counts.map { name, count -> JSONValue in
      [
        "class": .string(name), "count": .integer(count),
        "reference": .string("drawing:\(drawing.id)-\(name)"),
      ]
    }
    return [
      "id": .string(drawing.id), "name": .string(drawing.name), "crs": .string(drawing.crs),
      "created": APITime.json(milliseconds: drawing.created), "path": .string("drawings/\(drawing.id).gpkg"),
      "reference": .string("drawing:\(drawing.id)"), "layers": .array(layers),
      "counts": .object(JSONObject(drawing.counts.map { ($0.name, .integer($0.count)) })),
      "links": [
        [
          "rel": "enclosure", "href": .string(request.link("/api/drawings/\(drawing.id)/file")),
          "type": "application/geopackage+sqlite3",
        ]
      ],
    ]
  }
}
