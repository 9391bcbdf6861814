// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Processing
import Testing

@Suite("Downloads")
struct DownloadTests {
  private let folder: TemporaryFolder
  private let bytes: [UInt8]
  private let source: String

  init() throws {
    folder = try TemporaryFolder()
    bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 9) }
    source = try folder.write("source.bin", bytes)
  }

  private var sha256: String { SHA256.checksum(of: bytes).hexadecimal }
  private var target: String { folder.path + "/target.bin" }

  private func contents(_ path: String) -> [UInt8] { Array(FileManager.default.contents(atPath: path) ?? Data()) }

  /// Serves the source; the first `breaks` answers break off after `after` bytes. Tells what ranges were asked for.
  private func server(breaks: Int = 0, after: Int = 0, ranges: Box<[String]>) throws -> HTTPListener {
    let source = source
    let bytes = bytes
    return try TestServer.start { request in
      ranges.set(ranges.get() + [request.headers["Range"] ?? "whole"])
      guard ranges.get().count <= breaks else { return HTTPResponse(body: .file(HTTPFile(path: source))) }
      let start = request.headers["Range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
      var headers: HTTPFields = ["ETag": "\"v1\""]
      if start > 0 { headers["Content-Range"] = "bytes \(start)-\(bytes.count - 1)/\(bytes.count)" }
      return HTTPResponse(
        status: start > 0 ? 206 : 200, headers: headers,
        body: .stream(
          HTTPStream { stream in
            await stream.send(Array(bytes[start..<min(start + after, bytes.count)]))
            stream.breakOff()
          }))
    }
  }

  @Test("a file comes whole, with its checksum and progress")
  func whole() async throws {
    let ranges = Box<[String]>([])
    let server = try server(ranges: ranges)
    let told = Box<[Int]>([])
    let result = try await HTTPClientTests.local().download(
      "http://127.0.0.1:\(server.port)/x", to: target, sha256: sha256.uppercased()
    ) { progress in
      told.set(told.get() + [progress.count])
      #expect(progress.total == 1_000_000)
    }
    #expect(contents(target) == bytes)
    #expect(result.count == 1_000_000 && result.sha256 == sha256 && result.resumedFrom == 0)
    #expect(told.get().last == 1_000_000)
    #expect(folder.names == ["source.bin", "target.bin"])
  }

  @Test("what breaks off goes on where it stopped, within one call and by the next")
  func resumes() async throws {
    let ranges = Box<[String]>([])
    let server = try server(breaks: 3, after: 200_000, ranges: ranges)
    let url = "http://127.0.0.1:\(server.port)/x"
    await #expect(throws: HTTPError.self) {
      try await HTTPClientTests.local { $0.retries = 1 }.download(url, to: target)
    }
    #expect(folder.names == ["source.bin", "target.bin.part", "target.bin.part.json"])
    #expect(contents(target + ".part") == Array(bytes[..<400_000]))
    // The third breaks off too; the file behind it has another tag, so all of it comes again.
    let result = try await HTTPClientTests.local().download(url, to: target)
    #expect(ranges.get() == ["whole", "bytes=200000-", "bytes=400000-", "bytes=600000-"])
    #expect(contents(target) == bytes && result.count == bytes.count)
    #expect(folder.names == ["source.bin", "target.bin"])
  }

  @Test("a part of the same version is used: only the rest is fetched")
  func rest() async throws {
    let ranges = Box<[String]>([])
    let server = try server(ranges: ranges)
    let url = "http://127.0.0.1:\(server.port)/x"
    let tag = try #require(try await HTTPClientTests.local().get(url).headers["ETag"])
    _ = try folder.write("target.bin.part", Array(bytes[..<777_777]))
    let note = "{\"url\": \"\(url)\", \"version\": \"\\\"\(tag.dropFirst().dropLast())\\\"\"}"
    _ = try folder.write("target.bin.part.json", Array(note.utf8))
    let result = try await HTTPClientTests.local().download(url, to: target, sha256: sha256)
    #expect(result.resumedFrom == 777_777)
    #expect(contents(target) == bytes)
    #expect(ranges.get() == ["whole", "bytes=777777-"])
  }

  @Test("a part that is already the whole is not fetched again")
  func complete() async throws {
    let ranges = Box<[String]>([])
    let server = try server(ranges: ranges)
    let url = "http://127.0.0.1:\(server.port)/x"
    let tag = try #require(try await HTTPClientTests.local().get(url).headers["ETag"])
    _ = try folder.write("target.bin.part", bytes)
    let note = "{\"url\": \"\(url)\", \"version\": \"\\\"\(tag.dropFirst().dropLast())\\\"\"}"
    _ = try folder.write("target.bin.part.json", Array(note.utf8))
    _ = try await HTTPClientTests.local().download(url, to: target)
    #expect(contents(target) == bytes)
    #expect(ranges.get() == ["whole", "bytes=1000000-"])
  }

  @Test("a part of another version or address is not used")
  func otherVersion() async throws {
    let ranges = Box<[String]>([])
    let server = try server(ranges: ranges)
    let url = "http://127.0.0.1:\(server.port)/x"
    for (address, version) in [(url, "\\\"old\\\""), ("http://elsewhere/", "\\\"v1\\\"")] {
      _ = try folder.write("target.bin.part", [9, 9, 9])
      let note = "{\"url\": \"\(address)\", \"version\": \"\(version)\"}"
      _ = try folder.write("target.bin.part.json", Array(note.utf8))
      let result = try await HTTPClientTests.local().download(url, to: target)
      #expect(contents(target) == bytes && result.resumedFrom == 0)
    }
    #expect(ranges.get() == ["bytes=3-", "whole"])
  }

  @Test("a part that turns out wrong by the checksum is fetched anew; a wrong whole is refused and removed")
  func checksums() async throws {
    let ranges = Box<[String]>([])
    let server = try server(ranges: ranges)
    let url = "http://127.0.0.1:\(server.port)/x"
    _ = try folder.write("target.bin.part", [9, 9, 9])
    _ = try folder.write("target.bin.part.json", Array("{\"url\": \"\(url)\"}".utf8))
    _ = try await HTTPClientTests.local().download(url, to: target, sha256: sha256)
    #expect(contents(target) == bytes)
    #expect(ranges.get() == ["bytes=3-", "whole"])
    let wrong = String(repeating: "0", count: 64)
    do {
      _ = try await HTTPClientTests.local().download(url, to: folder.path + "/other.bin", sha256: wrong)
      Issue.record("it was not refused")
    } catch let error as HTTPError {
      #expect(error.kind == .checksumDiffers && error.message.contains(sha256) && error.message.contains(wrong))
    }
    #expect(folder.names == ["source.bin", "target.bin"])
  }

  @Test("too large, a bad status and a folder that is not there are refused and leave nothing")
  func failures() async throws {
    let server = try server(ranges: Box([]))
    let url = "http://127.0.0.1:\(server.port)/x"
    let missing = try TestServer.start { _ in .text("gone for good", status: 410) }
    func kind(_ url: String, _ path: String, limit: Int = .max) async -> HTTPErrorKind? {
      do {
        _ = try await HTTPClientTests.local().download(url, to: path, limit: limit)
        return nil
      } catch { return (error as? HTTPError)?.kind }
    }
    #expect(await kind(url, target, limit: 999_999) == .tooLarge)
    #expect(await kind("http://127.0.0.1:\(missing.port)/", target) == .badStatus)
    #expect(await kind(url, folder.path + "/none/target.bin") == .fileNotWritable)
    #expect(folder.names == ["source.bin"])
  }
}
