// SPDX-License-Identifier: Apache-2.0
import HTTP
import Parameters
import Processing

/// An error as the server tells it: RFC 7807, with the library's own kind of error.
struct Problem: Error, Sendable {
  let status: Int
  let kind: String
  let detail: String
  /// What is wrong with which input, where several things are.
  var problems: [(input: String?, message: String)] = []
  var headers: [(name: String, value: String)] = []

  init(_ status: Int, _ kind: String, _ detail: String) {
    (self.status, self.kind, self.detail) = (status, kind, detail)
  }

  init(_ kind: ServerErrorKind, _ detail: String) {
    self.init(Self.status(ofKind: kind.rawValue), kind.rawValue, detail)
  }

  /// From whatever was thrown; an error of no kind is ours, and its words stay in the server's log.
  init(_ error: any Error) {
    if let problem = error as? Problem {
      self = problem
    } else if let error = error as? ParameterError {
      self.init(400, error.kind, error.message)
      problems = error.problems.map { ($0.parameter, $0.message) }
    } else if let (kind, message) = kindAndMessage(of: error) {
      self.init(Self.status(ofKind: kind), kind, message)
    } else {
      self.init(500, "server.internal", "the server failed at this request; its log says more")
    }
  }

  /// The status that fits a kind: 400 for what the OpenAPI document does not allow, 422 for what it does and what still
  /// can't be used. Those with a status of their own first, then by the words that kinds share.
  static func status(ofKind kind: String) -> Int {
    if let status = statuses[kind] { return status }
    let name = kind.split(separator: ".").last.map(String.init) ?? kind
    for (word, status) in wordStatuses where name.hasPrefix(word) || name.hasSuffix(word) { return status }
    return kind.hasPrefix("parameters.") || kind.hasPrefix("request.") ? 400 : 500
  }

  private static let statuses = [
    "request.not-found": 404, "request.login-needed": 401, "request.not-allowed": 403, "request.cross-site": 403,
    "request.too-many": 429, "request.conflict": 409, "request.not-offered": 501, "request.unusable": 422,
    "raster.bad-crs": 422, "tiles.bad-range": 422, "tiles.bad-line": 422, "accounts.bad-expiry": 422,
    "catalogue.bad-document": 422,
    "jobs.result-not-ready": 404,
    "accounts.wrong-credentials": 401, "accounts.last-administrator": 409, "accounts.weak-password": 400,
    "run-folder.disk-full": 507, "storage.full": 507, "run-folder.locked": 409, "jobs.locked": 409,
    "jobs.no-stage": 404, "accounts.provider-unreachable": 502, "accounts.identity-invalid": 403,
    "http.not-fetched": 502, "http.bad-status": 502, "http.too-slow": 504,
  ]

  private static let wordStatuses = [
    ("no-such", 404), ("duplicate", 409), ("unreadable", 422), ("timeout", 503), ("checksum", 422),
    ("not-found", 404), ("missing-item", 404), ("taken", 409), ("conflict", 409),
    ("not-allowed", 403),
    ("forbidden", 403), ("refused", 403), ("restricted", 409), ("no-cloud-mask", 422), ("bad", 400),
    ("malformed", 400), ("invalid", 400),
    ("unknown", 400), ("unsupported", 400), ("too-large", 413), ("too-many", 429), ("quota", 429), ("missing", 404),
    ("no-place", 422), ("disk-full", 507),
    ("wrong-state", 409), ("not-georeferenced", 422),
  ]

  /// Types that OGC API Processes names; all others are the library's kinds.
  private static let standardTypes = [
    "processes.no-such-process": "no-such-process", "jobs.no-such-job": "no-such-job",
    "jobs.not-found": "no-such-job",
    "jobs.result-not-ready": "result-not-ready",
  ]

  var type: String {
    if let name = Self.standardTypes[kind] {
      return "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/\(name)"
    }
    return "urn:ogive:error:\(kind)"
  }

  var response: HTTPResponse {
    var document: JSONObject = [
      "type": .string(type), "title": .string(Self.titles[status] ?? "Error"), "status": .integer(status),
      "detail": .string(detail), "kind": .string(kind),
    ]
    if !problems.isEmpty {
      document["problems"] = .array(
        problems.map { ["input": $0.input.map(JSONValue.string) ?? .null, "message": .string($0.message)] })
    }
    var response = HTTPResponse.json(object: document, status: status, type: "application/problem+json")
    for header in headers { response.headers.add(header.name, header.value) }
    return response
  }

  private static let titles = [
    400: "Bad request", 401: "Login needed", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 413: "Too large", 415: "Unsupported media type", 422: "Can't be processed",
    429: "Too many requests",
    500: "Server error", 501: "Not offered", 503: "Unavailable", 507: "Disk full",
  ]
}

/// Kind and message of the errors of our modules, which need not share a type: properties of these names are enough.
private func kindAndMessage(of error: any Error) -> (kind: String, message: String)? {
  if let error = error as? any ExplainedError { return (error.kind, error.message) }
  var kind: String?, message: String?
  for child in Mirror(reflecting: error).children {
    if child.label == "kind" { kind = child.value as? String ?? rawValue(child.value) }
    if child.label == "message" { message = child.value as? String }
  }
  guard let kind, let message else { return nil }
  return (kind, message)
}

private func rawValue(_ value: Any) -> String? { (value as? any RawRepresentable)?.rawValue as? String }
