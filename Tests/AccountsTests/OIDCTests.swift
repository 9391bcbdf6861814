// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters
import Processing
import Storage
import Synchronization
import Testing

/// SHA-256 in the URL-safe alphabet, by another implementation than the one that is tested.
enum SHA256Text {
  static func of(_ text: String) -> String {
    let digits = Array(SHA256.checksum(of: text).hexadecimal)
    return Base64URL.text(
      of: stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 })
  }
}

@Suite(
  "Login by an identity provider", .serialized,
  .enabled(if: SigningKey.openssl != nil, "openssl makes the provider's keys"))
final class OIDCTests {
  private let provider: FakeProvider
  private let rsa: SigningKey
  private static let time = 1_700_000_000
  private let clock = Clock(time)

  final class Clock: Sendable {
    private let value: Mutex<Int>
    init(_ value: Int) { self.value = Mutex(value) }
    var now: Int {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  init() throws {
    provider = try FakeProvider()
    rsa = try SigningKey("first")
    let key = try rsa.webKey()
    provider.set { $0.keys = [key] }
    say(Self.claims)
  }

  deinit { provider.stop() }

  private static let claims: @Sendable (String, String) -> JSONObject = { nonce, issuer in
    [
      "iss": .string(issuer), "aud": "ogive app", "sub": "248289761001", "exp": .integer(time + 300),
      "iat": .integer(time), "nonce": .string(nonce), "preferred_username": "j.doe", "name": "Jane Doe",
      "email": "jane@example.org", "email_verified": true, "groups": ["glaciers", "landslides"],
    ]
  }

  private func say(_ claims: @escaping @Sendable (String, String) -> JSONObject) {
    let rsa = rsa
    provider.set { $0.token = { try rsa.token(claims($0, $1)) } }
  }

  private func party(_ change: (inout OIDCConfiguration) -> Void = { _ in }) -> OIDCProvider {
    var configuration = OIDCConfiguration(
      issuer: provider.issuer, clientID: "ogive app", clientSecret: "s:cret",
      redirectAddress: "http://localhost/login/return")
    change(&configuration)
    var settings = HTTPClientConfiguration(policy: .any)
    settings.retries = 0
    return OIDCProvider(configuration, client: HTTPClient(settings)) { [clock] in clock.now }
  }

  private func logIn(_ party: OIDCProvider) async throws -> OIDCIdentity {
    let login = try await party.begin(returnPath: "/jobs?mine=1")
    return try await party.finish(try provider.visit(login), cookie: login.cookie)
  }

  private func refusal(_ body: () async throws -> Void) async -> AccountsError? {
    do {
      try await body()
      return nil
    } catch { return error as? AccountsError }
  }

  @Test("a login with RS256 gives who it is, with groups and the way back")
  func login() async throws {
    let identity = try await logIn(party())
    #expect(identity.issuer == provider.issuer && identity.subject == "248289761001")
    #expect(identity.name == "j.doe" && identity.displayName == "Jane Doe" && identity.email == "jane@example.org")
    #expect(identity.groups == ["glaciers", "landslides"] && identity.returnPath == "/jobs?mine=1")
    #expect(provider.asked == ["/.well-known/openid-configuration", "/token", "/keys"])
  }

  @Test("a login with ES256, ten times: numbers with leading zeros too")
  func ellipticCurve() async throws {
    let key = try SigningKey("curve", "ES256")
    let webKey = try key.webKey()
    provider.set { script in
      script.keys = [webKey]
      script.token = { try key.token(Self.claims($0, $1)) }
    }
    let party = party()
    for _ in 0..<10 { #expect(try await logIn(party).subject == "248289761001") }
  }

  @Test("keys that are changed at the provider are read anew, and not for every forged token")
  func newKeys() async throws {
    let party = party()
    _ = try await logIn(party)
    let second = try SigningKey("second")
    let keys = [try rsa.webKey(), try second.webKey()]
    provider.set { script in
      script.keys = keys
      script.token = { try second.token(Self.claims($0, $1)) }
    }
    clock.now += 60
    _ = try await logIn(party)
    let forged = try SigningKey("third")
    provider.set { $0.token = { try forged.token(Self.claims($0, $1)) } }
    for _ in 0..<5 { #expect(await refusal { _ = try await self.logIn(party) }?.kind == .identityInvalid) }
    #expect(provider.asked.count { $0 == "/keys" } == 2)
  }

  @Test("tokens with a wrong claim are refused")
  func claims() async throws {
    let changes: [(String, JSONValue?, String)] = [
      ("iss", "https://elsewhere", "of the issuer 'https://elsewhere'"), ("aud", "other", "another application"),
      ("aud", ["ogive app", "other"], "several applications"), ("azp", "other", "given to another application"),
      ("exp", .integer(Self.time - 61), "expired"), ("exp", nil, "expired"),
      ("iat", .integer(Self.time + 61), "of the future"), ("nbf", .integer(Self.time + 61), "not valid yet"),
      ("nonce", "other", "another login"), ("nonce", nil, "another login"), ("sub", nil, "who it is about"),
      ("sub", "", "who it is about"),
    ]
    let party = party()
    for (name, value, words) in changes {
      say { nonce, issuer in
        var claims = Self.claims(nonce, issuer)
        claims[name] = value
        return claims
      }
      let error = await refusal { _ = try await self.logIn(party) }
      #expect(error?.kind == .identityInvalid, "\(name)")
      #expect(error?.message.contains(words) == true, "\(name): \(error?.message ?? "taken")")
    }
    say { nonce, issuer in
      var claims = Self.claims(nonce, issuer)
      claims["aud"] = ["other", "ogive app"]
      claims["azp"] = "ogive app"
      claims["exp"] = .integer(Self.time - 59)
      return claims
    }
    _ = try await logIn(party)
  }

  @Test("unsigned, re-signed, altered and malformed tokens are refused")
  func forgeries() async throws {
    let rsa = rsa
    let other = try SigningKey("first")
    let curve = try SigningKey("first", "ES256")
    typealias Maker = @Sendable (String, String) throws -> String
    let makers: [(String, Maker)] = [
      ("another key of the same name", { try other.token(Self.claims($0, $1)) }),
      ("another kind of key", { try curve.token(Self.claims($0, $1)) }),
      ("none", { try rsa.token(Self.claims($0, $1), head: ["alg": "none", "kid": "first"]) }),
      ("secret", { try rsa.token(Self.claims($0, $1), head: ["alg": "HS256", "kid": "first"]) }),
      ("critical", { try rsa.token(Self.claims($0, $1), head: ["alg": "RS256", "kid": "first", "crit": ["b64"]]) }),
      (
        "without signature",
        { try rsa.token(Self.claims($0, $1)).split(separator: ".").prefix(2).joined(separator: ".") + "." }
      ),
      (
        "altered",
        {
          var parts = try rsa.token(Self.claims($0, $1)).split(separator: ".").map(String.init)
          var claims = Self.claims($0, $1)
          claims["sub"] = "admin"
          parts[1] = Base64URL.text(of: Array(claims.text(.line).utf8))
          return parts.joined(separator: ".")
        }
      ),
      ("rubbish", { _, _ in "a.b.c" }), ("empty", { _, _ in "" }),
      ("five parts", { try rsa.token(Self.claims($0, $1)) + ".x.y" }),
      ("padded", { try rsa.token(Self.claims($0, $1)) + "=" }),
    ]
    let party = party()
    for (name, maker) in makers {
      provider.set { $0.token = maker }
      #expect(await refusal { _ = try await self.logIn(party) }?.kind == .identityInvalid, "\(name)")
    }
  }

  @Test("keys that are too weak, for encryption or of another algorithm are not used")
  func keys() async throws {
    let weak = try SigningKey("weak", bits: 1024)
    let good = try rsa.webKey()
    func changed(_ name: String, _ value: JSONValue) -> JSONValue {
      var key = good.objectValue ?? [:]
      key[name] = value
      return .object(key)
    }
    let sets: [[JSONValue]] = [
      [try weak.webKey()], [changed("use", "enc")], [changed("alg", "RS512")], [changed("n", "")],
      [changed("kty", "oct")],
      [], ["rubbish"], [changed("n", .string(String(repeating: "A", count: 40_000)))],
    ]
    for keys in sets {
      provider.set { $0.keys = keys }
      #expect(await refusal { _ = try await self.logIn(self.party()) }?.kind == .providerUnreachable)
    }
  }

  @Test("a login ends once, in ten minutes, in the browser where it began, and with its own state")
  func states() async throws {
    let party = party()
    let login = try await party.begin()
    let query = try provider.visit(login)
    func kind(_ query: [(name: String, value: String)], _ cookie: String?) async -> AccountsErrorKind? {
      await refusal { _ = try await party.finish(query, cookie: cookie) }?.kind
    }
    #expect(await kind([("code", "the code"), ("state", "unknown")], login.cookie) == .loginRefused)
    #expect(await kind([("code", "the code")], login.cookie) == .loginRefused)
    #expect(await kind(query, "another browser") == .loginRefused)
    #expect(await kind(query, login.cookie) == .loginRefused, "a wrong cookie has ended it")
    let late = try await party.begin()
    let lateQuery = try provider.visit(late)
    clock.now += 600
    #expect(await kind(lateQuery, late.cookie) == .loginRefused)
    let denied = try await party.begin()
    let state = try provider.visit(denied)[1]
    let error = await refusal {
      _ = try await party.finish(
        [state, ("error", "access_denied"), ("error_description", "no")], cookie: denied.cookie)
    }
    #expect(error?.message == "the identity provider refused the login (access_denied: no)")
    let mixed = try await party.begin()
    let mixedQuery = try provider.visit(mixed) + [("iss", "https://elsewhere")]
    #expect(await kind(mixedQuery, mixed.cookie) == .loginRefused)
    let guessed = try await party.begin()
    let guess = [("code", "a guess"), try provider.visit(guessed)[1]]
    #expect(await kind(guess, guessed.cookie) == .loginRefused)
  }

  @Test(
    "the way back is a path of this server",
    arguments: [
      "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "jobs",
      "/a\r\nSet-Cookie: x",
    ])
  func wayBack(path: String) async throws {
    let party = party()
    let login = try await party.begin(returnPath: path)
    #expect(try await party.finish(try provider.visit(login), cookie: login.cookie).returnPath == "/")
  }

  @Test("what the token leaves out is asked for, and must be about the same person")
  func userInfo() async throws {
    say { nonce, issuer in
      var claims = Self.claims(nonce, issuer)
      for name in ["preferred_username", "name", "email", "groups"] { claims[name] = nil }
      return claims
    }
    provider.set { $0.userInfo = ["sub": "248289761001", "preferred_username": "j", "groups": "alone", "iss": "x"] }
    let identity = try await logIn(party())
    #expect(identity.name == "j" && identity.displayName == "j" && identity.groups == ["alone"])
    #expect(identity.email == nil && identity.issuer == provider.issuer)
    provider.set { $0.userInfo = ["sub": "somebody else", "preferred_username": "root"] }
    #expect(await refusal { _ = try await self.logIn(self.party()) }?.kind == .identityInvalid)
  }

  @Test("an address that was not checked is not taken")
  func uncheckedEmail() async throws {
    say { nonce, issuer in
      var claims = Self.claims(nonce, issuer)
      claims["email_verified"] = false
      return claims
    }
    #expect(try await logIn(party()).email == nil)
  }

  @Test("a provider that calls itself otherwise, or is not there, is refused in words")
  func unreachable() async throws {
    provider.set { $0.issuer = "https://other.example" }
    let error = await refusal { _ = try await self.party().begin() }
    #expect(error?.kind == .providerUnreachable)
    #expect(error?.message.contains("'https://other.example': take that as the issuer") == true)
    let nobody = await refusal { _ = try await self.party { $0.issuer = "http://127.0.0.1:1" }.begin() }
    #expect(nobody?.kind == .providerUnreachable)
  }

  @Test("the user is made once; groups of the provider are joined and left, those by hand stay")
  func users() async throws {
    let bench = try AccountBench()
    let store = bench.store
    for name in ["glaciers", "landslides", "faults"] { try store.addGroup(named: name, title: name) }
    try store.addUser(named: "j.doe")
    let first = try store.user(for: try await logIn(party()))
    #expect(first.name == "j.doe-2" && first.displayName == "Jane Doe" && first.email == "jane@example.org")
    #expect(try store.groups(of: first.id).map(\.name) == ["glaciers", "landslides"])
    try store.setMember(first.name, ofGroup: "faults")
    try store.setMember(first.name, isManager: true, ofGroup: "landslides")
    say { nonce, issuer in
      var claims = Self.claims(nonce, issuer)
      claims["groups"] = ["no-such-group"]
      claims["name"] = "Jane Roe"
      return claims
    }
    let again = try store.user(for: try await logIn(party()))
    #expect(again.id == first.id && again.displayName == "Jane Roe")
    #expect(try store.groups(of: first.id).map(\.name) == ["faults", "landslides"])
    var disabled = again
    disabled.isDisabled = true
    try store.addUser(named: "root", isAdmin: true)
    try store.update(disabled)
    let identity = try await logIn(party())
    #expect(await refusal { _ = try store.user(for: identity) }?.kind == .wrongCredentials)
  }
}
