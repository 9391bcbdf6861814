// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// What a client sent after the headers.
public enum HTTPBody: Sendable {
  case none
  case bytes([UInt8])
  /// A body too large for the memory, in a file that is removed once the request is answered: move it away to keep it.
  case file(path: String, count: Int)

  /// Length, bytes.
  public var count: Int {
    switch self {
    case .none: 0
    case .bytes(let bytes): bytes.count
    case .file(_, let count): count
    }
  }
}

/// A request whose head was read and checked.
public struct HTTPRequest: Sendable {
  public var method: HTTPMethod
  /// Percent-decoded once; begins with a slash and ends without one. Use `segments` to tell slashes that came encoded.
  public var path: String
  /// The parts of the path, decoded.
  public var segments: [String]
  /// The pairs of the query, decoded, in their order.
  public var query: [(name: String, value: String)]
  public var headers: HTTPFields
  public var body: HTTPBody
  /// The client's address; behind a trusted proxy, the one that the proxy reports.
  public var peer: String
  /// Whether the client's connection is encrypted.
  public var isSecure: Bool
  /// What the router found in the path: `jobID` of `/jobs/{jobID}`.
  public var parameters: [String: String] = [:]

  public init(
    method: HTTPMethod = .get, target: String, headers: HTTPFields = [:], body: HTTPBody = .none
  ) throws(HTTPError) {
    guard let target = HTTPTarget(target) else {
      throw HTTPError(.malformed, "the request target \(target) is not a well-formed path: percent-encode its parts")
    }
    self.init(method: method, target: target, headers: headers, peer: "127.0.0.1", isSecure: false)
    self.body = body
  }

  init(method: HTTPMethod, target: HTTPTarget, headers: HTTPFields, peer: String, isSecure: Bool) {
    self.method = method
    path = target.path
    segments = target.segments
    query = target.query
    self.headers = headers
    body = .none
    self.peer = peer
    self.isSecure = isSecure
  }

  /// The first value of a name in the query, decoded.
  public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The value of a cookie.
  public func cookie(_ name: String) -> String? {
    for field in headers.all("Cookie") {
      for pair in field.split(separator: ";") {
        let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2, HTTPFields.trimmed(halves[0]) == name { return HTTPFields.trimmed(halves[1]) }
      }
    }
    return nil
  }

  /// The media type of the body in lower case and without its parameters; nil when it is not said.
  public var contentType: String? {
    headers["Content-Type"].map { HTTPFields.trimmed($0.prefix { $0 != ";" }).lowercased() }
  }

  /// The bytes of a body that was taken into the memory; empty when there is none or it went to a file.
  public var bytes: [UInt8] {
    guard case .bytes(let bytes) = body else { return [] }
    return bytes
  }

  /// The body read as JSON.
  ///
  /// - Throws: `ParameterError` with line and column when it is not JSON.
  public func json() throws(ParameterError) -> JSONValue {
    try JSONValue(parsing: bytes, named: "the request's body")
  }

  /// The pairs of a body sent by a form; nil when it is not well formed.
  public func form() -> [(name: String, value: String)]? {
    String(validating: bytes, as: UTF8.self).flatMap { PercentCoding.pairs($0) }
  }
}
