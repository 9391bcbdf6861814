// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Testing

@Suite("Files, ranges and conditions")
struct HTTPFileTests {
  private let folder: TemporaryFolder
  private let server: HTTPListener
  private let bytes = testBytes(100_000)

  init() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("data.tif", bytes)
    _ = try folder.write("empty.txt", [])
    _ = try folder.write("page.js", Array("plain".utf8))
    _ = try folder.write("page.js.gz", Array("packed".utf8))
    mkfifo(folder.path + "/pipe", 0o600)
    self.folder = folder
    server = try TestServer.start { request in
      let path = folder.path + request.path
      return HTTPResponse(
        body: .file(HTTPFile(path: path, gzipPath: request.path == "/page.js" ? path + ".gz" : nil)))
    }
  }

  @Test("a file comes whole, with type, length, tag and date")
  func whole() throws {
    let reply = try #require(try RawClient.get(server.port, "/data.tif"))
    #expect(reply.status == 200 && reply.body == bytes)
    #expect(reply.headers["content-type"] == "image/tiff; application=geotiff; profile=cloud-optimized")
    #expect(reply.headers["accept-ranges"] == "bytes")
    #expect(reply.headers["etag"]?.hasPrefix("\"") == true)
    #expect(reply.headers["last-modified"]?.hasSuffix(" GMT") == true)
  }

  @Test(
    "one range comes as it was asked for",
    arguments: [
      ("bytes=0-0", 0..<1), ("bytes=100-199", 100..<200), ("bytes=99990-", 99990..<100_000),
      ("bytes=-10", 99990..<100_000), ("bytes=-200000", 0..<100_000), ("bytes=99999-999999999", 99999..<100_000),
      ("bytes=5-99999999999999999999999999", 5..<100_000),
    ])
  func range(asked: String, range: Range<Int>) throws {
    let reply = try #require(try RawClient.get(server.port, "/data.tif", "Range: \(asked)"))
    #expect(reply.status == 206)
    #expect(reply.headers["content-range"] == "bytes \(range.lowerBound)-\(range.upperBound - 1)/100000")
    #expect(reply.body == Array(bytes[range]))
  }

  @Test(
    "several ranges, other units and malformed ones get the whole",
    arguments: ["bytes=0-1,5-6", "rows=0-1", "bytes=a-b", "bytes=5-2", "bytes=-", "bytes", "bytes=1-2-3"])
  func wholeInstead(asked: String) throws {
    let reply = try RawClient.get(server.port, "/data.tif", "Range: \(asked)")
    #expect(reply?.status == 200 && reply?.body.count == 100_000)
  }

  @Test(
    "a range behind the end gets 416 with the length",
    arguments: ["bytes=100000-", "bytes=200000-200001", "bytes=-0"])
  func unsatisfiable(asked: String) throws {
    let reply = try RawClient.get(server.port, "/data.tif", "Range: \(asked)")
    #expect(reply?.status == 416)
    #expect(reply?.headers["content-range"] == "bytes */100000")
  }

  @Test("a client that has the file is told so; one that has another version gets all of it")
  func conditions() throws {
    let first = try #require(try RawClient.get(server.port, "/data.tif"))
    let tag = try #require(first.headers["etag"])
    let date = try #require(first.headers["last-modified"])
    func status(_ fields: String...) throws -> Int? {
      let text = fields.map { $0 + "\r\n" }.joined()
      return try RawClient.ask(server.port, "GET /data.tif HTTP/1.1\r\nHost: x\r\n\(text)\r\n")?.status
    }
    #expect(try status("If-None-Match: \(tag)") == 304)
    #expect(try status("If-None-Match: \"other\", W/\(tag)") == 304)
    #expect(try status("If-None-Match: *") == 304)
    #expect(try status("If-None-Match: \"other\"") == 200)
    #expect(try status("If-None-Match: \"other\"", "If-Modified-Since: \(date)") == 200)
    #expect(try status("If-Modified-Since: \(date)") == 304)
    #expect(try status("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT") == 200)
    #expect(try status("If-Match: \"other\"") == 412)
    #expect(try status("If-Match: \(tag)") == 200)
    #expect(try status("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT") == 412)
    #expect(try status("Range: bytes=0-9", "If-Range: \(tag)") == 206)
    #expect(try status("Range: bytes=0-9", "If-Range: \(date)") == 206)
    #expect(try status("Range: bytes=0-9", "If-Range: \"other\"") == 200)
    #expect(try status("Range: bytes=0-9", "If-Range: W/\(tag)") == 200)
  }

  @Test("what has not changed comes without bytes and with its length, and the connection goes on")
  func notModified() throws {
    let tagged = try TestServer.start { _ in .text("five!").with("ETag", "\"v1\"") }
    for (port, path, length) in [(server.port, "/data.tif", "100000"), (tagged.port, "/", "5")] {
      let client = try RawClient(port: port)
      client.send("GET \(path) HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n")
      let reply = try #require(client.reply())
      #expect(reply.status == 304 && reply.headers["content-length"] == length)
      client.send("HEAD \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(client.reply(toHead: true)?.status == 200)
    }
  }

  @Test("the tag changes with the file")
  func tagChanges() throws {
    let before = try RawClient.get(server.port, "/data.tif")?.headers["etag"]
    _ = try folder.write("data.tif", [1, 2, 3])
    let after = try RawClient.get(server.port, "/data.tif")
    #expect(after?.body == [1, 2, 3])
    #expect(after?.headers["etag"] != before)
  }

  @Test("the packed twin goes to clients that take it, with a tag of its own")
  func packed() throws {
    let plain = try #require(try RawClient.get(server.port, "/page.js"))
    let packed = try #require(try RawClient.get(server.port, "/page.js", "Accept-Encoding: br, gzip;q=0.8"))
    #expect(plain.text == "plain" && plain.headers["content-encoding"] == nil)
    #expect(packed.text == "packed" && packed.headers["content-encoding"] == "gzip")
    #expect(packed.headers["content-type"] == "text/javascript; charset=utf-8")
    #expect(plain.headers["vary"] == "Accept-Encoding" && packed.headers["vary"] == "Accept-Encoding")
    #expect(plain.headers["etag"] != packed.headers["etag"])
    #expect(try RawClient.get(server.port, "/page.js", "Accept-Encoding: gzip;q=0")?.text == "plain")
  }

  @Test(
    "an empty file, one that is not there, a folder and a pipe are answered",
    arguments: [
      ("/empty.txt", 200), ("/nothing", 404), ("/", 404), ("/pipe", 404),
    ])
  func unusual(path: String, status: Int) throws {
    #expect(try RawClient.get(server.port, path)?.status == status)
  }

  @Test("HEAD of a file has its length and no bytes")
  func head() throws {
    let reply = try RawClient.ask(server.port, "HEAD /data.tif HTTP/1.1\r\nHost: x\r\n\r\n", toHead: true)
    #expect(reply?.status == 200 && reply?.headers["content-length"] == "100000")
  }

  @Test("bytes with a tag answer conditions too")
  func taggedBytes() throws {
    let server = try TestServer.start { _ in .text("x").with("ETag", "\"v1\"") }
    #expect(try RawClient.get(server.port, "/", "If-None-Match: \"v1\"")?.status == 304)
    #expect(try RawClient.get(server.port, "/", "If-None-Match: \"v2\"")?.status == 200)
  }

  @Test("dates are written and read as the RFC has them")
  func dates() {
    #expect(HTTPDate.text(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
    #expect(HTTPDate.seconds("Sunday, 06-Nov-94 08:49:37 GMT") == nil)
    #expect(HTTPDate.seconds("rubbish") == nil)
  }
}
