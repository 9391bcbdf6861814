// SPDX-License-Identifier: Apache-2.0
import Parameters
import Storage

/// The properties of items that stand in columns of their own, because questions ask for them often.
package struct ItemColumn: Sendable {
  package enum Kind: String, Sendable {
    case text, number, integer, moment
    /// Anything that JSON can hold: a property that stands in the document only.
    case any
  }

  /// Name of the property in STAC.
  package let property: String
  package let column: String
  package let kind: Kind
  package let title: String

  private init(_ property: String, _ column: String, _ kind: Kind, _ title: String) {
    (self.property, self.column, self.kind, self.title) = (property, column, kind, title)
  }

  /// Columns that are filled from the property of their name.
  package static let filled: [ItemColumn] = [
    ItemColumn("created", "created", .moment, "Time of creation of the metadata"),
    ItemColumn("updated", "updated", .moment, "Time of the last change of the metadata"),
    ItemColumn("title", "title", .text, "Title"),
    ItemColumn("platform", "platform", .text, "Satellite"),
    ItemColumn("constellation", "constellation", .text, "Group of satellites"),
    ItemColumn("gsd", "gsd", .number, "Distance of ground samples, m"),
    ItemColumn("eo:cloud_cover", "cloud_cover", .number, "Cloud cover of the whole image, %"),
    ItemColumn("sat:relative_orbit", "relative_orbit", .integer, "Relative orbit"),
    ItemColumn("sat:orbit_state", "orbit_state", .text, "Direction of the orbit: ascending or descending"),
    ItemColumn("grid:code", "grid_code", .text, "Tile, such as MGRS-33XWJ or WRS2-005009"),
    ItemColumn("processing:level", "processing_level", .text, "Level of processing, such as L2A"),
    ItemColumn("view:sun_azimuth", "sun_azimuth", .number, "Direction to the sun, degrees from north"),
    ItemColumn("view:sun_elevation", "sun_elevation", .number, "Elevation of the sun, degrees"),
    ItemColumn("view:off_nadir", "off_nadir", .number, "Angle between the view and the nadir, degrees"),
  ]

  /// Columns that are made in other ways.
  private static let derived: [ItemColumn] = [
    ItemColumn("id", "id", .text, "Name of the item"),
    ItemColumn("collection", "collection", .text, "Collection of the item"),
    ItemColumn("datetime", "moment", .moment, "When the image was taken, or when its interval begins"),
    ItemColumn("start_datetime", "start", .moment, "First moment"),
    ItemColumn("end_datetime", "finish", .moment, "Last moment"),
  ]

  package static let all = derived + filled

  private static let byProperty = Dictionary(uniqueKeysWithValues: all.map { ($0.property, $0) })

  /// The column of a property; nil for one that stands in the document only.
  package static func of(_ property: String) -> ItemColumn? { byProperty[bare(property)] }

  /// The name without `properties.`, which some clients put before it.
  package static func bare(_ property: String) -> String {
    property.hasPrefix("properties.") ? String(property.dropFirst("properties.".count)) : property
  }

  /// The value of the column for an item with these properties.
  func value(in properties: JSONObject) -> SQLValue {
    guard let value = properties[property] else { return .null }
    switch kind {
    case .text: return SQLValue(value.stringValue)
    case .number: return SQLValue(value.doubleValue)
    case .integer: return SQLValue(value.intValue)
    case .moment: return SQLValue(value.stringValue.flatMap(StacTime.milliseconds))
    case .any: return .null
    }
  }
}

extension ItemColumn {
  /// A property as SQL, over a table `items` with the alias `i`, with its kind.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-filter` for a name that no property can have.
  static func sql(_ property: String) throws(CatalogueError) -> (sql: SQLFragment, kind: Kind) {
    if let column = of(property) { return (SQLFragment("i." + column.column), column.kind) }
    let path = try jsonPath(property)
    return ("json_extract(\(document), \(path))", .any)
  }

  /// The document of the item `i`.
  static let document: SQLFragment = "(SELECT d.document FROM item_documents d WHERE d.number = i.number)"

  /// Where a property stands in the document.
  static func jsonPath(_ property: String) throws(CatalogueError) -> SQLValue {
    let name = bare(property)
    guard !name.isEmpty, name.utf8.count <= 200, !name.contains("\""), !name.contains("\\") else {
      throw CatalogueError(.badFilter, "\"\(property.prefix(60))\" is no name of a property")
    }
    return .text("$.properties.\"\(name)\"")
  }
}
