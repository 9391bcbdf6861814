// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Which items are asked for, in which order, how many at once: the parameters of STAC's item search.
public struct ItemSearch: Sendable {
  /// Collections to look in; empty for all.
  public var collections: [String] = []
  /// Names of items; empty for all.
  public var ids: [String] = []
  /// Items whose outline touches the box.
  public var box: GeoBox?
  /// Items whose outline touches the geometry.
  package var area: GeoShape?
  package var interval: StacInterval?
  public var filter: CQL2?
  package var order: [SortKey] = []
  package var fields: FieldSelection?
  /// Items of a page, 1 to 10 000; more is taken for 10 000.
  public var limit = 10
  /// Where a page begins, as the link of the page before says it.
  package var token: String?

  public static let largestLimit = 10_000

  public init() {}

  /// Items whose time touches an interval, written as STAC's `datetime`.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-search`.
  public mutating func setTime(_ text: String) throws(CatalogueError) { interval = try StacInterval(text) }

  /// Items whose outline touches a GeoJSON geometry.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-geometry`.
  public mutating func setArea(_ geometry: JSONValue) throws(CatalogueError) { area = try GeoShape(json: geometry) }
}

/// A property by which items are put in order.
package struct SortKey: Sendable, Equatable {
  package let property: String
  package let isDescending: Bool

  package init(_ property: String, isDescending: Bool) {
    (self.property, self.isDescending) = (property, isDescending)
  }

  /// From `+datetime`, `-properties.eo:cloud_cover`, `id`.
  init(text: Substring) throws(CatalogueError) {
    let sign = text.first
    // A plus that was not encoded arrives as a space.
    let name = sign == "+" || sign == "-" || sign == " " ? text.dropFirst() : text
    try self.init(name: String(name), isDescending: sign == "-")
  }

  init(json: JSONValue) throws(CatalogueError) {
    guard let name = json["field"]?.stringValue else {
      throw CatalogueError(.badSearch, "sortby needs a list of {\"field\": ..., \"direction\": \"asc\" or \"desc\"}")
    }
    let direction = json["direction"]?.stringValue ?? "asc"
    guard direction == "asc" || direction == "desc" else {
      throw CatalogueError(.badSearch, "sortby direction \"\(direction.prefix(20))\" is neither asc nor desc")
    }
    try self.init(name: name, isDescending: direction == "desc")
  }

  private init(name: String, isDescending: Bool) throws(CatalogueError) {
    let bare = ItemColumn.bare(name)
    guard bare != "geometry", (try? ItemColumn.sql(bare)) != nil else {
      throw CatalogueError(.badSearch, "items cannot be sorted by \"\(name.prefix(60))\"")
    }
    self.init(bare, isDescending: isDescending)
  }

  package static let limit = 5

  static func checked(_ keys: [SortKey]) throws(CatalogueError) -> [SortKey] {
    guard keys.count <= limit else { throw CatalogueError(.badSearch, "sortby takes at most \(limit) fields") }
    return keys
  }
}
