// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("HTTP client")
struct HTTPClientTests {
  /// A client that may fetch from this machine, and does not wait long between two tries.
  static func local(_ change: (inout HTTPClientConfiguration) -> Void = { _ in }) -> HTTPClient {
    var configuration = HTTPClientConfiguration(policy: .any)
    configuration.pauseSeconds = 0.01
    change(&configuration)
    return HTTPClient(configuration)
  }

  @Test("fetches status, header fields and body, and keeps its connection")
  func get() async throws {
    let server = try TestServer.start { request in
      .text("\(request.path) \(request.headers["X-Mine"] ?? "-")", status: 203).with("X-Ours", "yes")
    }
    let client = Self.local()
    for index in 0..<5 {
      let response = try await client.get("http://127.0.0.1:\(server.port)/a/\(index)", headers: ["X-Mine": "1"])
      #expect(response.status == 203 && response.headers["x-ours"] == "yes")
      #expect(String(decoding: response.body, as: UTF8.self) == "/a/\(index) 1")
    }
    #expect(server.connectionCount == 1)
  }

  @Test("sends bodies, empty ones too", arguments: [0, 1, 100_000])
  func post(count: Int) async throws {
    let server = try TestServer.start { request in
      .text("\(request.method.rawValue) \(request.contentType ?? "-") \(request.body.count)")
    }
    let response = try await Self.local().post(
      "http://127.0.0.1:\(server.port)/", body: [UInt8](repeating: 0, count: count), type: "application/x-test")
    #expect(String(decoding: response.body, as: UTF8.self) == "POST application/x-test \(count)")
  }

  @Test("a status that is not good is an answer, and an error when it is checked")
  func badStatus() async throws {
    let server = try TestServer.start { _ in .text("no such thing", status: 404) }
    let response = try await Self.local().get("http://127.0.0.1:\(server.port)/x")
    #expect(response.status == 404 && !response.isGood)
    do {
      _ = try response.checked()
      Issue.record("it was not refused")
    } catch {
      #expect(error.kind == .badStatus)
      #expect(error.message == "http://127.0.0.1:\(server.port)/x answered 404 Not Found: no such thing")
    }
  }

