// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("HTTP listener")
struct HTTPListenerTests {
  @Test("answers on one connection again and again, and tells the handler what was asked")
  func keepAlive() throws {
    let server = try TestServer.start { request in
      .text("\(request.method.rawValue) \(request.segments) \(request.query("q") ?? "-") \(request.peer)")
    }
    let client = try RawClient(port: server.port)
    for index in 1...3 {
      client.send("GET /a%2Fb/c%20d?q=x+y%26\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
      let reply = try #require(client.reply())
      #expect(reply.status == 200)
      #expect(reply.text == "GET [\"a/b\", \"c d\"] x y&\(index) 127.0.0.1")
      #expect(reply.headers["content-type"] == "text/plain; charset=utf-8")
    }
  }

  @Test("two requests sent at once are both answered, in their order")
  func pipelining() throws {
    let server = try TestServer.start { .text($0.path) }
    let client = try RawClient(port: server.port)
    client.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.reply()?.text == "/one")
    #expect(client.reply()?.text == "/two")
  }

  @Test("HEAD gets the header fields of GET and no body")
  func head() throws {
    let server = try TestServer.start { _ in .text("twelve bytes") }
    let client = try RawClient(port: server.port)
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
    let head = try #require(client.reply(toHead: true))
    #expect(head.status == 200 && head.headers["content-length"] == "12")
    #expect(client.reply()?.text == "twelve bytes")
  }

  @Test("200 requests that wait hold no thread: all are answered within 3 s of a wait of 0.5 s")
  func waiting() throws {
    let server = try TestServer.start { _ in
      try? await Task.sleep(for: .milliseconds(500))
      return .text("done")
    }
    let began = ContinuousClock.now
    let clients = try (0..<200).map { _ in try RawClient(port: server.port) }
    for client in clients { client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
    for client in clients { #expect(client.reply()?.text == "done") }
    #expect(began.duration(to: .now) < .seconds(3))
  }

  @Test("an answer that blocks its thread leaves others alone")
  func blocking() throws {
    let gate = DispatchSemaphore(value: 0)
    let server = try TestServer.start { request in
      if request.path == "/slow" { await Self.block(gate) }
      return .text(request.path)
    }
    let slow = try (0..<8).map { _ in try RawClient(port: server.port) }
    for client in slow { client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n") }
    #expect(try RawClient.get(server.port, "/quick")?.text == "/quick")
    for _ in slow { gate.signal() }
    for client in slow { #expect(client.reply()?.text == "/slow") }
  }

  private static func block(_ gate: DispatchSemaphore) async { wait(gate) }
  private static func wait(_ gate: DispatchSemaphore) { gate.wait() }

  @Test("a second listener on the same port is refused in words")
  func addressInUse() throws {
    let server = try TestServer.start { _ in .text("") }
    do {
      _ = try TestServer.start({ $0.port = server.port }) { _ in .text("") }
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .addressInUse)
      #expect(error.message.contains("127.0.0.1:\(server.port)"))
      #expect(error.message.hasSuffix("Another server runs there: stop it or take another port"))
    }
  }

  @Test("an address that is none and half a certificate are refused in words")
  func badConfiguration() throws {
    #expect(throws: HTTPError.self) { try TestServer.start({ $0.address = "no such host." }) { _ in .text("") } }
    do {
      _ = try TestServer.start({ $0.keyFile = "/nowhere/key.pem" }) { _ in .text("") }
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .certificateInvalid)
    }
  }

  @Test("the log has method, target without its query, status and peer of every request")
  func log() throws {
    let entries = Box<[String]>([])
    let server = try TestServer.start({
      $0.log = { entry in
        entries.set(
          entries.get() + ["\(entry.peer) \(entry.method) \(entry.target) \(entry.status) \(entry.isComplete)"])
      }
    }) { _ in .text("x", status: 404) }
    _ = try RawClient.get(server.port, "/a%20b?token=secret")
    #expect(entries.wait { !$0.isEmpty })
    #expect(entries.get() == ["127.0.0.1 GET /a%20b 404 true"])
  }

  @Test("a trusted proxy speaks for its client; others are not believed")
  func proxy() throws {
    let answer: @Sendable (HTTPRequest) async -> HTTPResponse = { .text("\($0.peer) \($0.isSecure)") }
    let fields = ["X-Forwarded-For: 6.6.6.6, 10.1.2.3", "X-Forwarded-Proto: https"]
    let plain = try TestServer.start { await answer($0) }
    #expect(try RawClient.get(plain.port, "/", fields[0], fields[1])?.text == "127.0.0.1 false")
    let behind = try TestServer.start({ $0.trustedProxies = ["127.0.0.1"] }, answer)
    #expect(try RawClient.get(behind.port, "/", fields[0], fields[1])?.text == "10.1.2.3 true")
  }
}
