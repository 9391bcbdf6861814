// SPDX-License-Identifier: Apache-2.0
import Parameters

/// What is answered.
public struct HTTPResponse: Sendable {
  public enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A file, sent without reading it into the memory. Ranges and conditions are answered by the listener.
    case file(HTTPFile)
    /// Bytes that come over time.
    case stream(HTTPStream)
  }

  public var status: Int
  public var headers: HTTPFields
  public var body: Body

  public init(status: Int = 200, headers: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A text.
  public static func text(
    _ text: String, status: Int = 200, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Content-Type": type], body: .bytes(Array(text.utf8)))
  }

  /// A page.
  public static func html(_ text: String, status: Int = 200) -> HTTPResponse {
    .text(text, status: status, type: "text/html; charset=utf-8")
  }

  /// A JSON document on one line.
  public static func json(
    _ value: JSONValue, status: Int = 200, type: String = "application/json"
  ) -> HTTPResponse {
    .text(value.text(.line), status: status, type: type)
  }

  /// An error in the words of RFC 7807.
  ///
  /// - Parameters:
  ///   - kind: what kind of error: a stable name such as `job.not-found`, which also becomes the type.
  ///   - detail: what happened, with the values, and how to cure it.
  public static func problem(
    _ status: Int, kind: String, detail: String, title: String? = nil
  ) -> HTTPResponse {
    let object: JSONObject = [
      "type": .string("urn:ogive:error:\(kind)"), "title": .string(title ?? HTTPStatus.reason(status)),
      "status": .integer(status), "detail": .string(detail), "kind": .string(kind),
    ]
    return .json(.object(object), status: status, type: "application/problem+json")
  }

  /// Sends the client elsewhere; 303 makes it a GET.
  public static func redirect(to location: String, status: Int = 303) -> HTTPResponse {
    HTTPResponse(status: status, headers: ["Location": location])
  }

  /// A copy with one header field set.
  public func with(_ name: String, _ value: String) -> HTTPResponse {
    var copy = self
    copy.headers[name] = value
    return copy
  }
}

/// The words for the status codes that are used here.
public enum HTTPStatus {
  public static func reason(_ status: Int) -> String { reasons[status] ?? "Status \(status)" }

  private static let reasons: [Int: String] = [
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content", 303: "See Other",
    304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    416: "Range Not Satisfiable", 422: "Unprocessable Content", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 507: "Insufficient Storage",
  ]
}
