// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters
import Processing

/// Asks another STAC API: what it has, page by page.
///
/// Searches by POST where the server offers it, else by GET; follows its `next` links whatever they are made of
/// (method, body, merged bodies, headers). Which hosts may be asked is up to the client's address policy.
public struct StacClient: Sendable {
  /// Address of the landing page.
  public let root: String
  private let client: HTTPClient
  private let headers: HTTPFields

  /// The longest answer, bytes, and the most pages that one search follows.
  private static let answerLimit = 256 << 20, pageLimit = 100_000

  /// - Parameter headers: sent with each request to the host of `root`, such as `Authorization`.
  public init(_ root: String, client: HTTPClient, headers: HTTPFields = [:]) {
    self.root = root.hasSuffix("/") ? String(root.dropLast()) : root
    self.client = client
    self.headers = headers
  }

  /// One request: its address, and for POST its body.
  private struct Request: Equatable {
    var address: String
    var body: JSONObject?
    var fields: [String: String] = [:]
  }

  /// The landing page.
  ///
  /// - Throws: `HTTPError`; `CatalogueError` of kind `catalogue.unreadable` where it is none.
  public func landing() async throws -> JSONObject {
    let page = try await document(Request(address: root))
    guard page["links"]?.arrayValue != nil, page["conformsTo"] != nil || page["stac_version"] != nil else {
      throw CatalogueError(.unreadable, "\(root) is no landing page of a STAC API")
    }
    return page
  }

  /// All collections.
  public func collections() async throws -> [JSONObject] {
    let links = Self.links(try await landing(), base: root)
    let address = links.first { $0.relation == "data" }?.request.address ?? root + "/collections"
    var found: [JSONObject] = []
    try await follow(Request(address: address)) { page in
      found += (page["collections"]?.arrayValue ?? []).compactMap(\.objectValue)
      return true
    }
    return found
  }

  /// Calls a closure with each page of the items that a search finds.
  ///
  /// - Parameters:
  ///   - body: the search as STAC's POST has it (`collections`, `bbox`, `datetime`, `filter`, `limit` ...).
  ///   - each: gives whether to go on.
  /// - Throws: `HTTPError`; `CatalogueError` of kind `catalogue.bad-search` for a search that is wrong by itself,
  ///   `catalogue.unreadable` for an answer that is none; what the closure throws.
  public func search(_ body: JSONObject, _ each: ([JSONObject]) async throws -> Bool) async throws {
    // What we would refuse ourselves is not sent.
    _ = try ItemSearch(json: .object(body))
    let links = Self.links(try await landing(), base: root).filter { $0.relation == "search" }
    let first: Request
    if let post = links.first(where: { $0.isPost }) {
      first = Request(address: post.request.address, body: body)
    } else {
      let address = links.first?.request.address ?? root + "/search"
      first = Request(address: address + (address.contains("?") ? "&" : "?") + Self.query(body))
    }
    try await follow(first) { page in
      guard page["type"]?.stringValue == "FeatureCollection", let features = page["features"]?.arrayValue else {
        throw CatalogueError(.unreadable, "\(root) answered a search with something that is no list of items")
      }
      return try await each(features.compactMap(\.objectValue))
    }
  }

  /// The first items that a search finds, at most `limit`.
  public func items(_ body: JSONObject, limit: Int) async throws -> [JSONObject] {
    var body = body, found: [JSONObject] = []
    if body["limit"] == nil { body["limit"] = .integer(max(1, min(limit, 250))) }
    try await search(body) { page in
      found += page
      return found.count < limit
    }
    return Array(found.prefix(limit))
  }

  // MARK: - Pages

  private func follow(_ first: Request, _ each: (JSONObject) async throws -> Bool) async throws {
    var request = first
    for _ in 0..<Self.pageLimit {
      try Task.checkCancellation()
      let page = try await document(request)
      guard try await each(page) else { return }
      guard let next = Self.next(in: page, after: request) else { return }
      guard next != request else {
        throw CatalogueError(.unreadable, "\(request.address) names itself as its next page")
      }
      request = next
    }
    throw CatalogueError(.unreadable, "\(root): more than \(Self.pageLimit) pages")
  }

