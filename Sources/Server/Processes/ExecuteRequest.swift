// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// What a client asks when it executes a process: OGC API Processes 1.0, in both published forms of asking for the
/// response (`response: raw | document` in the body, and the header `Prefer: return=…`).
struct ExecuteRequest: Sendable {
  var inputs: JSONObject
  var wish: ResultsWish
  var subscriber: JSONObject?
  var title: String?
  var visibility: Visibility
  /// Whether the client rather comes back for the result.
  var prefersAsync: Bool

  static let schema: JSONObject = .object(
    [
      "inputs": ["type": "object", "additionalProperties": [:]],
      "outputs": [
        "type": "object",
        "additionalProperties": ["type": "object", "additionalProperties": [:]],
      ],
      "response": .choice(["raw", "document"]),
      "subscriber": .object(
        .object(
          [
            "successUri": .text(least: 1), "successUrl": .text(least: 1), "inProgressUri": .text(least: 1),
            "failedUri": .text(least: 1),
          ])),
      "title": .text(most: 200), "visibility": .visibility, "group": .text(most: 64, orNull: true),
      "process": .text(least: 1, most: 100), "provenance": ["type": "object", "additionalProperties": [:]],
    ])

  init(_ request: APIRequest) throws {
    let body = try request.object()
    inputs = body["inputs"]?.objectValue ?? [:]
    let preferences = Self.preferences(request.http)
    wish = try ResultsWish(body)
    if preferences.contains("return=representation") { wish.form = .document }
    // The published schema writes successUrl where the text says successUri.
    subscriber = body["subscriber"]?.objectValue
    if let url = subscriber?["successUrl"] {
      subscriber?["successUri"] = url
      subscriber?["successUrl"] = nil
    }
    title = body["title"]?.stringValue
    visibility = Visibility(
      visibility: body["visibility"]?.stringValue ?? "private", group: body["group"]?.stringValue)
    prefersAsync = preferences.contains("respond-async")
    if case .group(let name) = visibility, !request.viewer.groups.contains(name), !request.viewer.isAdmin {
      throw Problem(.notAllowed, "you are not a member of the group '\(name)'")
    }
  }

  private static func preferences(_ http: HTTPRequest) -> Set<String> {
    Set(
      http.headers.all("Prefer").flatMap { $0.split(whereSeparator: { $0 == "," || $0 == ";" }) }
        .map { $0.filter { $0 != " " && $0 != "\"" }.lowercased() })
  }
}
