// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters

/// The OpenAPI 3.0 document of a list of routes; whole in itself, so that clients need no network to read it.
struct OpenAPIDocument {
  let routes: [APIRoute]
  /// Schemas that routes refer to by name.
  let schemas: JSONObject
  let version: String

  /// - Parameter base: address of the server.
  func json(base: String) -> JSONObject {
    var paths: JSONObject = [:]
    // Paths that take a rest can't be said in OpenAPI: they are there as one part.
    for route in routes where route.path.hasPrefix("/api") {
      let path = route.path.replacing("...}", with: "}")
      var item = paths[path]?.objectValue ?? [:]
      item[route.method.rawValue.lowercased()] = .object(operation(route))
      paths[path] = .object(item)
    }
    return [
      "openapi": "3.0.3",
      "info": [
        "title": "Ogive", "version": .string(version),
        "description": "Measures and maps moving ground: processes, jobs, catalogue, layers.",
        "license": ["name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"],
      ],
      "servers": [["url": .string(base)]],
      "paths": .object(paths),
      "components": [
        "schemas": .object(schemas.merged(with: ["problem": .object(Self.problem)])),
        "securitySchemes": [
          "token": ["type": "http", "scheme": "bearer", "description": "A token made on the page Account"],
          "session": ["type": "apiKey", "in": "cookie", "name": .string(APIFrontDoor.sessionCookie)],
        ],
      ],
    ]
  }

  /// The schema of a parameter of the query, which is refused by the listener where it holds U+0000.
  private static func withoutNull(_ schema: JSONObject) -> JSONObject {
    var schema = schema
    if let items = schema["items"]?.objectValue { schema["items"] = .object(withoutNull(items)) }
    if schema["type"] == "string", schema["pattern"] == nil, schema["enum"] == nil {
      schema["pattern"] = #"^[^\u0000]*$"#
    }
    return schema
  }

  private func operation(_ route: APIRoute) -> JSONObject {
    var operation: JSONObject = [
      "operationId": .string(route.id), "summary": .string(route.summary), "tags": [.string(route.tag)],
    ]
    let path = route.pathParameters.map { name -> JSONValue in
      [
        "name": .string(name), "in": "path", "required": true,
        "schema": ["type": "string", "minLength": 1, "pattern": .string(NameText.pattern)],
      ]
    }
    let query = route.query.map { parameter -> JSONValue in
      var document: JSONObject = [
        "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
        "description": .string(parameter.help), "schema": .object(Self.withoutNull(parameter.schema)),
      ]
      if parameter.schema["type"] == "array" { document["explode"] = false }
      return .object(document)
    }
    if !path.isEmpty || !query.isEmpty { operation["parameters"] = .array(path + query) }
    switch route.body {
    case .none: break
    case .json(let schema, let isRequired):
      operation["requestBody"] = [
        "required": .bool(isRequired), "content": ["application/json": ["schema": .object(schema)]],
      ]
    case .file:
      operation["requestBody"] = [
        "required": true,
        "content": ["application/octet-stream": ["schema": ["type": "string", "format": "binary"]]],
      ]
    }
    operation["responses"] = .object(responses(route))
    if route.needs != nil { operation["security"] = [["token": []], ["session": []]] }
    return operation
  }

  private func responses(_ route: APIRoute) -> JSONObject {
    var responses: JSONObject = [:]
    for answer in route.answers {
      var document = responses["\(answer.status)"]?.objectValue ?? ["description": .string(answer.summary)]
      if let type = answer.type {
        var content = document["content"]?.objectValue ?? [:]
        content[type] = ["schema": .object(answer.schema)]
        if route.method == .get, HTMLRendering.types.contains(type) { content["text/html"] = Self.page }
        document["content"] = .object(content)
      }
      responses["\(answer.status)"] = .object(document)
    }
    var refusals: JSONObject = ["application/problem+json": ["schema": ["$ref": "#/components/schemas/problem"]]]
    if route.method == .get { refusals["text/html"] = Self.page }
    responses["default"] = [
      "description": "What went wrong and what to do about it", "content": .object(refusals),
    ]
    return responses
  }

  /// What browsers get, which ask for pages.
  private static let page: JSONValue = ["schema": ["type": "string"]]

  private static let problem: JSONObject = [
    "type": "object",
    "description": "RFC 7807; `kind` is the library's own name of the error",
    "required": ["type", "title", "status", "detail", "kind"],
    "properties": [
      "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
      "detail": ["type": "string"], "kind": ["type": "string"],
      "problems": [
        "type": "array",
        "items": [
          "type": "object",
          "properties": ["input": ["type": "string", "nullable": true], "message": ["type": "string"]],
        ],
      ],
    ],
  ]
}
