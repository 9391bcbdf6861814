// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The documents of a STAC API, with their links, for a server that stands at an address.
///
/// Makes documents only: the server routes, and gives each with its media type (`geoJSON`, `schema`, else JSON).
public struct StacAPI: Sendable {
  /// Address of the landing page without a slash at its end, such as `https://example.org/api`.
  public let root: String
  public static let geoJSON = "application/geo+json"
  public static let schema = "application/schema+json"
  private static let queryablesRelation = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

  public init(root: String) { self.root = root }

  /// The conformance classes that the documents fulfil.
  public static let conformance: [String] = {
    let stac = "https://api.stacspec.org/v1.0.0"
    let features = "http://www.opengis.net/spec/ogcapi-features", cql2 = "http://www.opengis.net/spec/cql2/1.0/conf"
    let filters =
      ["basic-cql2", "cql2-text", "cql2-json", "advanced-comparison-operators", "array-functions"]
      + ["basic-spatial-functions", "basic-spatial-functions-plus", "case-insensitive-comparison"]
      + ["property-property", "temporal-functions"]
    return ["core", "collections", "ogcapi-features", "item-search"].map { "\(stac)/\($0)" }
      + ["fields", "sort", "filter"].map { "\(stac)/item-search#\($0)" }
      + ["fields", "sort"].map { "\(stac)/ogcapi-features#\($0)" }
      + ["core", "geojson", "oas30"].map { "\(features)-1/1.0/conf/\($0)" }
      + ["filter", "features-filter", "queryables"].map { "\(features)-3/1.0/conf/\($0)" }
      + filters.map { "\(cql2)/\($0)" }
  }()

  /// What the landing page says besides its other links: type, version, conformance, links of the catalogue.
  ///
  /// - Parameter collections: those that the viewer may see.
  public func landing(id: String, title: String, description: String, collections: [JSONObject]) -> JSONObject {
    var links = [
      StacLinks.link("self", root, title: title), StacLinks.link("root", root),
      StacLinks.link("conformance", root + "/conformance"), StacLinks.link("data", root + "/collections"),
      searchLink("GET"), searchLink("POST"),
      StacLinks.link(Self.queryablesRelation, root + "/queryables", type: Self.schema),
    ]
    for one in collections {
      let name = one["id"]?.stringValue ?? ""
      links.append(
        StacLinks.link("child", address(ofCollection: name), title: one["title"]?.stringValue ?? name))
    }
    return [
      "type": "Catalog", "stac_version": "1.1.0", "id": .string(id), "title": .string(title),
      "description": .string(description), "conformsTo": .array(Self.conformance.map(JSONValue.string)),
      "links": .array(links),
    ]
  }

  private func searchLink(_ method: String) -> JSONValue {
    [
      "rel": "search", "href": .string(root + "/search"), "type": .string(Self.geoJSON), "method": .string(method),
    ]
  }

  // MARK: - Collections

  /// `/collections`.
  public func collections(_ documents: [JSONObject]) -> JSONObject {
    [
      "collections": .array(documents.map { .object(collection($0)) }),
      "links": [StacLinks.link("self", root + "/collections"), StacLinks.link("root", root)],
      "numberMatched": .integer(documents.count), "numberReturned": .integer(documents.count),
    ]
  }

  /// `/collections/ID`.
  public func collection(_ document: JSONObject) -> JSONObject {
    let id = document["id"]?.stringValue ?? "", own = address(ofCollection: id)
    var shown = document
    shown["links"] = .array(
      (document["links"]?.arrayValue ?? []) + [
        StacLinks.link("self", own), StacLinks.link("root", root), StacLinks.link("parent", root),
        StacLinks.link("items", own + "/items", type: Self.geoJSON),
        StacLinks.link(Self.queryablesRelation, own + "/queryables", type: Self.schema),
      ])
    return shown
  }

  func address(ofCollection id: String) -> String { "\(root)/collections/\(StacLinks.encoded(id))" }

  // MARK: - Items

  /// `/collections/ID/items/ID`.
  public func item(_ document: JSONObject) -> JSONObject {
    let collection = address(ofCollection: document["collection"]?.stringValue ?? "")
    let own = "\(collection)/items/\(StacLinks.encoded(document["id"]?.stringValue ?? ""))"
    var shown = document
    shown["links"] = .array(
      (document["links"]?.arrayValue ?? []) + [
        StacLinks.link("self", own, type: Self.geoJSON), StacLinks.link("root", root),
        StacLinks.link("parent", collection), StacLinks.link("collection", collection),
      ])
    return shown
  }

  /// `/collections/ID/items`, and `/search` asked by GET.
  ///
  /// - Parameters:
  ///   - path: path below the root, such as `/search`.
  ///   - query: the parameters as they came.
  public func items(
    _ page: ItemPage, of search: ItemSearch, path: String, query: [(name: String, value: String)]
  ) -> JSONObject {
    func address(token: String?) -> String {
      let kept = query.filter { $0.name != "token" } + (token.map { [("token", $0)] } ?? [])
      return root + path + (kept.isEmpty ? "" : "?") + Self.encoded(kept)
    }
    var links = [
      StacLinks.link("self", address(token: search.token), type: Self.geoJSON), StacLinks.link("root", root),
    ]
    if let collection = search.collections.first, path.hasPrefix("/collections/") {
      links.append(StacLinks.link("collection", self.address(ofCollection: collection)))
    }
    for (relation, token) in [("next", page.next), ("prev", page.previous)] {
      if let token { links.append(StacLinks.link(relation, address(token: token), type: Self.geoJSON)) }
    }
    return items(page, search, links)
  }

  /// `/search` asked by POST.
  ///
  /// - Parameter body: the search as it came; the links carry it with the place of their page.
  public func items(_ page: ItemPage, of search: ItemSearch, body: JSONObject) -> JSONObject {
    var links = [StacLinks.link("root", root)]
    for (relation, token) in [("next", page.next), ("prev", page.previous)] {
      guard let token else { continue }
      var again = body
      again["token"] = .string(token)
      links.append([
        "rel": .string(relation), "href": .string(root + "/search"), "type": .string(Self.geoJSON), "method": "POST",
        "body": .object(again),
      ])
    }
    return items(page, search, links)
  }

  private func items(_ page: ItemPage, _ search: ItemSearch, _ links: [JSONValue]) -> JSONObject {
    let shown = page.items.map { one -> JSONValue in
      let whole = item(one)
      return .object(search.fields?.applied(to: whole) ?? whole)
    }
    var document: JSONObject = [
      "type": "FeatureCollection", "features": .array(shown), "links": .array(links),
      "numberReturned": .integer(shown.count),
    ]
    if let matched = page.matched { document["numberMatched"] = .integer(matched) }
    return document
  }

  static func encoded(_ query: [(name: String, value: String)]) -> String {
    query.map { "\(part($0.name))=\(part($0.value))" }.joined(separator: "&")
  }

  /// A name or value of a query, in which only letters, digits and a few marks stand for themselves (RFC 3986, 2.3).
  private static func part(_ text: String) -> String {
    text.utf8.reduce(into: "") { out, byte in
      let scalar = Unicode.Scalar(byte)
      if scalar.properties.isAlphabetic && byte < 128 || 48...57 ~= byte || "-._~:,/".utf8.contains(byte) {
        out.unicodeScalars.append(scalar)
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
  }
}
