// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// One operation of the interface: what it takes and gives, and the function behind it.
///
/// The declaration is used three times: to route, to check a request before the function sees it, and to write the
/// OpenAPI document. So the document can't promise what the server does not hold.
struct APIRoute: Sendable {
  /// How the function works.
  enum Handler: Sendable {
    /// Reads and writes files or the database: runs on a thread of its own.
    case work(@Sendable (APIRequest) throws -> HTTPResponse)
    /// Waits for something else: holds no thread meanwhile.
    case wait(@Sendable (APIRequest) async throws -> HTTPResponse)
  }

  /// What a request may carry.
  enum Body: Sendable {
    case none
    case json(JSONObject, isRequired: Bool = true)
    /// Bytes that are kept as a file.
    case file
  }

  let method: HTTPMethod
  /// As in `/api/jobs/{jobID}`; `{path...}` takes the rest.
  let path: String
  /// Name of the operation in the OpenAPI document.
  let id: String
  let summary: String
  let tag: String
  /// What the credentials must allow; nil lets in anybody.
  var needs: Scope?
  var query: [APIParameter] = []
  var body = Body.none
  var answers: [APIAnswer] = [.json()]
  /// Whether changes by cookie need no CSRF token: only for the login itself.
  var isOpenToForms = false
  let handler: Handler

  init(
    _ method: HTTPMethod, _ path: String, id: String, _ summary: String, tag: String, needs: Scope? = nil,
    query: [APIParameter] = [], body: Body = .none, answers: [APIAnswer] = [.json()], isOpenToForms: Bool = false,
    _ handler: Handler
  ) {
    (self.method, self.path, self.id, self.summary, self.tag) = (method, path, id, summary, tag)
    (self.needs, self.query, self.body, self.answers) = (needs, query, body, answers)
    (self.isOpenToForms, self.handler) = (isOpenToForms, handler)
  }

  /// Names of the parts of the path that vary.
  var pathParameters: [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      String($0.dropFirst().dropLast()).replacing("...", with: "")
    }
  }
}

/// A parameter of the query.
struct APIParameter: Sendable {
  let name: String
  let help: String
  /// Of one value, or an array: then values are separated by commas.
  private(set) var schema: JSONObject
  var isRequired = false

  init(_ name: String, _ help: String, _ schema: JSONObject, isRequired: Bool = false) {
    (self.name, self.help, self.schema, self.isRequired) = (name, help, schema, isRequired)
    if schema["type"] == "integer", schema["maximum"] == nil, schema["enum"] == nil {
      self.schema["maximum"] = .integer(Self.largest)
    }
    // `name=` could be a list of nothing or of one empty word: it is refused.
    if schema["type"] == "array" { self.schema["minItems"] = 1 }
    if var items = schema["items"]?.objectValue, items["enum"] == nil, items["type"] == "string" {
      items["minLength"] = 1
      self.schema["items"] = .object(items)
    }
  }

  /// Whole numbers beyond are refused: every client can write those below exactly.
  private static let largest = 1_000_000_000_000_000

  static func limit(default value: Int, most: Int) -> APIParameter {
    APIParameter(
      "limit", "How many at most",
      ["type": "integer", "minimum": 1, "maximum": .integer(most), "default": .integer(value)])
  }

  /// Which form the answer has, where the header Accept does not say it.
  static let format = APIParameter(
    "f", "Form of the answer: by the header Accept when absent", ["type": "string", "enum": ["json", "html"]])

  /// What is wrong with the values that were sent; nil when nothing is.
  func problem(with values: [String]) -> String? {
    guard !values.isEmpty else { return isRequired ? "the parameter \(name) is missing: \(help)" : nil }
    if schema["type"] == "array" {
      let elements = values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      let document = JSONValue.array(elements.map { Self.value($0, schema["items"]?.objectValue ?? [:]) })
      return SchemaCheck.problem(document, schema, at: name)
    }
    guard values.count == 1 else { return "the parameter \(name) is given \(values.count) times; give it once" }
    return SchemaCheck.problem(Self.value(values[0], schema), schema, at: name)
  }

  private static func value(_ text: String, _ schema: JSONObject) -> JSONValue {
    switch schema["type"]?.stringValue {
    case "integer": Int(text).map(JSONValue.integer) ?? .string(text)
    case "number": Double(text).flatMap { $0.isFinite ? .number($0) : nil } ?? .string(text)
    case "boolean": text == "true" ? true : text == "false" ? false : .string(text)
    default: .string(text)
    }
  }
}

/// What an operation answers when all is well.
struct APIAnswer: Sendable {
  let status: Int
  let summary: String
  /// Media type and schema; nil without a body.
  let type: String?
  let schema: JSONObject

  static func json(_ schema: JSONObject = ["type": "object"], status: Int = 200, _ summary: String = "Done")
    -> APIAnswer
  {
    APIAnswer(status: status, summary: summary, type: "application/json", schema: schema)
  }

  static func bytes(_ type: String, _ summary: String = "Done", status: Int = 200) -> APIAnswer {
    APIAnswer(status: status, summary: summary, type: type, schema: ["type": "string", "format": "binary"])
  }

  /// A file of any type.
  static let file = APIAnswer(status: 200, summary: "The file", type: "*/*", schema: [:])

  static func nothing(_ status: Int = 204) -> APIAnswer {
    APIAnswer(status: status, summary: "Done", type: nil, schema: [:])
  }

  static func schema(_ name: String) -> JSONObject { ["$ref": .string("#/components/schemas/\(name)")] }
}
