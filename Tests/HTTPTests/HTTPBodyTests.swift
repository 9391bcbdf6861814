// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Processing
import Testing

@Suite("Request bodies")
struct HTTPBodyTests {
  private func describe(_ request: HTTPRequest) -> HTTPResponse {
    switch request.body {
    case .none: return .text("none")
    case .bytes(let bytes): return .text("bytes \(bytes.count) \(sum(bytes))")
    case .file(let path, let count):
      let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
      return .text("file \(count) \(bytes.count) \(sum(bytes))")
    }
  }

  private func sum(_ bytes: [UInt8]) -> Checksum { SHA256.checksum(of: bytes) }

  private func post(_ count: Int, _ fields: String = "") -> [UInt8] {
    Array("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\n\(fields)\r\n".utf8) + testBytes(count)
  }

  private func chunked(_ count: Int, by step: Int) -> [UInt8] {
    var message = Array("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
    let all = testBytes(count)
    for start in stride(from: 0, to: count, by: step) {
      let piece = all[start..<min(start + step, count)]
      message += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
    }
    return message + Array("0\r\n\r\n".utf8)
  }

  @Test("bodies up to the limit come whole, with a length and in chunks", arguments: [0, 1, 1000, 100_000])
  func inMemory(count: Int) throws {
    let server = try TestServer.start({ _ in }, limit: { _ in .memory(upTo: 100_000) }) { describe($0) }
    let client = try RawClient(port: server.port)
    let expected = count == 0 ? "none" : "bytes \(count) \(sum(testBytes(count)))"
    for message in [post(count), chunked(count, by: 777)] {
      client.send(message)
      #expect(client.reply()?.text == expected)
    }
  }

  @Test("a body of 4 MB goes to a file in the folder, which is gone after the answer")
  func toFile() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer.start({ _ in }, limit: { _ in .file(upTo: 30 << 20, folder: folder.path) }) {
      describe($0)
    }
    let count = 4_000_000
    let client = try RawClient(port: server.port)
    for message in [post(count), chunked(count, by: 1 << 20)] {
      client.send(message)
      #expect(client.reply()?.text == "file \(count) \(count) \(sum(testBytes(count)))")
    }
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.reply()?.text == "none")
    #expect(folder.names == [])
  }

  @Test("the file of an upload that breaks off is removed")
  func brokenOff() throws {
    let folder = try TemporaryFolder()
    let server = try TestServer.start({ _ in }, limit: { _ in .file(upTo: 1 << 20, folder: folder.path) }) {
      describe($0)
    }
    let client = try RawClient(port: server.port)
    client.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
    #expect(Box(0).wait { _ in !folder.names.isEmpty })
    client.leave()
    #expect(Box(0).wait { _ in folder.names.isEmpty })
  }

  @Test("a body that announces more than the limit gets 413 before it is sent")
  func announcedTooLarge() throws {
    let server = try TestServer.start({ _ in }, limit: { _ in .memory(upTo: 1000) }) { describe($0) }
    for fields in ["Content-Length: 100000000\r\n", "Content-Length: 1001\r\nExpect: 100-continue\r\n"] {
      let reply = try RawClient.ask(server.port, "POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n")
      #expect(reply?.status == 413)
      #expect(reply?.text.contains("http.body-too-large") == true)
      #expect(reply?.text.contains("1000 bytes") == true)
    }
  }

  @Test("a small body beyond the limit is read to its end: the connection goes on after 413")
  func smallTooLarge() throws {
    let server = try TestServer.start({ _ in }, limit: { _ in .memory(upTo: 1000) }) { describe($0) }
    let client = try RawClient(port: server.port)
    for message in [post(2000), chunked(2000, by: 100)] {
      client.send(message)
      #expect(client.reply()?.status == 413)
    }
    client.send(post(1000))
    #expect(client.reply()?.status == 200)
  }

  @Test("a chunked body without end is cut, and the memory holds no more than the limit")
  func endless() throws {
    let server = try TestServer.start({ _ in }, limit: { _ in .memory(upTo: 1000) }) { describe($0) }
    let client = try RawClient(port: server.port)
    client.send("POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = Array("10000\r\n".utf8) + testBytes(1 << 16) + Array("\r\n".utf8)
    var sent = 0
    while sent < 1000, client.send(chunk) { sent += 1 }
    // The sockets' own buffers take some beyond the 8 MB that are read.
    #expect(sent > 100 && sent < 600)
  }

  @Test("who asks first is told to go on, or is answered at once")
  func expectContinue() throws {
    let server = try TestServer.start(
      { _ in },
      limit: { $0.path == "/no" ? .refuse(.problem(403, kind: "no", detail: "no")) : .memory(upTo: 100) }
    ) { describe($0) }
    let client = try RawClient(port: server.port)
    client.send("POST /yes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    let first = String(decoding: client.receive(), as: UTF8.self)
    #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
    client.send("abc")
    #expect(client.reply()?.text == "bytes 3 \(sum(Array("abc".utf8)))")
    let refused = try RawClient(port: server.port)
    refused.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    #expect(refused.reply()?.status == 403)
  }

  @Test("a folder that cannot be written gives 500 in words, and more than the disk has gives 507")
  func notWritable() throws {
    let server = try TestServer.start(
      { _ in }, limit: { .file(upTo: 1 << 60, folder: $0.path == "/huge" ? "/tmp" : "/nowhere") }
    ) { describe($0) }
    let client = try RawClient(port: server.port)
    client.send(post(10))
    let reply = client.reply()
    #expect(reply?.status == 500 && reply?.text.contains("http.upload-not-writable") == true)
    let huge = "POST /huge HTTP/1.1\r\nHost: x\r\nContent-Length: \(1 << 55)\r\nExpect: 100-continue\r\n\r\n"
    #expect(try RawClient.ask(server.port, huge)?.status == 507)
  }

  @Test("JSON and forms are read out of a body")
  func contents() throws {
    var request = try HTTPRequest(method: .post, target: "/", body: .bytes(Array("{\"a\": [1, 2]}".utf8)))
    #expect(try request.json()["a"]?[1]?.intValue == 2)
    request.body = .bytes(Array("user=a+b&pass=%26%3D&flag".utf8))
    #expect(request.form()?.map { "\($0.name)=\($0.value)" } == ["user=a b", "pass=&=", "flag="])
    request.body = .bytes(Array("a=%f".utf8))
    #expect(request.form() == nil)
    request.headers["Content-Type"] = "Application/JSON; charset=utf-8"
    #expect(request.contentType == "application/json")
    request.headers["Cookie"] = "a=1; session=xyz=; b=2"
    #expect(request.cookie("session") == "xyz=" && request.cookie("b") == "2" && request.cookie("c") == nil)
  }
}
