// SPDX-License-Identifier: Apache-2.0
import Parameters

/// Short words for the schemas of requests and answers.
extension JSONObject {
  static func object(
    _ properties: JSONObject, required: [String] = [], isOpen: Bool = false
  ) -> JSONObject {
    var schema: JSONObject = ["type": "object", "properties": .object(properties)]
    if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
    if !isOpen { schema["additionalProperties"] = false }
    return schema
  }
}

extension JSONValue {
  static func text(least: Int = 0, most: Int = 1000, orNull: Bool = false) -> JSONValue {
    var schema: JSONObject = ["type": "string", "maxLength": .integer(most)]
    if least > 0 { schema["minLength"] = .integer(least) }
    if orNull { schema["nullable"] = true }
    return .object(schema)
  }

  static func choice(_ names: [String]) -> JSONValue {
    ["type": "string", "enum": .array(names.map(JSONValue.string))]
  }

  static func list(_ items: JSONValue, least: Int = 0, most: Int = 100_000) -> JSONValue {
    ["type": "array", "items": items, "minItems": .integer(least), "maxItems": .integer(most)]
  }

  static func whole(_ least: Int, _ most: Int, orNull: Bool = false) -> JSONValue {
    var schema: JSONObject = ["type": "integer", "minimum": .integer(least), "maximum": .integer(most)]
    if orNull { schema["nullable"] = true }
    return .object(schema)
  }

  /// A GeoJSON geometry, as far as a schema says it in a line.
  static let geometry: JSONValue = [
    "type": "object", "required": ["type", "coordinates"],
    "properties": [
      "type": [
        "type": "string",
        "enum": ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"],
      ], "coordinates": ["type": "array", "minItems": 1],
    ],
  ]
  static let flag: JSONValue = ["type": "boolean"]
  static let anything: JSONValue = ["type": "object"]
  static let visibility: JSONValue = .choice(["private", "group", "public", "link"])
}
