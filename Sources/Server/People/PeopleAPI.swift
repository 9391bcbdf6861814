// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// Users and the audit log, for administrators.
struct PeopleAPI {
  let platform: Platform
  private var accounts: AccountStore { platform.accounts }

  var routes: [APIRoute] {
    [
      APIRoute(.get, "/api/users", id: "listUsers", "All users", tag: "People", needs: .admin, .work(users)),
      APIRoute(
        .post, "/api/users", id: "addUser", "Add a user, with a first token", tag: "People", needs: .admin,
        body: .json(
          .object(
            [
              "name": ["type": "string", "pattern": "^[a-z0-9_-][a-z0-9._-]{0,63}$"],
              "email": .text(most: 200, orNull: true), "isAdmin": .flag,
              "password": .text(least: 10, most: 1024),
            ], required: ["name"])), answers: [.json(status: 201)], .work(add)),
      APIRoute(
        .patch, "/api/users/{userID}", id: "changeUser", "Change a user", tag: "People", needs: .admin,
        body: .json(
          .object([
            "isAdmin": .flag, "disabled": .flag, "quotaBytes": .whole(0, 1 << 53, orNull: true),
            "runningLimit": .whole(0, 10_000, orNull: true), "email": .text(most: 200, orNull: true),
          ])), .work(change)),
      APIRoute(
        .get, "/api/audit", id: "listAudit", "Who did what, the newest first", tag: "People", needs: .admin,
        query: [
          .limit(default: 100, most: 1000),
          APIParameter("before", "Only entries before this number", ["type": "integer", "minimum": 1]),
          APIParameter("q", "Only entries with this text", ["type": "string", "maxLength": 200]),
        ], .work(audit)),
    ]
  }

  private func users(_ request: APIRequest) throws -> HTTPResponse {
    .json(["users": .array(try accounts.users().map { .object(try document(of: $0)) })])
  }

  private func add(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    var user = try accounts.addUser(
      named: body["name"]?.stringValue ?? "", password: body["password"]?.stringValue,
      isAdmin: body["isAdmin"]?.boolValue ?? false)
    if let email = body["email"]?.stringValue {
      user.email = email
      try accounts.update(user)
    }
    let (_, secret) = try accounts.addToken(for: user.id, named: "first", scope: user.isAdmin ? .admin : .submit)
    try record("user.create", user, request)
    var document = try document(of: user)
    document["token"] = .string(secret)
    return .json(object: document, status: 201).with("Cache-Control", "no-store")
  }

  private func change(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    guard var user = try accounts.user(id: request.path("userID")) else {
      throw AccountsError(.noSuchUser, "there is no user with the id '\(request.path("userID"))'")
    }
    if let isAdmin = body["isAdmin"]?.boolValue { user.isAdmin = isAdmin }
    if let isDisabled = body["disabled"]?.boolValue { user.isDisabled = isDisabled }
    if let quota = body["quotaBytes"] { user.byteQuota = quota.intValue }
    if let quota = body["runningLimit"] { user.jobQuota = quota.intValue }
    if let email = body["email"] { user.email = email.stringValue }
    try accounts.update(user)
    try record("user.change", user, request)
    return .json(object: try document(of: user))
  }

  private func record(_ action: String, _ user: User, _ request: APIRequest) throws {
    try accounts.record(action, by: request.principal.name, on: user.name, from: request.http.peer)
  }

  private func document(of user: User) throws -> JSONObject {
    let usage = try platform.usage(of: user)
    return [
      "id": .string(user.id), "name": .string(user.name), "displayName": .string(user.displayName),
      "email": JSONValue(user.email), "isAdmin": .bool(user.isAdmin), "disabled": .bool(user.isDisabled),
      "created": APITime.json(milliseconds: user.created), "lastSeen": APITime.json(milliseconds: user.seen),
      "bytes": usage["bytes"] ?? 0, "quotaBytes": JSONValue(user.byteQuota), "runningLimit": JSONValue(user.jobQuota),
      "jobs": usage["jobs"] ?? 0,
      "groups": .array(try accounts.groups(of: user.id).map { .string($0.name) }),
    ]
  }

  private func audit(_ request: APIRequest) throws -> HTTPResponse {
    let limit = request.integer("limit") ?? 100
    let entries = try accounts.auditLog(
      limit: limit + 1, before: request.integer("before"), containing: request.query("q"))
    let shown = entries.prefix(limit)
    return .json([
      "entries": .array(
        shown.map { entry in
          [
            "n": .integer(entry.id), "time": APITime.json(milliseconds: entry.time), "user": .string(entry.actor),
            "peer": .string(entry.peer), "action": .string(entry.action), "object": .string(entry.subject),
            "outcome": entry.action.hasSuffix(".refused") ? "refused" : "ok", "detail": .string(entry.detail),
          ]
        }), "next": entries.count > limit ? JSONValue(shown.last?.id) : .null,
    ])
  }
}
