// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// What a client asks when it executes a process: OGC API Processes 1.0, in both published forms of asking for the
/// response (`response: raw | document` in the body, and the header `Prefer: return=…`).
struct ExecuteRequest: Sendable {
  enum Response: Sendable { case raw, document }

  var inputs: JSONObject
  /// Ids of the outputs that are wanted, and whether by address; nil for all.
  var outputs: [String: Transmission]?
  var response: Response
  var subscriber: JSONObject?
  var title: String?
  var visibility: Visibility
  /// Whether the client rather comes back for the result.
  var prefersAsync: Bool

  enum Transmission: String, Sendable { case value, reference }

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
    outputs = try body["outputs"]?.objectValue.map(Self.outputs)
    response = body["response"] == "document" || preferences.contains("return=representation") ? .document : .raw
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

  private static func outputs(_ object: JSONObject) throws -> [String: Transmission] {
    var outputs: [String: Transmission] = [:]
    for (id, wish) in object {
      let word = wish["transmissionMode"]?.stringValue
      guard let mode = word.map(Transmission.init(rawValue:)) ?? .value else {
        throw Problem(.invalidRequest, "outputs.\(id).transmissionMode must be value or reference")
      }
      outputs[id] = mode
    }
    return outputs
  }

  /// - Throws: `invalidRequest` for outputs that the process does not have.
  func check(_ process: ServedProcess) throws {
    let known = process.outputs.map(\.id)
    for id in outputs?.keys.sorted() ?? [] where !known.contains(id) {
      throw Problem(
        .invalidRequest, "the process \(process.id) has no output '\(id)'; it has \(known.joined(separator: ", "))")
    }
  }
}
