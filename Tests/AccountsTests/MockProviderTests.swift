// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Synchronization
import TestSupport
import Testing

/// Logins with somebody else's provider: `oidc-provider-mock` of PyPI.
@Suite(
  "Login with oidc-provider-mock", .serialized,
  .enabled(if: PythonEnvironment.provider != nil, "\(PythonEnvironment.reason)"))
struct MockProviderTests {
  /// What the browser is sent back with.
  private final class ReturnHandler: HTTPHandler {
    let query = Mutex<[(name: String, value: String)]>([])
    func respond(to request: HTTPRequest) async -> HTTPResponse {
      query.withLock { $0 = request.query }
      return .text("welcome")
    }
  }

  private let client: HTTPClient = {
    var settings = HTTPClientConfiguration(policy: .any)
    // The provider needs a moment to start: a refused connection is tried again.
    settings.retries = 8
    settings.pauseSeconds = 0.1
    return HTTPClient(settings)
  }()

  /// Runs a provider that knows one user.
  private func withProvider(_ body: (_ issuer: String) async throws -> Void) async throws {
    let probe = try HTTPListener(HTTPConfiguration(port: 0), handler: ReturnHandler())
    let port = probe.port
    probe.stop(within: 0)
    let process = Process()
    process.executableURL = URL(filePath: try #require(PythonEnvironment.provider).program("oidc-provider-mock"))
    process.arguments = [
      "--port", "\(port)", "--require-nonce", "true", "--user-claims",
      #"{"sub": "alice", "preferred_username": "alice", "name": "Alice A", "groups": ["glaciers"]}"#,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      // Foundation starts processes with the signals blocked that its own threads block: only this one gets through.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let issuer = "http://localhost:\(port)"
    _ = try await client.get(issuer + "/.well-known/openid-configuration").checked()
    try await body(issuer)
  }

  @Test("code, PKCE, RS256 and user info end in the right person; saying no ends in a refusal")
  func login() async throws {
    try await withProvider { issuer in
      let handler = ReturnHandler()
      let listener = try HTTPListener(HTTPConfiguration(port: 0), handler: handler)
      defer { listener.stop(within: 0) }
      let party = OIDCProvider(
        OIDCConfiguration(
          issuer: issuer, clientID: "ogive", clientSecret: "secret",
          redirectAddress: "http://localhost:\(listener.port)/login/return"), client: client)
      let login = try await party.begin(returnPath: "/map")
      let form = "application/x-www-form-urlencoded"
      _ = try await client.post(login.address, body: Array("sub=alice".utf8), type: form).checked()
      let identity = try await party.finish(handler.query.withLock { $0 }, cookie: login.cookie)
      #expect(identity.subject == "alice" && identity.name == "alice" && identity.displayName == "Alice A")
      #expect(identity.groups == ["glaciers"] && identity.returnPath == "/map" && identity.issuer == issuer)
      let denied = try await party.begin()
      _ = try await client.post(denied.address, body: Array("action=deny".utf8), type: form)
      do {
        _ = try await party.finish(handler.query.withLock { $0 }, cookie: denied.cookie)
        Issue.record("a denied login was taken")
      } catch let error as AccountsError {
        #expect(error.kind == .loginRefused)
      }
    }
  }
}
