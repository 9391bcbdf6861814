// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters
import Synchronization
import Testing

/// A key pair made and used by the `openssl` command: an implementation of signatures other than the tested one.
struct SigningKey: Sendable {
  let id: String
  let algorithm: String
  private let path: String
  private let scratch: Scratch

  final class Scratch: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "ogive-oidc-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  init(_ id: String, _ algorithm: String = "RS256", bits: Int = 2048) throws {
    scratch = try Scratch()
    path = scratch.path + "/key.pem"
    self.id = id
    self.algorithm = algorithm
    let kind =
      algorithm == "RS256"
      ? ["RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"] : ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    _ = try Self.run(["genpkey", "-quiet", "-algorithm"] + kind + ["-out", path])
  }

  static func run(_ arguments: [String]) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: try #require(openssl))
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = Array(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "openssl \(arguments)")
    return bytes
  }

  /// The public key as a JSON Web Key, read out of its usual encoding at the places where the numbers stand.
  func webKey() throws -> JSONValue {
    let encoded = try Self.run(["pkey", "-in", path, "-pubout", "-outform", "DER"])
    var key: JSONObject = ["kid": .string(id), "alg": .string(algorithm), "use": "sig"]
    if algorithm == "RS256" {
      let count = encoded.count - 5 - (encoded.count > 200 ? 33 : 29)
      key["kty"] = "RSA"
      key["n"] = .string(Base64URL.text(of: Array(encoded.dropLast(5).suffix(count))))
      key["e"] = "AQAB"
    } else {
      key["kty"] = "EC"
      key["crv"] = "P-256"
      key["x"] = .string(Base64URL.text(of: Array(encoded.suffix(64).prefix(32))))
      key["y"] = .string(Base64URL.text(of: Array(encoded.suffix(32))))
    }
    return .object(key)
  }

  /// A token of these claims; `head` replaces what it says of itself.
  func token(_ claims: JSONObject, head: JSONObject? = nil) throws -> String {
    let head = head ?? ["alg": .string(algorithm), "kid": .string(id), "typ": "JWT"]
    let text = [head, claims].map { Base64URL.text(of: Array($0.text(.line).utf8)) }.joined(separator: ".")
    let file = scratch.path + "/\(UUID().uuidString)"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    var signature = try Self.run(["dgst", "-sha256", "-sign", path, file])
    if algorithm == "ES256" { signature = Self.plain(signature) }
    return text + "." + Base64URL.text(of: signature)
  }

  /// The two numbers of an encoded ECDSA signature, 32 bytes each.
  private static func plain(_ encoded: [UInt8]) -> [UInt8] {
    let first = Int(encoded[3])
    let r = Array(encoded[4..<4 + first])
    let s = Array(encoded[(6 + first)...])
    return [r, s].flatMap { number -> [UInt8] in
      let bytes = Array(number.drop { $0 == 0 })
      return [UInt8](repeating: 0, count: 32 - bytes.count) + bytes
    }
  }
}

/// An identity provider that says what a test wants.
final class FakeProvider: Sendable {
  struct Script: Sendable {
    var keys: [JSONValue] = []
    /// Makes the token from the nonce of the login.
    var token: @Sendable (_ nonce: String, _ issuer: String) throws -> String = { _, _ in "" }
    var userInfo: JSONObject = [:]
    var issuer: String?
    var nonce = ""
    var challenge = ""
    var asked: [String] = []
  }

  let script: Mutex<Script>
  let issuer: String
  private let listener: HTTPListener

  /// Answers for a provider until it is stopped.
  private final class Handler: HTTPHandler {
    let provider = Mutex<FakeProvider?>(nil)
    func respond(to request: HTTPRequest) async -> HTTPResponse {
      provider.withLock { $0 }?.answer(request) ?? .text("", status: 503)
    }
  }

  private let handler = Handler()

  init() throws {
    listener = try HTTPListener(HTTPConfiguration(port: 0), handler: handler)
    issuer = "http://127.0.0.1:\(listener.port)"
    script = Mutex(Script())
    handler.provider.withLock { $0 = self }
  }

  func stop() {
    handler.provider.withLock { $0 = nil }
    listener.stop(within: 0)
  }

  func set(_ change: @Sendable (inout Script) -> Void) { script.withLock { change(&$0) } }

  var asked: [String] { script.withLock { $0.asked } }

  private func answer(_ request: HTTPRequest) -> HTTPResponse {
    script.withLock { script in
      script.asked.append(request.path)
      switch request.path {
      case "/.well-known/openid-configuration":
        return .json([
          "issuer": .string(script.issuer ?? issuer), "authorization_endpoint": .string(issuer + "/authorize"),
          "token_endpoint": .string(issuer + "/token"), "jwks_uri": .string(issuer + "/keys"),
          "userinfo_endpoint": .string(issuer + "/userinfo"),
        ])
      case "/keys": return .json(["keys": .array(script.keys)])
      case "/userinfo":
        guard request.headers["Authorization"] == "Bearer access" else { return .text("", status: 401) }
        return .json(.object(script.userInfo))
      case "/token":
        let form = Dictionary((request.form() ?? []).map { ($0.name, $0.value) }) { $1 }
        let hash = SHA256Text.of(form["code_verifier"] ?? "")
        guard form["code"] == "the code", hash == script.challenge,
          request.headers["Authorization"] == "Basic " + Data("ogive%20app:s%3Acret".utf8).base64EncodedString()
        else { return .json(["error": "invalid_grant"], status: 400) }
        guard let token = try? script.token(script.nonce, issuer) else { return .text("", status: 500) }
        return .json(["id_token": .string(token), "access_token": "access", "token_type": "Bearer"])
      default: return .text("", status: 404)
      }
    }
  }

  /// What a browser does: reads the address that a login sends it to, and comes back with the code.
  func visit(_ login: OIDCLogin) throws -> [(name: String, value: String)] {
    let query = login.address.split(separator: "?", maxSplits: 1)
    try #require(query.count == 2 && query[0] == issuer + "/authorize")
    let pairs = try #require(PercentCoding.pairs(query[1]))
    let values = Dictionary(pairs.map { ($0.name, $0.value) }) { $1 }
    #expect(values["response_type"] == "code" && values["code_challenge_method"] == "S256")
    #expect(values["client_id"] == "ogive app" && values["scope"] == "openid profile email")
    #expect(values["redirect_uri"] == "http://localhost/login/return")
    set { script in
      script.nonce = values["nonce"] ?? ""
      script.challenge = values["code_challenge"] ?? ""
    }
    return [("code", "the code"), ("state", values["state"] ?? "")]
  }
}
