// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("Malformed and hostile requests")
struct MalformedRequestTests {
  private let handled = Box<[String]>([])

  private func server(_ configure: (inout HTTPConfiguration) -> Void = { _ in }) throws -> HTTPListener {
    let handled = handled
    return try TestServer.start(configure) { request in
      handled.set(handled.get() + [request.path])
      return .text(request.path)
    }
  }

  @Test(
    "a target that could lead astray, or is not well formed, gets 400 and is not handled",
    arguments: [
      "/../etc/passwd", "/a/../../etc/passwd", "/a/%2e%2e/b", "/a/%2E%2e/b", "/a/..%2fb", "/a/b%2f..%2f..%2fc",
      "/./a",
      "/a/..", "/a//b", "//etc/passwd", "/a\\..\\b", "/a/%5c..%5cb", "/a%00.png", "/a%0d%0aX:1", "/%", "/%2", "/%zz",
      "/%ff", "/%c0%ae%c0%ae/", "/a?q=%", "/a?q=%00", "/a?q=%ff", "/a#b", "a/b", "*", "/a\u{7f}", "/caf\u{e9}",
    ])
  func target(_ target: String) throws {
    let server = try server()
    #expect(try RawClient.get(server.port, target)?.status == 400)
    #expect(handled.get() == [])
  }

  @Test("encoded twice is decoded once")
  func decodedOnce() throws {
    let server = try server()
    #expect(try RawClient.get(server.port, "/a%252e%252e/%2541")?.text == "/a%2e%2e/%41")
  }

  @Test("the absolute form of a target is taken by its path")
  func absoluteForm() throws {
    let server = try server()
    #expect(try RawClient.get(server.port, "http://x/a/b?c")?.text == "/a/b")
  }

  @Test(
    "heads that contradict themselves or the protocol are refused",
    arguments: [
      ("Content-Length: 3\r\nContent-Length: 4\r\n", 400),
      ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
      ("Transfer-Encoding: gzip, chunked\r\n", 501), ("Transfer-Encoding: xchunked\r\n", 501),
      ("Content-Length: -3\r\n", 400), ("Content-Length: 0x10\r\n", 400), ("Content-Length: abc\r\n", 400),
      ("Content-Length: 99999999999999999999999\r\n", 413), ("Host: y\r\n", 400), ("Na me: x\r\n", 400),
      ("Content-Length : 3\r\n", 400), ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 501),
    ])
  func heads(fields: String, status: Int) throws {
    let server = try server()
    let reply = try RawClient.ask(server.port, "POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\nabc")
    #expect(reply?.status == status)
    #expect(handled.get() == [])
  }

  @Test("lines that are no request are refused or cut, and the next client is served")
  func nonsense() throws {
    let server = try server { $0.headSeconds = 0.5 }
    for text in [
      "\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
      "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n", "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
      let status = try RawClient.ask(server.port, text)?.status ?? 0
      #expect(status == 0 || status >= 400, "\(text.debugDescription) got \(status)")
    }
    #expect(handled.get() == [])
    #expect(try RawClient.get(server.port, "/good")?.status == 200)
  }

  @Test("an unknown method gets 405")
  func unknownMethod() throws {
    let server = try server()
    #expect(try RawClient.ask(server.port, "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n")?.status == 405)
  }

  @Test("a target beyond the limit gets 414 and header fields beyond it 431")
  func tooLong() throws {
    let server = try server { $0.headerBytes = 8 << 10 }
    let long = String(repeating: "a", count: 40 << 10)
    #expect(try RawClient.get(server.port, "/" + long)?.status == 414)
    #expect(try RawClient.get(server.port, "/", "X-Long: " + long)?.status == 431)
    let many = (0..<4000).map { "X-\($0): 1\r\n" }.joined()
    #expect(try RawClient.ask(server.port, "GET / HTTP/1.1\r\nHost: x\r\n\(many)\r\n")?.status == 431)
    #expect(try RawClient.get(server.port, "/" + String(repeating: "a", count: 4000))?.status == 200)
  }

  @Test("a client that drips its head is cut after the time for heads, though it never pauses")
  func slowHead() throws {
    let server = try server {
      $0.headSeconds = 0.5
      $0.idleSeconds = 60
    }
    let client = try RawClient(port: server.port)
    let began = ContinuousClock.now
    client.send("GET / HTTP/1.1\r\nHost: x\r\n")
    while began.duration(to: .now) < .seconds(10), client.send("X: y\r\n") { usleep(50_000) }
    let lasted = began.duration(to: .now)
    #expect(lasted > .seconds(0.4) && lasted < .seconds(3))
    #expect(handled.get() == [])
  }

  @Test("a client that drips its body is cut once it is slower than allowed")
  func slowBody() throws {
    let server = try server {
      $0.headSeconds = 0.5
      $0.slowestBody = 1000
    }
    let client = try RawClient(port: server.port)
    let began = ContinuousClock.now
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
    while began.duration(to: .now) < .seconds(10), client.send("y") { usleep(50_000) }
    #expect(began.duration(to: .now) < .seconds(3))
    #expect(handled.get() == [])
  }

  @Test("connections beyond the limit of an address are closed, and taken again when others have gone")
  func perAddressLimit() throws {
    let server = try server { $0.perAddressLimit = 4 }
    let clients = try (0..<4).map { _ in try RawClient(port: server.port) }
    for client in clients {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(client.reply()?.status == 200)
    }
    let fifth = try RawClient(port: server.port)
    fifth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(fifth.reply() == nil)
    for client in clients { client.leave() }
    let end = ContinuousClock.now + .seconds(5)
    var status: Int?
    while status != 200, ContinuousClock.now < end { status = try RawClient.get(server.port, "/")?.status }
    #expect(status == 200)
  }
}
