// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Storage

extension Catalogue {
  /// Items that are looked into for further properties.
  private static let sampleCount = 50

  /// The properties that a filter can name, as JSON Schema: those with columns, and what a sample of the items has.
  ///
  /// - Parameters:
  ///   - collection: nil for all.
  ///   - address: where the document is served, its `$id`.
  public func queryables(of collection: String?, address: String, for viewer: Viewer) throws -> JSONObject {
    var search = ItemSearch()
    search.limit = Self.sampleCount
    if let collection {
      _ = try self.collection(collection, for: viewer)
      search.collections = [collection]
    }
    var properties: JSONObject = [
      "geometry": [
        "title": "Outline of the image", "$ref": "https://geojson.org/schema/Geometry.json",
      ]
    ]
    for column in ItemColumn.all { properties[column.property] = column.schema }
    for item in try self.search(search, for: viewer).items {
      for (name, value) in item["properties"]?.objectValue ?? JSONObject() where properties[name] == nil {
        guard (try? ItemColumn.jsonPath(name)) != nil, let type = Self.type(of: value) else { continue }
        properties[name] = ["title": .string(name), "type": .string(type)]
      }
    }
    return [
      "$schema": "https://json-schema.org/draft/2019-09/schema", "$id": .string(address), "type": "object",
      "title": .string("Properties of items" + (collection.map { " of \($0)" } ?? "")),
      "properties": .object(properties), "additionalProperties": true,
    ]
  }

  private static func type(of value: JSONValue) -> String? {
    switch value {
    case .null, .object: nil
    case .bool: "boolean"
    // A whole number in one item may have a fraction in the next.
    case .integer, .number: "number"
    case .string: "string"
    case .array: "array"
    }
  }
}

extension ItemColumn {
  fileprivate var schema: JSONValue {
    var schema: JSONObject = ["title": .string(title)]
    switch kind {
    case .text, .any: schema["type"] = "string"
    case .integer: schema["type"] = "integer"
    case .number: schema["type"] = "number"
    case .moment:
      schema["type"] = "string"
      schema["format"] = "date-time"
    }
    if property == "eo:cloud_cover" {
      schema["minimum"] = 0
      schema["maximum"] = 100
    }
    if property == "sat:orbit_state" { schema["enum"] = ["ascending", "descending", "geostationary"] }
    return .object(schema)
  }
}
