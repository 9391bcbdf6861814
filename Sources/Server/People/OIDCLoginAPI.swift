// SPDX-License-Identifier: Apache-2.0
import Accounts
import HTTP
import Parameters

/// Login through an identity provider, where one is set up: two addresses that a browser is led through.
struct OIDCLoginAPI {
  let platform: Platform

  /// Where the provider sends browsers back to, below the server's public address; to be registered there.
  static let returnPath = "/login/oidc/return"
  private static let cookieName = "ogive_login"

  var routes: [APIRoute] {
    guard let provider = platform.identityProvider else { return [] }
    return [
      APIRoute(
        .get, "/login/oidc", id: "beginLogin", "Go to the identity provider", tag: "Account",
        query: [APIParameter("return", "Path of the page to come back to", ["type": "string"])],
        answers: [.nothing(303)], .wait { try await begin($0, provider) }),
      APIRoute(
        .get, Self.returnPath, id: "finishLogin", "Come back from the identity provider", tag: "Account",
        answers: [.nothing(303)], .wait { try await finish($0, provider) }),
    ]
  }

  private func begin(_ request: APIRequest, _ provider: OIDCProvider) async throws -> HTTPResponse {
    let seconds = platform.loginLimiter.take(request.http.peer)
    if seconds > 0 {
      throw Problem(.tooManyRequests, "too many logins; try again in \(Int(seconds.rounded(.up))) s")
    }
    let login = try await provider.begin(returnPath: request.query("return") ?? "/")
    return HTTPResponse.redirect(to: login.address).with("Set-Cookie", cookie(login.cookie, seconds: 600, request))
      .with("Cache-Control", "no-store")
  }

  private func finish(_ request: APIRequest, _ provider: OIDCProvider) async throws -> HTTPResponse {
    let peer = request.http.peer
    do {
      let identity = try await provider.finish(request.http.query, cookie: request.http.cookie(Self.cookieName))
      return try await onThread {
        let user = try platform.accounts.user(for: identity)
        let opened = try MeAPI(platform: platform).open(for: user, user.isAdmin ? .admin : .submit, request)
        var response = HTTPResponse.redirect(to: identity.returnPath).with("Cache-Control", "no-store")
        response.headers.add("Set-Cookie", opened.headers["Set-Cookie"] ?? "")
        response.headers.add("Set-Cookie", cookie("", seconds: 0, request))
        return response
      }
    } catch let error as AccountsError {
      try platform.accounts.record("login.refused", by: "identity provider", detail: error.kind.rawValue, from: peer)
      throw error
    }
  }

  /// Sent to these two addresses only. `Lax`, since the provider's page leads here from elsewhere.
  private func cookie(_ value: String, seconds: Int, _ request: APIRequest) -> String {
    "\(Self.cookieName)=\(value); Path=/login/oidc; HttpOnly; SameSite=Lax; Max-Age=\(seconds)"
      + (request.base.hasPrefix("https:") ? "; Secure" : "")
  }
}
