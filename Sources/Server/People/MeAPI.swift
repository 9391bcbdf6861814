// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// Who is asking, login and logout, tokens and sessions of one's own.
struct MeAPI {
  let platform: Platform
  private var accounts: AccountStore { platform.accounts }

  var routes: [APIRoute] {
    [
      APIRoute(.get, "/api/me", id: "getMe", "Who asks, and what the server is", tag: "Account", .work(me)),
      APIRoute(
        .post, "/login", id: "login", "Begin a session with a token", tag: "Account",
        body: .json(
          .object([
            "token": .text(most: 200), "name": .text(most: 64), "password": .text(most: 1024),
          ])), isOpenToForms: true, .work(login)),
      APIRoute(
        .post, "/logout", id: "logout", "End the session", tag: "Account", answers: [.nothing()], .work(logout)),
      APIRoute(
        .get, "/api/tokens", id: "listTokens", "One's tokens", tag: "Account", needs: .read, .work(tokens)),
      APIRoute(
        .post, "/api/tokens", id: "addToken", "Make a token; its secret is in the answer and nowhere else",
        tag: "Account", needs: .submit,
        body: .json(
          .object(
            [
              "name": .text(least: 1, most: 100), "scopes": .list(.choice(Scope.allCases.map(\.rawValue)), least: 1),
              "days": .whole(1, 3660, orNull: true),
            ], required: ["name", "scopes"])), answers: [.json(status: 201)], .work(addToken)),
      APIRoute(
        .delete, "/api/tokens/{tokenID}", id: "revokeToken", "End a token", tag: "Account", needs: .submit,
        answers: [.nothing()], .work(revoke)),
      APIRoute(
        .get, "/api/sessions", id: "listSessions", "One's open sessions", tag: "Account", needs: .read,
        .work(sessions)),
      APIRoute(
        .delete, "/api/sessions/{sessionID}", id: "closeSession", "End a session", tag: "Account", needs: .submit,
        answers: [.nothing()], .work(closeSession)),
    ]
  }

  // MARK: - Who

  private func me(_ request: APIRequest) throws -> HTTPResponse {
    .json(object: try document(of: request.principal)).with("Cache-Control", "no-store")
  }

  private func document(of principal: Principal) throws -> JSONObject {
    let groups = try principal.user.map { try accounts.groups(of: $0.id) } ?? []
    let scopes = Scope.allCases.filter { principal.may($0) }.map { JSONValue.string($0.rawValue) }
    var csrf = JSONValue.null
    if case .session(_, let token) = principal.method { csrf = .string(token) }
    var document: JSONObject = ["user": .null]
    if let user = principal.user {
      document["user"] = [
        "id": .string(user.id), "name": .string(user.name), "displayName": .string(user.displayName),
        "isAdmin": .bool(principal.viewer.isAdmin),
      ]
    }
    document["groups"] = .array(
      groups.map { group in
        let isManager = group.members.contains { $0.isManager && $0.userName == principal.user?.name }
        return [
          "id": .string(group.name), "title": .string(group.title), "role": isManager ? "manager" : "member",
        ]
      })
    document["scopes"] = .array(scopes)
    document["csrf"] = csrf
    document["usage"] = try principal.user.map { .object(try platform.usage(of: $0)) } ?? .null
    document["server"] = .object(platform.description)
    return document
  }

  // MARK: - Sessions

  private func login(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object()
    let peer = request.http.peer
    do {
      let seconds = platform.loginLimiter.take(peer)
      if seconds > 0 {
        throw Problem(.tooManyRequests, "too many logins; try again in \(Int(seconds.rounded(.up))) s")
      }
      let holder: Principal
      if let token = body["token"]?.stringValue {
        holder = try accounts.principal(token: token)
      } else {
        let user = try accounts.user(
          named: body["name"]?.stringValue ?? "", password: body["password"]?.stringValue ?? "")
        holder = Principal(user: user, scope: user.isAdmin ? .admin : .submit, method: .none)
      }
      guard let user = holder.user, let scope = holder.scope else { throw Problem(.loginNeeded, "no such user") }
      return try open(for: user, scope, request)
    } catch let error as AccountsError where error.kind == .wrongCredentials {
      try accounts.record("login.refused", by: body["name"]?.stringValue ?? "token", from: peer)
      throw error
    }
  }

