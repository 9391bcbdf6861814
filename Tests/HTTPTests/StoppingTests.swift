// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("Stopping a listener")
struct StoppingTests {
  @Test("answers at hand are finished, new connections are cut")
  func graceful() throws {
    let gate = Box(false)
    let isWorking = Box(false)
    let server = try TestServer.start { _ in
      isWorking.set(true)
      while !gate.get() { try? await Task.sleep(for: .milliseconds(5)) }
      return .text("finished")
    }
    let port = server.port
    let client = try RawClient(port: port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(isWorking.wait { $0 })
    let isStopped = Box(false)
    Thread {
      server.stop(within: 10)
      isStopped.set(true)
    }.start()
    #expect(Box(0).wait { _ in (try? RawClient(port: port).isCut()) ?? true })
    #expect(!isStopped.get())
    gate.set(true)
    let reply = client.reply()
    #expect(reply?.text == "finished" && reply?.headers["connection"]?.lowercased() == "close")
    #expect(isStopped.wait { $0 })
  }

  @Test("answers that take too long get 503, and their task is cancelled")
  func tooLate() throws {
    let isCancelled = Box(false)
    let isWorking = Box(false)
    let server = try TestServer.start { _ in
      isWorking.set(true)
      while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
      isCancelled.set(true)
      try? await Task.sleep(for: .seconds(1))
      return .text("too late")
    }
    let client = try RawClient(port: server.port)
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(isWorking.wait { $0 })
    server.stop(within: 0.1)
    #expect(client.reply()?.status == 503)
    #expect(isCancelled.wait { $0 })
  }

  @Test("open streams end and idle connections close at once")
  func streams() throws {
    let server = try TestServer.start { _ in
      HTTPResponse(
        body: .stream(
          HTTPStream { stream in
            await stream.send("begin")
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(5)) }
          }))
    }
    let streaming = try RawClient(port: server.port)
    streaming.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(!streaming.receive().isEmpty)
    let idle = try RawClient(port: server.port)
    let began = ContinuousClock.now
    server.stop(within: 10)
    #expect(began.duration(to: .now) < .seconds(2))
    while !streaming.isClosed() {}
    #expect(idle.isClosed())
  }

  @Test("stopping under load, 20 times: nothing crashes, every answer is whole or none", .timeLimit(.minutes(1)))
  func underLoad() throws {
    for round in 0..<20 {
      let server = try TestServer.start { request in
        if request.path == "/wait" { try? await Task.sleep(for: .milliseconds(round)) }
        if request.path == "/stream" {
          return HTTPResponse(body: .stream(HTTPStream { stream in while await stream.send("0123456789") {} }))
        }
        return .text("whole")
      }
      let port = server.port
      let done = DispatchGroup()
      for path in ["/wait", "/quick", "/stream"] {
        done.enter()
        Thread {
          while let client = try? RawClient(port: port) {
            client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
            guard path == "/stream" else {
              guard let reply = client.reply() else { break }
              if reply.text != "whole" && reply.status != 503 { Issue.record("half an answer: \(reply)") }
              continue
            }
            while !client.isClosed() {}
          }
          done.leave()
        }.start()
      }
      usleep(UInt32(10_000 + 1000 * round))
      server.stop(within: round % 2 == 0 ? 0 : 0.05)
      done.wait()
    }
  }
}
