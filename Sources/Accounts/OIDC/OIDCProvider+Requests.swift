// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Parameters

/// The requests that go to the provider itself.
extension OIDCProvider {
  private static let discoverySeconds = 3600
  /// Keys are read again for a token of an unknown key, but not more often than this, s.
  private static let keysSeconds = 30
  private static let documentLimit = 1 << 20

  /// The provider's description of itself (OpenID Connect Discovery 1.0).
  func discovery() async throws -> Discovery {
    if let known = state.withLock({ $0.discovery }), known.read > now() - Self.discoverySeconds { return known }
    let issuer = configuration.issuer
    let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    let document = try await fetch(base + "/.well-known/openid-configuration")
    guard document["issuer"]?.stringValue == issuer else {
      throw unreachable("it calls itself '\(document["issuer"]?.stringValue ?? "")': take that as the issuer")
    }
    func address(_ name: String) throws(AccountsError) -> String {
      guard let address = document[name]?.stringValue, isFit(address) else {
        throw unreachable("its description has no fit address '\(name)'")
      }
      return address
    }
    let methods = document["token_endpoint_auth_methods_supported"]?.arrayValue?.compactMap(\.stringValue)
    let discovery = Discovery(
      authorization: try address("authorization_endpoint"), token: try address("token_endpoint"),
      keys: try address("jwks_uri"), userInfo: try? address("userinfo_endpoint"),
      takesBasic: methods?.contains("client_secret_basic") ?? true, read: now())
    state.withLock { $0.discovery = discovery }
    return discovery
  }

  /// Secrets go to no address that is read along on the way, but for a provider on this machine or one that was
  /// configured so.
  private func isFit(_ address: String) -> Bool {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    return scheme == "https" || scheme == "http" && configuration.issuer.lowercased().hasPrefix("http:")
  }

  /// Exchanges the code for tokens.
  func exchange(_ code: String, _ pending: Pending, _ discovery: Discovery) async throws -> JSONObject {
    var form = [
      ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", configuration.redirectAddress),
      ("code_verifier", pending.verifier),
    ]
    var headers: HTTPFields = ["Accept": "application/json"]
    if let secret = configuration.clientSecret, discovery.takesBasic {
      let pair = PercentCoding.encode(configuration.clientID) + ":" + PercentCoding.encode(secret)
      headers["Authorization"] = "Basic " + Data(pair.utf8).base64EncodedString()
    } else {
      form.append(("client_id", configuration.clientID))
      if let secret = configuration.clientSecret { form.append(("client_secret", secret)) }
    }
    let body = Array(PercentCoding.query(form.map { (name: $0.0, value: $0.1) }).utf8)
    let response: HTTPClientResponse
    do {
      response = try await client.post(
        discovery.token, body: body, type: "application/x-www-form-urlencoded", headers: headers,
        limit: Self.documentLimit)
    } catch let error as HTTPError { throw unreachable(error.message) }
    let answer = (try? JSONValue(parsing: response.body))?.objectValue
    guard response.isGood, let answer else {
      let words = answer?["error_description"]?.stringValue ?? answer?["error"]?.stringValue ?? ""
      throw AccountsError(
        .loginRefused,
        "the identity provider did not take the login's code (status \(response.status)) \(words.prefix(300))")
    }
    return answer
  }

  /// The claims of a token, checked with the provider's keys; they are read anew when the token names an unknown one.
  func verified(_ text: String, nonce: String, _ discovery: Discovery) async throws -> JSONObject {
    let token = try IdentityToken(text)
    let expected = IdentityToken.Expectation(
      issuer: configuration.issuer, clientID: configuration.clientID, nonce: nonce, now: now(),
      skew: configuration.clockSkew)
    var keys = try await keys(discovery, newerThan: now() - Self.discoverySeconds)
    if !keys.known.contains(where: { token.keyID == nil || $0.id == token.keyID }) {
      keys = try await self.keys(discovery, newerThan: now() - Self.keysSeconds)
    }
    let fit = keys.known.filter { token.keyID == nil || $0.id == nil || $0.id == token.keyID }
    return try token.verified(with: fit.map(\.key), expected)
  }

  private func keys(_ discovery: Discovery, newerThan time: Int) async throws -> Keys {
    if let known = state.withLock({ $0.keys }), known.read > time { return known }
    let document = try await fetch(discovery.keys)
    let known = (document["keys"]?.arrayValue ?? []).prefix(100).compactMap { json in
      VerificationKey(json).map { (id: json["kid"]?.stringValue, key: $0) }
    }
    guard !known.isEmpty else { throw unreachable("it has no key for RS256 or ES256") }
    let keys = Keys(known: known, read: now())
    state.withLock { $0.keys = keys }
    return keys
  }

  /// Adds what the provider tells only when asked for it: names and groups are often left out of tokens.
  func complete(_ claims: inout JSONObject, accessToken: String?, _ discovery: Discovery) async throws {
    let isComplete =
      claims["preferred_username"] != nil && claims["email"] != nil
      && (configuration.groupsClaim.map { claims[$0] != nil } ?? true)
    guard !isComplete, let accessToken, let address = discovery.userInfo else { return }
    let more = try await fetch(address, headers: ["Authorization": "Bearer \(accessToken)"])
    // Without this check another person's answer could be slipped in (Core, section 5.3.2).
    guard more["sub"] == claims["sub"] else {
      throw IdentityToken.invalid("the provider answers about somebody else")
    }
    for (name, value) in more where claims[name] == nil { claims[name] = value }
  }

  private func fetch(_ address: String, headers: HTTPFields = [:]) async throws -> JSONObject {
    var headers = headers
    headers["Accept"] = "application/json"
    do {
      let response = try await client.get(address, headers: headers, limit: Self.documentLimit).checked()
      guard let object = (try? JSONValue(parsing: response.body))?.objectValue else {
        throw unreachable("\(address) answers no JSON object")
      }
      return object
    } catch let error as HTTPError { throw unreachable(error.message) }
  }

  private func unreachable(_ reason: String) -> AccountsError {
    AccountsError(
      .providerUnreachable, "the identity provider \(configuration.issuer) can't be used: \(reason)")
  }
}
