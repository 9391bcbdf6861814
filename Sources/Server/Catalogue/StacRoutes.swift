// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import HTTP
import Parameters

/// The catalogue as a STAC API 1.0: collections, items, search, queryables; and the histogram of a search.
struct StacRoutes {
  let platform: Platform
  private var catalogue: Catalogue { platform.catalogue }

  /// Parameters of a search by GET; the catalogue itself says what is wrong with their values.
  private static let search: [APIParameter] = {
    func text(_ name: String, _ help: String) -> APIParameter { APIParameter(name, help, ["type": "string"]) }
    return [
      text("bbox", "West, south, east, north, as in 6.8,45.8,7.1,46.0"),
      text("datetime", "A time, or an interval with / and .."), text("ids", "Names of items, with commas between"),
      text("intersects", "A GeoJSON geometry"),
      text("sortby", "Properties to sort by, with - before those that fall"),
      text("fields", "Members to give, with - before those to leave out"), text("filter", "A CQL2 filter"),
      text("filter-lang", "cql2-text or cql2-json"), text("filter-crs", "CRS84 only"),
      text("token", "The place of a page, from a link of another"),
      APIParameter(
        "limit", "Items of a page; more than 10 000 counts as 10 000",
        ["type": "integer", "minimum": 1, "default": 10]),
    ]
  }()

  private static let body = JSONObject.object([:], isOpen: true)

  var routes: [APIRoute] {
    let one = "/api/collections/{collectionID}", items = [APIAnswer.geoJSON]
    let collections = APIParameter("collections", "Names of collections, with commas between", ["type": "string"])
    return [
      APIRoute(
        .get, "/api/collections", id: "getCollections", "The collections", tag: "Catalogue", .work(collectionList)),
      APIRoute(.get, one, id: "getCollection", "A collection", tag: "Catalogue", .work(collection)),
      APIRoute(
        .get, one + "/items", id: "getItems", "Items of a collection", tag: "Catalogue", query: Self.search,
        answers: items, .work(itemList)),
      APIRoute(
        .get, one + "/items/{itemID}", id: "getItem", "An item", tag: "Catalogue", answers: items, .work(item)),
      APIRoute(
        .get, one + "/queryables", id: "getCollectionQueryables", "What a filter on a collection can name",
        tag: "Catalogue", answers: [.jsonSchema], .work(queryables)),
      APIRoute(
        .get, "/api/queryables", id: "getQueryables", "What a filter can name", tag: "Catalogue",
        answers: [.jsonSchema], .work(queryables)),
      APIRoute(
        .get, "/api/search", id: "getSearch", "Search items", tag: "Catalogue", query: Self.search + [collections],
        answers: items, .work(searchByGet)),
      APIRoute(
        .post, "/api/search", id: "postSearch", "Search items", tag: "Catalogue", body: .json(Self.body),
        answers: items, .work(searchByPost)),
      APIRoute(
        .post, "/api/histogram", id: "getHistogram", "When the images of a search were taken", tag: "Catalogue",
        body: .json(Self.body), .work(histogram)),
    ]
  }

  private func stac(_ request: APIRequest) -> StacAPI { StacAPI(root: request.link("/api")) }

  private func id(_ request: APIRequest) -> String { request.path("collectionID") }

  private func collectionList(_ request: APIRequest) throws -> HTTPResponse {
    .json(object: stac(request).collections(try catalogue.collections(for: request.viewer)))
  }

  private func collection(_ request: APIRequest) throws -> HTTPResponse {
    .json(object: stac(request).collection(try catalogue.collection(id(request), for: request.viewer)))
  }

  private func item(_ request: APIRequest) throws -> HTTPResponse {
    let item = try catalogue.item(request.path("itemID"), in: id(request), for: request.viewer)
    let shown = AssetAddresses.shown(item, base: request.base)
    return .json(object: stac(request).item(shown), type: StacAPI.geoJSON)
  }

