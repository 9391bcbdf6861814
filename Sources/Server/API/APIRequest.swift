// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters

/// A request that has been let in: who makes it, and its parts, checked against the route's declaration.
struct APIRequest: Sendable {
  let http: HTTPRequest
  let principal: Principal
  /// Whether a genuine signed link for this path came along.
  let hasLink: Bool
  /// Address of the server as the client knows it, without a slash at the end.
  let base: String

  var viewer: Viewer { principal.viewer }

  /// A part of the path, as `{jobID}`.
  func path(_ name: String) -> String { http.parameters[name] ?? "" }

  func query(_ name: String) -> String? { http.query(name) }

  func integer(_ name: String) -> Int? { http.query(name).flatMap { Int($0) } }

  /// The elements of `name=a,b` and `name=a&name=b`.
  func list(_ name: String) -> [String] {
    http.query.filter { $0.name == name }.flatMap { $0.value.split(separator: ",").map(String.init) }
  }

  /// The body as an object; the front door has read it once already to check it.
  func object() throws -> JSONObject {
    guard case .bytes(let bytes) = http.body, !bytes.isEmpty else { return [:] }
    guard let object = try JSONValue(parsing: bytes, named: "the body").objectValue else {
      throw Problem(.malformedRequest, "the body must be a JSON object")
    }
    return object
  }

  /// The user; the route's scope has made sure that there is one.
  func user() throws -> User {
    guard let user = principal.user else { throw Problem(.loginNeeded, "log in or send a token first") }
    return user
  }

  /// Address of a path of this server.
  func link(_ path: String) -> String { base + path }

  /// The links of a document to itself: as it is, and as a page.
  func ownLinks(_ path: String, title: String) -> JSONValue { Server.ownLinks(link(path), title: title) }

  /// Whether the client would rather have a page than JSON: `f=html`, or a browser's own request.
  static func wantsHTML(_ http: HTTPRequest) -> Bool {
    if let format = http.query("f") { return format == "html" }
    let accept = http.headers["Accept"] ?? ""
    guard let html = accept.range(of: "text/html") else { return false }
    guard let json = accept.range(of: "json") else { return true }
    return html.lowerBound < json.lowerBound
  }
}

/// The links of a document at an address to itself: as it is, and as a page.
func ownLinks(_ address: String, title: String) -> JSONValue {
  [
    ["rel": "self", "href": .string(address), "type": "application/json", "title": .string(title)],
    ["rel": "alternate", "href": .string(address + "?f=html"), "type": "text/html", "title": .string(title)],
  ]
}
