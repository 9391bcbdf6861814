// SPDX-License-Identifier: Apache-2.0

extension ParameterSet {
  /// The `inputs` of an OGC API Processes process description.
  ///
  /// Each input has `title`, `description`, `minOccurs`, `maxOccurs` and `schema`. Lists are one input of type array.
  /// Grouping, folding and units for a form are `x-group`, `x-advanced`, `x-ogc-unit`; the order is that of
  /// declaration.
  public static var ogcInputs: JSONObject {
    JSONObject(
      Self().fields.map { field in
        let input: JSONObject = [
          "title": .string(field.title),
          "description": .string(field.declaration.help),
          "minOccurs": .integer(field.isRequired ? 1 : 0),
          "maxOccurs": 1,
          "schema": .object(field.schema),
        ]
        return (field.name, .object(input))
      })
  }

  /// A JSON Schema (draft 2020-12) of an object that holds these parameters and nothing else.
  ///
  /// - Parameter title: title of the schema, such as the command's name.
  public static func jsonSchema(title: String) -> JSONObject {
    let fields = Self().fields
    let properties = JSONObject(
      fields.map { field in
        var schema: JSONObject = [
          "title": .string(field.title), "description": .string(field.declaration.help),
        ]
        schema = schema.merged(with: field.schema)
        return (field.name, .object(schema))
      })
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": .string(title),
      "type": "object",
      "properties": .object(properties),
      "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
      "additionalProperties": false,
    ]
  }
}

extension ParameterField {
  /// Schema of the value alone: type, limits, choices, default and what a form needs.
  public var schema: JSONObject {
    let shape = declaration.shape
    var schema = shape.isList ? listSchema : elementSchema
    if shape.isOptional, let type = schema["type"] { schema["type"] = [type, "null"] }
    if shape.isOptional, let choices = schema["enum"]?.arrayValue { schema["enum"] = .array(choices + [nil]) }
    if shape.isOptional, let forms = schema["oneOf"]?.arrayValue {
      schema["oneOf"] = .array(forms + [["type": "null"]])
    }
    if let value, !value.isNull { schema["default"] = value }
    if shape.isOptional { schema["x-absent"] = .string(declaration.absent) }
    if !declaration.unit.isEmpty { schema["x-ogc-unit"] = .string(declaration.unit) }
    if !group.isEmpty { schema["x-group"] = .string(group) }
    if declaration.isAdvanced { schema["x-advanced"] = true }
    if declaration.isPositional { schema["x-positional"] = true }
    return schema
  }

  private var listSchema: JSONObject {
    var schema: JSONObject = ["type": "array", "items": .object(elementSchema)]
    if let count = declaration.count {
      schema["minItems"] = .integer(count.lowerBound)
      if count.upperBound < Int.max { schema["maxItems"] = .integer(count.upperBound) }
    }
    return schema
  }

  private var elementSchema: JSONObject {
    var schema: JSONObject =
      switch declaration.shape.type {
      case .integer: ["type": "integer"]
      case .number: ["type": "number"]
      case .boolean: ["type": "boolean"]
      case .text: ["type": "string"]
      // Day or instant: JSON Schema has a format for each, but none for either.
      case .date:
        ["type": "string", "pattern": #"^\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|[+-]\d{2}:\d{2})?)?$"#, "x-date": true]
      case .path(let role): ["type": "string", "minLength": 1, "x-path": .string(role.rawValue)]
      case .area:
        [
          "oneOf": [
            ["type": "array", "items": ["type": "number"], "minItems": 4, "maxItems": 4],
            ["type": "string", "minLength": 1],
          ], "x-area": true,
        ]
      case .choice(let choices):
        [
          "type": "string", "enum": .array(choices.map { .string($0.name) }),
          "x-enum-descriptions": .array(choices.map { .string($0.summary) }),
        ]
      }
    guard let limits = declaration.limits, [.integer, .number].contains(declaration.shape.type) else { return schema }
    if limits.isAboveZero { schema["exclusiveMinimum"] = 0 } else { schema["minimum"] = limits.lower }
    schema[limits.isUpperExcluded ? "exclusiveMaximum" : "maximum"] = limits.upper
    return schema
  }
}
