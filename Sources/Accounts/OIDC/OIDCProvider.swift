// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters
import Synchronization

/// Logs people in through an identity provider: authorisation code with PKCE, of OpenID Connect.
///
/// `begin` gives the address to send the browser to, `finish` takes what it comes back with. Logins that are on their
/// way are kept in memory for ten minutes; after a restart of the server one begins anew.
public final class OIDCProvider: Sendable {
  struct Pending: Sendable {
    let nonce: String
    let verifier: String
    let cookie: String
    let returnPath: String
    let began: Int
  }

  /// What the provider says of itself, kept for an hour.
  struct Discovery: Sendable {
    let authorization: String
    let token: String
    let keys: String
    let userInfo: String?
    let takesBasic: Bool
    let read: Int
  }

  struct Keys: Sendable {
    let known: [(id: String?, key: VerificationKey)]
    let read: Int
  }

  struct State {
    var pending: [String: Pending] = [:]
    var discovery: Discovery?
    var keys: Keys?
  }

  let configuration: OIDCConfiguration
  let client: HTTPClient
  let now: @Sendable () -> Int
  let state = Mutex(State())
  private static let pendingLimit = 2000
  private static let pendingSeconds = 600

  /// - Parameter client: must be permitted to reach the provider, which may stand inside an institution's network.
  public convenience init(_ configuration: OIDCConfiguration, client: HTTPClient) {
    self.init(configuration, client: client) { Int(Date().timeIntervalSince1970) }
  }

  /// With a clock of its own, seconds since 1970, for tests.
  package init(_ configuration: OIDCConfiguration, client: HTTPClient, now: @escaping @Sendable () -> Int) {
    self.configuration = configuration
    self.client = client
    self.now = now
  }

  /// Begins a login.
  ///
  /// - Parameter returnPath: where the browser wants to go afterwards; anything but a path of this server becomes `/`.
  /// - Throws: `AccountsError.providerUnreachable`, `.noRandomness`.
  public func begin(returnPath: String = "/") async throws -> OIDCLogin {
    let discovery = try await discovery()
    let secret = try Secret.random(), cookie = try Secret.random()
    let pending = Pending(
      nonce: try Secret.random(), verifier: try Secret.random(bytes: 48), cookie: cookie,
      returnPath: Self.isLocal(returnPath) ? returnPath : "/", began: now())
    state.withLock { state in
      let oldest = now() - Self.pendingSeconds
      state.pending = state.pending.filter { $0.value.began > oldest }
      // Whoever begins logins without end pushes out the oldest ones, not the server's memory.
      if state.pending.count >= Self.pendingLimit,
        let first = state.pending.min(by: { $0.value.began < $1.value.began })
      {
        state.pending[first.key] = nil
      }
      state.pending[secret] = pending
    }
    let query = PercentCoding.query([
      ("response_type", "code"), ("client_id", configuration.clientID),
      ("redirect_uri", configuration.redirectAddress), ("scope", configuration.scopes.joined(separator: " ")),
      ("state", secret), ("nonce", pending.nonce), ("code_challenge", Self.challenge(pending.verifier)),
      ("code_challenge_method", "S256"),
    ])
    let separator = discovery.authorization.contains("?") ? "&" : "?"
    return OIDCLogin(address: discovery.authorization + separator + query, cookie: cookie)
  }

  /// Ends a login with what the browser came back with.
  ///
  /// - Parameters:
  ///   - query: of the address that the provider sent the browser to.
  ///   - cookie: what `begin` gave to this browser.
  /// - Throws: `AccountsError.loginRefused` when the provider says no, or the login is unknown, over or another
  ///   browser's; `.identityInvalid`; `.providerUnreachable`.
  public func finish(_ query: [(name: String, value: String)], cookie: String?) async throws -> OIDCIdentity {
    func value(_ name: String) -> String? { query.first { $0.name == name }?.value }
    // Taken out whatever comes: a login ends once.
    let pending = value("state").flatMap { key in state.withLock { $0.pending.removeValue(forKey: key) } }
    guard let pending, pending.began > now() - Self.pendingSeconds, let cookie,
      Secret.isEqual(cookie, pending.cookie)
    else {
      throw AccountsError(.loginRefused, "this login is over or was begun in another browser: log in again")
    }
    if let error = value("error") {
      let words = value("error_description").map { ": " + String($0.prefix(300)) } ?? ""
      throw AccountsError(.loginRefused, "the identity provider refused the login (\(error.prefix(60))\(words))")
    }
    if let issuer = value("iss"), issuer != configuration.issuer {
      throw AccountsError(.loginRefused, "the answer is of another identity provider")
    }
    guard let code = value("code"), !code.isEmpty else {
      throw AccountsError(.loginRefused, "the identity provider sent no code: log in again")
    }
    let discovery = try await discovery()
    let answer = try await exchange(code, pending, discovery)
    guard let text = answer["id_token"]?.stringValue else { throw IdentityToken.invalid("it sent none") }
    var claims = try await verified(text, nonce: pending.nonce, discovery)
    try await complete(&claims, accessToken: answer["access_token"]?.stringValue, discovery)
    return identity(claims, returnPath: pending.returnPath)
  }

  /// RFC 7636: the hash of the secret that only we can show later.
  static func challenge(_ verifier: String) -> String { Secret.hash(of: verifier) }

  /// Paths of this server only: `//elsewhere` and `/\elsewhere` are addresses to a browser.
  static func isLocal(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    guard bytes.first == 0x2f, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x5c }) else { return false }
    return bytes.count < 2 || bytes[1] != 0x2f
  }

  private func identity(_ claims: JSONObject, returnPath: String) -> OIDCIdentity {
    func text(_ name: String) -> String? {
      claims[name]?.stringValue.flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
    }
    let subject = claims["sub"]?.stringValue ?? ""
    let email = claims["email_verified"]?.boolValue == true ? text("email") : nil
    let mailName = text("email").map { String($0.prefix { $0 != "@" }) }
    let name = text("preferred_username") ?? mailName ?? "user"
    let groups = configuration.groupsClaim.flatMap { claims[$0] }
    return OIDCIdentity(
      issuer: configuration.issuer, subject: subject, name: name, displayName: text("name") ?? name, email: email,
      groups: groups.map { $0.arrayValue?.compactMap(\.stringValue) ?? [$0.stringValue].compactMap { $0 } },
      returnPath: returnPath)
  }
}
