// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A small HTTP server on this machine that gives the files of a folder, whole or by ranges, for tests of what is read in
/// place.
public final class RangeServer: Sendable {
  public let port: Int
  private let folder: String
  private let socket: Int32
  private let answered = Mutex<[Answer]>([])
  private let limits = Mutex<[String: Int]>([:])

  /// One answer: method, path, status and bytes of the body.
  public struct Answer: Sendable {
    public let method, path: String
    public let status, bytes: Int
  }

  public var answers: [Answer] { answered.withLock { $0 } }

  /// - Throws: `CocoaError` where no port is free.
  public init(_ folder: String) throws {
    self.folder = folder
    socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = socket
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else { throw CocoaError(.fileReadUnknown) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread { [self] in serve(client) }
      }
    }
  }

  /// Ends the server; its port is closed from then on.
  public func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  /// After so many answers with parts of a file, it is no longer to be had.
  public func remove(_ path: String, after answers: Int) { limits.withLock { $0[path] = answers } }

  public func address(_ name: String) -> String { "http://127.0.0.1:\(port)/\(name)" }

  // MARK: - One request

  private func serve(_ client: Int32) {
    defer { close(client) }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains("\r\n\r\n") {
      let count = read(client, &buffer, buffer.count)
      guard count > 0 else { return }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    let first = text.split(separator: "\r\n")[0].split(separator: " ").map(String.init)
    guard first.count >= 2 else { return }
    let name = String(first[1].split(separator: "?")[0].dropFirst())
    let isGone = limits.withLock { limits in
      guard let left = limits[name] else { return false }
      limits[name] = left - 1
      return left <= 0
    }
    guard !isGone, let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
      return answer(client, first, 404, "Not Found", [], Data())
    }
    var part = 0..<data.count, status = 200
    if let range = text.firstMatch(of: /(?i)range: bytes=([0-9]+)-([0-9]*)/), let start = Int(range.1),
      start < data.count
    {
      part = start..<min(data.count, (Int(range.2) ?? data.count - 1) + 1)
      status = 206
    }
    let headers = [
      "Accept-Ranges: bytes",
      status == 206 ? "Content-Range: bytes \(part.lowerBound)-\(part.upperBound - 1)/\(data.count)" : "",
    ]
    answer(client, first, status, status == 206 ? "Partial Content" : "OK", headers, data[part])
  }

  private func answer(
    _ client: Int32, _ request: [String], _ status: Int, _ reason: String, _ headers: [String], _ body: Data
  ) {
    let lines = ["HTTP/1.1 \(status) \(reason)", "Content-Length: \(body.count)", "Connection: close"] + headers
    var bytes = Data((lines.filter { !$0.isEmpty }.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    let isHead = request[0] == "HEAD"
    if !isHead { bytes += body }
    answered.withLock {
      $0.append(Answer(method: request[0], path: request[1], status: status, bytes: isHead ? 0 : body.count))
    }
    bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        // The other side may have gone: no signal for that.
        let count = send(client, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}
