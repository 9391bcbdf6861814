// SPDX-License-Identifier: Apache-2.0
import Parameters

extension ItemSearch {
  /// Names of the parameters of a search, as GET has them.
  package static let names: Set<String> = [
    "collections", "ids", "bbox", "intersects", "datetime", "limit", "sortby", "fields", "filter", "filter-lang",
    "filter-crs", "token",
  ]

  /// Reads the parameters of GET. Parameters of other names are passed over.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-search`, `catalogue.bad-filter` or `catalogue.bad-geometry`.
  public init(query: [(name: String, value: String)]) throws(CatalogueError) {
    var given: [String: String] = [:]
    for (name, value) in query where Self.names.contains(name) {
      guard given[name] == nil else { throw CatalogueError(.badSearch, "the parameter \(name) occurs twice") }
      given[name] = value
    }
    collections = Self.list(given["collections"])
    ids = Self.list(given["ids"])
    if let text = given["bbox"] { box = try Self.box(text) }
    if let text = given["intersects"] { area = try GeoShape(json: try Self.parsed(text, "intersects")) }
    if let text = given["datetime"] { interval = try StacInterval(text) }
    if let text = given["limit"] {
      guard let limit = Int(text) else { throw Self.limitProblem(text) }
      try setLimit(limit)
    }
    if let text = given["sortby"] {
      let parts = text.split(separator: ",")
      order = try SortKey.checked(try parts.map { (part) throws(CatalogueError) in try SortKey(text: part) })
    }
    if let text = given["fields"] { fields = FieldSelection(text: text) }
    if let text = given["filter"], !text.isEmpty {
      // A filter whose language is not said shows it by its first sign.
      let language = given["filter-lang"] ?? (text.hasPrefix("{") ? "cql2-json" : "cql2-text")
      switch language {
      case "cql2-text": filter = try CQL2(text: text)
      case "cql2-json": filter = try CQL2(json: try Self.parsed(text, "filter"))
      default: throw Self.languageProblem(language)
      }
    }
    try check(reference: given["filter-crs"], token: given["token"])
  }

  /// Reads the body of POST. Members of other names are passed over.
  ///
  /// - Throws: `CatalogueError` as for GET.
  public init(json: JSONValue) throws(CatalogueError) {
    guard let body = json.objectValue else { throw CatalogueError(.badSearch, "a search is a JSON object") }
    collections = try Self.strings(body, "collections")
    ids = try Self.strings(body, "ids")
    if let value = body["bbox"], !value.isNull {
      guard let numbers = value.arrayValue else { throw CatalogueError(.badSearch, "bbox must be a list of numbers") }
      box = try GeoBox(numbers.map { $0.doubleValue ?? .nan })
    }
    if let value = body["intersects"], !value.isNull { area = try GeoShape(json: value) }
    if let text = try Self.string(body, "datetime") { interval = try StacInterval(text) }
    if let value = body["limit"], !value.isNull {
      guard let limit = value.intValue else { throw Self.limitProblem(value.text(.line)) }
      try setLimit(limit)
    }
    if let value = body["sortby"], !value.isNull {
      guard let parts = value.arrayValue else { throw CatalogueError(.badSearch, "sortby must be a list") }
      order = try SortKey.checked(try parts.map { (part) throws(CatalogueError) in try SortKey(json: part) })
    }
    if let value = body["fields"] { fields = try FieldSelection(json: value) }
    if let value = body["filter"], !value.isNull {
      let language = try Self.string(body, "filter-lang") ?? (value.stringValue == nil ? "cql2-json" : "cql2-text")
      switch (language, value) {
      case ("cql2-text", .string(let text)): filter = try CQL2(text: text)
      case ("cql2-json", .object): filter = try CQL2(json: value)
      case ("cql2-text", _), ("cql2-json", _):
        throw CatalogueError(.badFilter, "the filter is not in the language that filter-lang says (\(language))")
      default: throw Self.languageProblem(language)
      }
    }
    try check(reference: try Self.string(body, "filter-crs"), token: try Self.string(body, "token"))
  }

  // MARK: - Pieces

  private mutating func setLimit(_ limit: Int) throws(CatalogueError) {
    guard limit >= 1 else { throw Self.limitProblem("\(limit)") }
    self.limit = min(limit, Self.largestLimit)
  }

  private mutating func check(reference: String?, token: String?) throws(CatalogueError) {
    guard box == nil || area == nil else {
      throw CatalogueError(.badSearch, "a search takes bbox or intersects, not both")
    }
    let known = ["http://www.opengis.net/def/crs/OGC/1.3/CRS84", "CRS84", "OGC:CRS84", "EPSG:4326"]
    guard reference.map(known.contains) ?? true else {
      throw CatalogueError(.badFilter, "filter-crs must be \(known[0]): longitude and latitude")
    }
    self.token = token
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map { String($0) }
  }

  private static func box(_ text: String) throws(CatalogueError) -> GeoBox {
    try GeoBox(
      text.split(separator: ",", omittingEmptySubsequences: false).map { Double(trimmed($0)) ?? .nan })
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let start = text.drop { $0 == " " }
    return start.lastIndex { $0 != " " }.map { start[...$0] } ?? ""
  }

  private static func parsed(_ text: String, _ name: String) throws(CatalogueError) -> JSONValue {
    do throws(ParameterError) {
      return try JSONValue(parsing: text, named: name)
    } catch {
      throw CatalogueError(.badSearch, "\(error)")
    }
  }

  private static func string(_ body: JSONObject, _ name: String) throws(CatalogueError) -> String? {
    guard let value = body[name], !value.isNull else { return nil }
    guard let text = value.stringValue else { throw CatalogueError(.badSearch, "\(name) must be a text") }
    return text
  }

  private static func strings(_ body: JSONObject, _ name: String) throws(CatalogueError) -> [String] {
    guard let value = body[name], !value.isNull else { return [] }
    guard let values = value.arrayValue, values.allSatisfy({ $0.stringValue != nil }) else {
      throw CatalogueError(.badSearch, "\(name) must be a list of texts")
    }
    return values.compactMap(\.stringValue)
  }

  private static func limitProblem(_ text: String) -> CatalogueError {
    CatalogueError(.badSearch, "limit must be a whole number from 1 to \(largestLimit), not \(text.prefix(30))")
  }

  private static func languageProblem(_ language: String) -> CatalogueError {
    CatalogueError(.badFilter, "filter-lang \"\(language.prefix(30))\" is neither cql2-text nor cql2-json")
  }
}