  private func queryables(_ request: APIRequest) throws -> HTTPResponse {
    let collection = id(request).isEmpty ? nil : id(request)
    let address = request.link(request.http.path)
    let document = try catalogue.queryables(of: collection, address: address, for: request.viewer)
    return .json(object: document, type: StacAPI.schema)
  }

  // MARK: - Search

  /// The parameters that say something: a form sends what was left empty too.
  private func given(_ request: APIRequest) -> [(name: String, value: String)] {
    request.http.query.filter { !$0.value.isEmpty }
  }

  private func found(_ search: ItemSearch, _ request: APIRequest) throws -> ItemPage {
    try catalogue.search(search, for: request.viewer).mapped { AssetAddresses.shown($0, base: request.base) }
  }

  private func itemList(_ request: APIRequest) throws -> HTTPResponse {
    _ = try catalogue.collection(id(request), for: request.viewer)
    var search = try ItemSearch(query: given(request))
    search.collections = [id(request)]
    let path = "/collections/\(PercentCoding.encode(id(request)))/items"
    return try answer(search, path, request)
  }

  private func searchByGet(_ request: APIRequest) throws -> HTTPResponse {
    try answer(try ItemSearch(query: given(request)), "/search", request)
  }

  private func answer(_ search: ItemSearch, _ path: String, _ request: APIRequest) throws -> HTTPResponse {
    let page = try found(search, request)
    let document = stac(request).items(page, of: search, path: path, query: request.http.query)
    return .json(object: document, type: StacAPI.geoJSON)
  }

  private func searchByPost(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    let search = try ItemSearch(json: .object(body))
    let page = try found(search, request)
    return .json(object: stac(request).items(page, of: search, body: body), type: StacAPI.geoJSON)
  }

  /// Bars by day for a short time, by month for years, by year for decades: never more than a screen is wide.
  private func histogram(_ request: APIRequest) throws -> HTTPResponse {
    let search = try ItemSearch(json: .object(try request.object()))
    var chosen = try catalogue.histogram(search, by: .month, for: request.viewer)
    let months = chosen.bars.compactMap { Self.month($0.time) }
    if let first = months.first, let last = months.last {
      if last - first < 4 { chosen = try catalogue.histogram(search, by: .day, for: request.viewer) }
      if last - first > 240 { chosen = try catalogue.histogram(search, by: .year, for: request.viewer) }
    }
    let bins = chosen.bars.compactMap { bar -> JSONValue? in
      guard let (start, end) = Self.span(bar.time) else { return nil }
      return [
        "start": .string(start), "end": .string(end), "count": .integer(bar.count), "clear": .integer(bar.clear),
        "medium": .integer(bar.medium), "cloudy": .integer(bar.cloudy), "unknown": .integer(bar.unknown),
      ]
    }
    return .json([
      "bins": .array(bins), "bin": .string(chosen.step.rawValue),
      "total": .integer(chosen.bars.reduce(0) { $0 + $1.count }),
    ])
  }

  private static func month(_ text: String) -> Int? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    return parts.count > 1 ? parts[0] * 12 + parts[1] : nil
  }

  /// First day of a bar and the first one after it.
  private static func span(_ text: String) -> (start: String, end: String)? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard let year = parts.first else { return nil }
    let start = CalendarDate(year: year, month: parts.count > 1 ? parts[1] : 1, day: parts.count > 2 ? parts[2] : 1)
    guard let start else { return nil }
    let end: CalendarDate? =
      switch parts.count {
      case 1: CalendarDate(year: year + 1, month: 1, day: 1)
      case 2: CalendarDate(year: year + parts[1] / 12, month: parts[1] % 12 + 1, day: 1)
      default: CalendarDate(dayNumber: start.dayNumber + 1)
      }
    return end.map { (start.description, $0.description) }
  }
}

extension APIAnswer {
  static let geoJSON = APIAnswer(
    status: 200, summary: "The items", type: StacAPI.geoJSON, schema: ["type": "object"])
  static let jsonSchema = APIAnswer(
    status: 200, summary: "A JSON Schema", type: StacAPI.schema, schema: ["type": "object"])
}