  @Test(
    "addresses inside are refused before anything is sent, also by name and as numbers",
    arguments: ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"])
  func inside(host: String) async throws {
    let asked = Box(0)
    let server = try TestServer.start { _ in
      asked.set(asked.get() + 1)
      return .text("secret")
    }
    do {
      _ = try await HTTPClient().get("http://\(host):\(server.port)/")
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .addressRefused)
      #expect(
        error.message.hasSuffix("which is not on the public internet. The server's operator can allow its network"))
    }
    #expect(asked.get() == 0 && server.connectionCount == 0)
  }

  @Test("a redirect to an address inside is refused like the address itself")
  func redirectInside() async throws {
    let inner = try TestServer.start({ $0.address = "127.0.0.2" }) { _ in .text("secret") }
    let outer = try TestServer.start { _ in .redirect(to: "http://127.0.0.2:\(inner.port)/", status: 302) }
    let policy = AddressPolicy(allowing: [try #require(IPNetwork("127.0.0.1"))])
    let client = HTTPClient(HTTPClientConfiguration(policy: policy))
    do {
      _ = try await client.get("http://127.0.0.1:\(outer.port)/")
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .addressRefused && error.message.contains("127.0.0.2"))
    }
    #expect(inner.connectionCount == 0)
  }

  @Test("redirects are followed up to the limit, and only to HTTP")
  func redirects() async throws {
    let server = try TestServer.start { request in
      switch request.path {
      case "/once": .redirect(to: "/end")
      case "/end": .text("end")
      case "/file": .redirect(to: "file:///etc/passwd")
      default: .redirect(to: "/loop")
      }
    }
    let base = "http://127.0.0.1:\(server.port)"
    let response = try await Self.local().get(base + "/once")
    #expect(String(decoding: response.body, as: UTF8.self) == "end" && response.url == base + "/end")
    for path in ["/loop", "/file"] {
      await #expect(throws: HTTPError.self) { try await Self.local().get(base + path) }
    }
  }

  @Test(
    "what is not HTTP is refused",
    arguments: [
      "file:///etc/passwd", "ftp://example.org/", "gopher://x/", "/etc/passwd", "", "http://", "javascript:1",
    ])
  func otherSchemes(url: String) async throws {
    do {
      _ = try await Self.local().get(url)
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .malformed)
    }
  }

  @Test("through a proxy numeric addresses inside are still refused")
  func proxied() async throws {
    var configuration = HTTPClientConfiguration()
    configuration.proxy = "http://127.0.0.1:1"
    for host in ["10.0.0.1", "[::1]", "LOCALHOST"] {
      do {
        _ = try await HTTPClient(configuration).get("http://\(host)/")
        Issue.record("it was not refused")
      } catch let error as HTTPError {
        #expect(error.kind == .addressRefused)
      }
    }
  }

  @Test("a body beyond the limit is broken off")
  func tooLarge() async throws {
    let server = try TestServer.start { _ in
      HTTPResponse(
        body: .stream(HTTPStream { stream in while await stream.send([UInt8](repeating: 0, count: 10_000)) {} }))
    }
    do {
      _ = try await Self.local().get("http://127.0.0.1:\(server.port)/", limit: 100_000)
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .tooLarge && error.message.contains("100000 bytes"))
    }
  }

  @Test("an answer that does not come in time is given up, and so is a cancelled one within 3 s")
  func slow() async throws {
    let isAsked = Box(0)
    let server = try TestServer.start { _ in
      isAsked.set(isAsked.get() + 1)
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
      return .text("late")
    }
    let url = "http://127.0.0.1:\(server.port)/"
    let hasty = Self.local {
      $0.answerSeconds = 0.2
      $0.retries = 1
    }
    do {
      _ = try await hasty.get(url)
      Issue.record("it was not given up")
    } catch let error as HTTPError {
      #expect(error.kind == .tooSlow)
    }
    #expect(isAsked.get() == 2)
    let task = Task { try await Self.local().get(url) }
    while isAsked.get() < 3 { try await Task.sleep(for: .milliseconds(5)) }
    let began = ContinuousClock.now
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(began.duration(to: .now) < .seconds(3))
  }

  @Test("transient failures are tried again for GET and not for POST")
  func retries() async throws {
    let count = Box(0)
    let server = try TestServer.start { _ in
      count.set(count.get() + 1)
      return count.get() < 3 ? .text("busy", status: 503).with("Retry-After", "0") : .text("there")
    }
    let url = "http://127.0.0.1:\(server.port)/"
    let response = try await Self.local().get(url)
    #expect(String(decoding: response.body, as: UTF8.self) == "there" && count.get() == 3)
    count.set(0)
    #expect(try await Self.local().post(url, body: [1], type: "x").status == 503)
    #expect(count.get() == 1)
    count.set(-100)
    #expect(try await Self.local { $0.retries = 2 }.get(url).status == 503)
    #expect(count.get() == -97)
  }

  @Test("nobody there: refused in words after the tries")
  func nobody() async throws {
    let server = try TestServer.start { _ in .text("") }
    let port = server.port
    server.stop(within: 0)
    do {
      _ = try await Self.local().get("http://127.0.0.1:\(port)/")
      Issue.record("somebody is there")
    } catch let error as HTTPError {
      #expect(error.kind == .notFetched)
      #expect(error.message.hasPrefix("cannot fetch http://127.0.0.1:\(port)/: "))
    }
  }

  @Test(
    "an unknown certificate is refused, and taken when it is named",
    .enabled(if: TLSTests.openssl != nil, "openssl makes the certificate"))
  func certificates() async throws {
    let folder = try TemporaryFolder()
    let paths = try TLSTests.certificate(in: folder)
    let server = try TestServer.start({
      $0.certificateFile = paths.certificate
      $0.keyFile = paths.key
    }) { _ in .text("secure") }
    let url = "https://127.0.0.1:\(server.port)/"
    await #expect(throws: HTTPError.self) { try await Self.local { $0.retries = 0 }.get(url) }
    let response = try await Self.local { $0.trustedCertificates = paths.certificate }.get(url)
    #expect(String(decoding: response.body, as: UTF8.self) == "secure")
  }
}
