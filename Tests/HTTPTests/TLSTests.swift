// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("TLS")
struct TLSTests {
  static let openssl = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
  static let curl = ["/usr/bin/curl", "/usr/local/bin/curl"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// The output of a command and whether it ended well.
  static func run(_ tool: String, _ arguments: [String]) throws -> (isGood: Bool, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: bytes, as: UTF8.self))
  }

  /// A self-signed certificate for 127.0.0.1 and its key.
  static func certificate(in folder: TemporaryFolder) throws -> (certificate: String, key: String) {
    let paths = (certificate: folder.path + "/certificate.pem", key: folder.path + "/key.pem")
    let made = try run(
      try #require(openssl),
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", paths.key, "-out",
        paths.certificate,
      ])
    try #require(made.isGood)
    return paths
  }

  @Test(
    "serves over TLS with a certificate, and refuses TLS 1.1",
    .enabled(if: openssl != nil && curl != nil, "openssl and curl make the certificate and the request"))
  func serves() throws {
    let folder = try TemporaryFolder()
    let paths = try Self.certificate(in: folder)
    let server = try TestServer.start({
      $0.certificateFile = paths.certificate
      $0.keyFile = paths.key
    }) { .text("secure: \($0.isSecure)") }
    let curl = try #require(Self.curl)
    let address = "https://127.0.0.1:\(server.port)/"
    let good = try Self.run(curl, ["-sS", "--cacert", paths.certificate, address])
    #expect(good.isGood && good.text == "secure: true")
    #expect(!(try Self.run(curl, ["-sS", address])).isGood, "an unknown certificate is not trusted")
    #expect(!(try Self.run(curl, ["-sSk", "--tls-max", "1.1", "--tlsv1.0", address])).isGood)
    #expect(try RawClient.get(server.port, "/") == nil, "without TLS there is no answer")
  }

  @Test(
    "a key that does not belong to the certificate is refused in words",
    .enabled(if: openssl != nil, "openssl makes the certificates"))
  func mismatch() throws {
    let folder = try TemporaryFolder()
    let other = try TemporaryFolder()
    let paths = try Self.certificate(in: folder)
    let key = try Self.certificate(in: other).key
    do {
      _ = try TestServer.start({
        $0.certificateFile = paths.certificate
        $0.keyFile = key
      }) { _ in .text("") }
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .certificateInvalid)
      #expect(error.message.contains(paths.certificate) && error.message.contains(key))
    }
  }
}