  /// Opens a session and answers who is in it now.
  func open(for user: User, _ scope: Scope, _ request: APIRequest) throws -> HTTPResponse {
    let agent = request.http.headers["User-Agent"] ?? ""
    let session = try accounts.openSession(for: user.id, scope: scope, agent: agent, from: request.http.peer)
    try accounts.record("login", by: user.name, from: request.http.peer)
    guard let principal = try accounts.principal(session: session.secret) else {
      throw Problem(.loginNeeded, "the session ended as soon as it began")
    }
    return .json(object: try document(of: principal)).with("Set-Cookie", cookie(session.secret, request))
      .with("Cache-Control", "no-store")
  }

  private func cookie(_ value: String, _ request: APIRequest) -> String {
    let isSecure = request.base.hasPrefix("https:")
    return "\(APIFrontDoor.sessionCookie)=\(value); Path=/; HttpOnly; SameSite=Lax"
      + (isSecure ? "; Secure" : "") + (value.isEmpty ? "; Max-Age=0" : "")
  }

  private func logout(_ request: APIRequest) throws -> HTTPResponse {
    if case .session(let id, _) = request.principal.method, let user = request.principal.user {
      try accounts.closeSession(id: id, of: user.id)
      try accounts.record("logout", by: user.name, from: request.http.peer)
    }
    return HTTPResponse.noContent.with("Set-Cookie", cookie("", request))
  }

  private func sessions(_ request: APIRequest) throws -> HTTPResponse {
    var current: String?
    if case .session(let id, _) = request.principal.method { current = id }
    let sessions = try accounts.sessions(of: request.user().id).map { session -> JSONValue in
      [
        "id": .string(session.id), "created": APITime.json(milliseconds: session.created),
        "lastSeen": APITime.json(milliseconds: session.seen), "peer": .string(session.peer),
        "agent": .string(session.agent), "current": .bool(session.id == current),
      ]
    }
    return .json(["sessions": .array(sessions)])
  }

  private func closeSession(_ request: APIRequest) throws -> HTTPResponse {
    try accounts.closeSession(id: request.path("sessionID"), of: request.user().id)
    return .noContent
  }

  // MARK: - Tokens

  private func tokens(_ request: APIRequest) throws -> HTTPResponse {
    .json(["tokens": .array(try accounts.tokens(of: request.user().id).map { .object(Self.document(of: $0)) })])
  }

  private func addToken(_ request: APIRequest) throws -> HTTPResponse {
    let body = try request.object(), user = try request.user()
    let names = body["scopes"]?.arrayValue?.compactMap(\.stringValue) ?? []
    let scope = names.compactMap(Scope.init(rawValue:)).max() ?? .read
    guard request.principal.may(scope) else {
      throw Problem(.notAllowed, "a token can't be made for more than the login that makes it")
    }
    let (token, secret) = try accounts.addToken(
      for: user.id, named: body["name"]?.stringValue ?? "", scope: scope, days: body["days"]?.doubleValue)
    try accounts.record("token.create", by: user.name, on: token.id, detail: token.name, from: request.http.peer)
    var document = Self.document(of: token)
    document["token"] = .string(secret)
    return .json(object: document, status: 201).with("Cache-Control", "no-store")
  }

  private func revoke(_ request: APIRequest) throws -> HTTPResponse {
    let user = try request.user()
    try accounts.revokeToken(request.path("tokenID"), of: user.id)
    try accounts.record("token.revoke", by: user.name, on: request.path("tokenID"), from: request.http.peer)
    return .noContent
  }

  static func document(of token: Token) -> JSONObject {
    let scopes = Scope.allCases.filter { $0 <= token.scope }
    return [
      "id": .string(token.id), "name": .string(token.name), "hint": .string(token.hint),
      "scopes": .array(scopes.map { .string($0.rawValue) }),
      "created": APITime.json(milliseconds: token.created), "expires": APITime.json(milliseconds: token.expires),
      "lastUsed": APITime.json(milliseconds: token.used),
    ]
  }
}