  private func document(_ request: Request) async throws -> JSONObject {
    var fields = HTTPFields()
    // Secrets are for the host that they were given for, wherever a link may lead.
    if Self.origin(request.address) == Self.origin(root) { fields = headers }
    for (name, value) in request.fields { fields[name] = value }
    fields["Accept"] = "application/geo+json, application/json"
    let response: HTTPClientResponse
    if let body = request.body {
      response = try await client.post(
        request.address, body: Array(body.text(.line).utf8), type: "application/json", headers: fields,
        limit: Self.answerLimit)
    } else {
      response = try await client.get(request.address, headers: fields, limit: Self.answerLimit)
    }
    let document = try? JSONValue(parsing: response.body, named: request.address)
    guard response.isGood else {
      let reason = document?["detail"]?.stringValue ?? document?["description"]?.stringValue ?? ""
      throw CatalogueError(
        .unreadable,
        "\(request.address) answered with status \(response.status)"
          + (reason.isEmpty ? "" : ": \(reason.prefix(300))"))
    }
    guard let object = document?.objectValue else {
      throw CatalogueError(.unreadable, "\(request.address) answered with something that is no JSON object")
    }
    return object
  }

  private static func origin(_ address: String) -> String {
    let url = URL(string: address)
    return "\(url?.scheme ?? "")://\(url?.host() ?? ""):\(url?.port ?? 0)"
  }
}

// MARK: - Links

extension StacClient {
  private struct Link {
    let relation: String
    let isPost: Bool
    let request: Request
  }

  private static func links(_ document: JSONObject, base: String) -> [Link] {
    (document["links"]?.arrayValue ?? []).compactMap { link in
      guard let relation = link["rel"]?.stringValue, let href = link["href"]?.stringValue,
        let address = URL(string: href, relativeTo: URL(string: base))?.absoluteString
      else { return nil }
      let isPost = link["method"]?.stringValue?.uppercased() == "POST"
      var request = Request(address: address, body: isPost ? link["body"]?.objectValue ?? JSONObject() : nil)
      for (name, value) in link["headers"]?.objectValue ?? JSONObject() {
        // A server may name a cursor so, not another login or host.
        let isOwn = ["authorization", "cookie", "host", "content-length"].contains(name.lowercased())
        if !isOwn { request.fields[name] = value.stringValue }
      }
      return Link(relation: relation, isPost: isPost, request: request)
    }
  }

  /// The request for the next page; nil on the last.
  private static func next(in page: JSONObject, after request: Request) -> Request? {
    let base = request.address
    guard let link = links(page, base: base).first(where: { $0.relation == "next" }) else { return nil }
    let document = page["links"]?.arrayValue?.first { $0["rel"]?.stringValue == "next" }
    var next = link.request
    if link.isPost, document?["merge"]?.boolValue == true || link.request.body?.isEmpty == true {
      next.body = (request.body ?? JSONObject()).merged(with: link.request.body ?? JSONObject())
    }
    return next
  }

  /// A search as the parameters of GET.
  static func query(_ body: JSONObject) -> String {
    var parts: [(String, String)] = []
    for (name, value) in body {
      let text: String
      switch (name, value) {
      case (_, .null): continue
      case ("sortby", .array(let keys)):
        text = keys.map { ($0["direction"]?.stringValue == "desc" ? "-" : "+") + ($0["field"]?.stringValue ?? "") }
          .joined(separator: ",")
      case ("fields", .object(let fields)):
        let shown = (fields["include"]?.arrayValue ?? []).compactMap(\.stringValue)
        let hidden = (fields["exclude"]?.arrayValue ?? []).compactMap { $0.stringValue.map { "-" + $0 } }
        text = (shown + hidden).joined(separator: ",")
      case (_, .array(let values)):
        text = values.map { $0.stringValue ?? $0.text(.line) }.joined(separator: ",")
      case (_, .string(let string)): text = string
      default: text = value.text(.line)
      }
      parts.append((name, text))
    }
    if body["filter"]?.objectValue != nil, body["filter-lang"] == nil { parts.append(("filter-lang", "cql2-json")) }
    return StacAPI.encoded(parts.map { (name: $0.0, value: $0.1) })
  }
}
