// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("Streams")
struct HTTPStreamTests {
  private func events(_ produce: @escaping @Sendable (HTTPStream) async -> Void) -> HTTPResponse {
    HTTPResponse(
      headers: ["Content-Type": "text/event-stream"],
      body: .stream(HTTPStream(heartbeat: .init(": beat\n\n", every: 0.3), produce)))
  }

  @Test("events come as they are sent, one data line for each line")
  func sending() throws {
    let server = try TestServer.start { _ in
      self.events { stream in
        await stream.sendEvent("{\"a\": 1}", name: "progress", id: "7")
        await stream.sendEvent("two\nlines", name: "bad\nname")
      }
    }
    let reply = try #require(try RawClient.get(server.port, "/"))
    #expect(reply.headers["content-type"] == "text/event-stream")
    #expect(
      reply.text
        == "id: 7\nevent: progress\ndata: {\"a\": 1}\n\nevent: badname\ndata: two\ndata: lines\n\n")
  }

  @Test("a quiet stream says that it is alive")
  func heartbeat() throws {
    let leave = Box(false)
    let server = try TestServer.start { _ in
      self.events { stream in
        while !leave.get(), !stream.isGone { try? await Task.sleep(for: .milliseconds(10)) }
      }
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    var text = ""
    while !text.contains(": beat") {
      let more = client.receive()
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    #expect(text.contains(": beat\n\n"))
    leave.set(true)
    while !client.receive().isEmpty { break }
  }

  @Test("a client that goes away ends the stream within 2 s, and cancels its task")
  func clientGone() throws {
    let isCancelled = Box(false)
    let isStarted = Box(false)
    let server = try TestServer.start { _ in
      self.events { stream in
        await stream.send("hello\n")
        isStarted.set(true)
        while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
        isCancelled.set(stream.isGone)
      }
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(isStarted.wait { $0 })
    client.leave()
    #expect(isCancelled.wait(seconds: 2) { $0 })
  }

  @Test("a handler at work is cancelled when its client goes away")
  func handlerCancelled() throws {
    let state = Box("")
    let server = try TestServer.start { _ in
      state.set("working")
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
      state.set("cancelled")
      return .text("nobody reads this")
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(state.wait { $0 == "working" })
    client.leave()
    #expect(state.wait(seconds: 2) { $0 == "cancelled" })
    #expect(Box(0).wait { _ in server.connectionCount == 0 })
  }

  @Test("a client that does not read holds the sender back at a few MB")
  func backPressure() throws {
    let sent = Box(0)
    let server = try TestServer.start { _ in
      HTTPResponse(
        body: .stream(
          HTTPStream { stream in
            for _ in 0..<400 {
              guard await stream.send([UInt8](repeating: 7, count: 100_000)) else { return }
              sent.set(sent.get() + 100_000)
            }
          }))
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    var before = -1
    #expect(
      sent.wait { now in
        usleep(200_000)
        defer { before = now }
        return now > 0 && now == before
      })
    #expect(sent.get() < 16_000_000)
    let reply = client.reply()
    #expect(reply?.body.count == 40_000_000)
  }

  @Test("a client that stops reading is cut after the idle time, and the sender learns it")
  func stuckClient() throws {
    let isOver = Box(false)
    let server = try TestServer.start({ $0.idleSeconds = 1 }) { _ in
      HTTPResponse(
        body: .stream(
          HTTPStream { stream in
            while await stream.send([UInt8](repeating: 7, count: 100_000)) {}
            isOver.set(true)
          }))
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(isOver.wait { $0 })
    #expect(Box(0).wait { _ in server.connectionCount == 0 })
  }

  @Test("a stream of a known length says it, gives parts as a file does, and tells the sender when it is enough")
  func parts() throws {
    let whole = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 1000) }
    let isStopped = Box(false)
    let server = try TestServer.start { _ in
      let stream = HTTPStream(length: whole.count) { stream in
        for start in stride(from: 0, to: whole.count, by: 70_000) {
          guard await stream.send(Array(whole[start..<min(start + 70_000, whole.count)])) else {
            isStopped.set(start < 1_000_000)
            return
          }
        }
      }
      return HTTPResponse(headers: ["ETag": "\"v1\""], body: .stream(stream))
    }
    let all = try #require(try RawClient.get(server.port, "/"))
    #expect(all.headers["content-length"] == "3000000" && all.body == whole)
    let end = try #require(try RawClient.get(server.port, "/", "Range: bytes=1999990-", "If-Range: \"v1\""))
    #expect(end.status == 206 && end.body == Array(whole[1_999_990...]))
    #expect(end.headers["content-range"] == "bytes 1999990-2999999/3000000")
    let middle = try #require(try RawClient.get(server.port, "/", "Range: bytes=140000-140009"))
    #expect(middle.body == Array(whole[140_000..<140_010]) && isStopped.wait { $0 })
    #expect(try RawClient.get(server.port, "/", "Range: bytes=1-2", "If-Range: \"v0\"")?.body == whole)
    #expect(try RawClient.get(server.port, "/", "If-None-Match: \"v1\"")?.status == 304)
    #expect(try RawClient.get(server.port, "/", "Range: bytes=3000000-")?.status == 416)
  }

  @Test("a stream that breaks off before its length is seen as not whole")
  func tooShort() throws {
    let server = try TestServer.start { _ in
      HTTPResponse(body: .stream(HTTPStream(length: 1000) { await $0.send([UInt8](repeating: 7, count: 10)) }))
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    let reply = try #require(client.reply())
    #expect(reply.headers["content-length"] == "1000" && reply.body.count == 10 && client.isClosed())
  }

  @Test("HEAD of a stream is answered and produces nothing")
  func head() throws {
    let isProduced = Box(false)
    let server = try TestServer.start { _ in self.events { _ in isProduced.set(true) } }
    let client = try RawClient(port: server.port)
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.reply(toHead: true)?.status == 200)
    #expect(!isProduced.get())
  }
}
