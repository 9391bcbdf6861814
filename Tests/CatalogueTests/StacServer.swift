// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import HTTP
import Parameters
import Synchronization

/// A STAC API over a catalogue, as small as the client's tests need it, and files of a folder under `/files`.
final class StacServer: HTTPHandler {
  private let catalogue: Catalogue
  private let folder: String
  private let offersPost: Bool
  private let asked = Mutex<[String]>([])
  private let listener = Mutex<HTTPListener?>(nil)
  private let place = Mutex("")

  var root: String { place.withLock { $0 } }
  /// Methods and paths of the requests so far.
  var requests: [String] { asked.withLock { $0 } }

  init(_ catalogue: Catalogue, folder: String, offersPost: Bool = true, port: Int = 0) throws {
    self.catalogue = catalogue
    self.folder = folder
    self.offersPost = offersPost
    let made = try HTTPListener(HTTPConfiguration(port: port), handler: self)
    place.withLock { $0 = "http://127.0.0.1:\(made.port)" }
    listener.withLock { $0 = made }
  }

  func stop() { listener.withLock { $0 }?.stop() }

  func limits(for head: HTTPRequest) -> HTTPBodyLimits { .memory(upTo: 1 << 20) }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    asked.withLock { $0.append("\(request.method) \(request.path)") }
    do {
      return try answer(request)
    } catch let error as CatalogueError {
      return .problem(error.kind == .noSuchThing ? 404 : 400, kind: error.kind.rawValue, detail: error.message)
    } catch let error as ParameterError {
      return .problem(400, kind: error.kind, detail: "\(error)")
    } catch {
      return .problem(500, kind: "storage", detail: "\(error)")
    }
  }

  private func answer(_ request: HTTPRequest) throws -> HTTPResponse {
    let api = StacAPI(root: root), viewer = Viewer.anonymous, parts = request.segments
    if parts.first == "files" { return file(folder + "/" + parts.dropFirst().joined(separator: "/")) }
    if parts.isEmpty {
      var page = api.landing(
        id: "test", title: "Test", description: "Items for tests", collections: try catalogue.collections(for: viewer)
      )
      let links = (page["links"]?.arrayValue ?? []).filter { offersPost || $0["method"]?.stringValue != "POST" }
      page["links"] = .array(links)
      return json(page)
    }
    if parts == ["collections"] { return json(api.collections(try catalogue.collections(for: viewer))) }
    if parts == ["conformance"] {
      return json(["conformsTo": .array(StacAPI.conformance.map(JSONValue.string))])
    }
    if parts == ["search"], request.method == .post {
      let body = try request.json().objectValue ?? JSONObject()
      let search = try ItemSearch(json: .object(body))
      return json(api.items(try catalogue.search(search, for: viewer), of: search, body: body), StacAPI.geoJSON)
    }
    if parts == ["search"] { return try list(request, api, path: "/search", collection: nil) }
    if parts.last == "queryables" {
      let collection = parts.count > 1 ? parts[1] : nil
      return json(
        try catalogue.queryables(of: collection, address: root + request.path, for: viewer), StacAPI.schema)
    }
    guard parts.count >= 2, parts[0] == "collections" else { return HTTPResponse(status: 404) }
    let collection = try catalogue.collection(parts[1], for: viewer)
    if parts.count == 2 { return json(api.collection(collection)) }
    if parts.count == 3 { return try list(request, api, path: request.path, collection: parts[1]) }
    return json(api.item(try catalogue.item(parts[3], in: parts[1], for: viewer)), StacAPI.geoJSON)
  }

  private func list(
    _ request: HTTPRequest, _ api: StacAPI, path: String, collection: String?
  ) throws -> HTTPResponse {
    var search = try ItemSearch(query: request.query)
    if let collection { search.collections = [collection] }
    let page = try catalogue.search(search, for: .anonymous)
    return json(api.items(page, of: search, path: path, query: request.query), StacAPI.geoJSON)
  }

  private func json(_ document: JSONObject, _ type: String = "application/json") -> HTTPResponse {
    .json(.object(document), type: type)
  }

  private func file(_ path: String) -> HTTPResponse {
    guard let data = FileManager.default.contents(atPath: path) else { return HTTPResponse(status: 404) }
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "application/octet-stream"], body: .bytes(Array(data)))
  }
}
