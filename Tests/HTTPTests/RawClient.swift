// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A client that sends any bytes, well formed or not, and reads what comes.
final class RawClient {
  struct Reply {
    var status = 0
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct NoConnection: Error {}

  private var descriptor: Int32
  private var pending: [UInt8] = []

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    if code != 0 { throw NoConnection() }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { leave() }

  func leave() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  /// False when the other side has closed.
  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// The next bytes; empty when the other side has closed.
  func receive() -> [UInt8] {
    if !pending.isEmpty {
      defer { pending = [] }
      return pending
    }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[0..<count]) : []
  }

  /// Whether the other side has closed without a word, or does so within a moment.
  func isCut() -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    return Foundation.poll(&poll, 1, 50) > 0 && recv(descriptor, &byte, 1, 0) <= 0
  }

  /// Whether the other side closes without a word.
  func isClosed() -> Bool { receive().isEmpty }

  /// The next answer; nil when the connection closes before its head is whole.
  func reply(toHead: Bool = false) -> Reply? {
    var bytes: [UInt8] = []
    let end = Array("\r\n\r\n".utf8)
    var headEnd = bytes.firstRange(of: end)
    while headEnd == nil {
      let more = receive()
      if more.isEmpty { return nil }
      bytes += more
      headEnd = bytes.firstRange(of: end)
    }
    var reply = Self.head(String(decoding: bytes[..<headEnd!.lowerBound], as: UTF8.self))
    var rest = Array(bytes[headEnd!.upperBound...])
    if reply.status == 100 {
      pending = rest
      return self.reply(toHead: toHead)
    }
    guard !toHead, reply.status != 304, reply.status != 204 else {
      pending = rest
      return reply
    }
    if reply.headers["transfer-encoding"] == "chunked" {
      let end = Array("0\r\n\r\n".utf8)
      while !rest.suffix(5).elementsEqual(end) {
        let more = receive()
        if more.isEmpty { break }
        rest += more
      }
      reply.body = Self.unchunked(rest)
    } else {
      let length = Int(reply.headers["content-length"] ?? "0") ?? 0
      while rest.count < length {
        let more = receive()
        if more.isEmpty { break }
        rest += more
      }
      reply.body = Array(rest.prefix(length))
      pending = Array(rest.dropFirst(length))
    }
    return reply
  }

  /// One request on a connection of its own.
  static func ask(_ port: Int, _ text: String, toHead: Bool = false) throws -> Reply? {
    let client = try RawClient(port: port)
    client.send(text)
    return client.reply(toHead: toHead)
  }

  static func get(_ port: Int, _ target: String, _ headers: String...) throws -> Reply? {
    try ask(port, "GET \(target) HTTP/1.1\r\nHost: x\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
  }

  private static func head(_ text: String) -> Reply {
    var lines = text.split(separator: "\r\n")[...]
    var reply = Reply()
    if let first = lines.popFirst() { reply.status = Int(first.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    for line in lines {
      let halves = line.split(separator: ":", maxSplits: 1)
      let name = halves[0].lowercased()
      let value = halves.count > 1 ? halves[1].trimmingCharacters(in: .whitespaces) : ""
      reply.headers[name] = reply.headers[name].map { $0 + "|" + value } ?? value
    }
    return reply
  }

  private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
    var rest = bytes[...]
    var result: [UInt8] = []
    while let end = rest.firstRange(of: Array("\r\n".utf8)),
      let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
      result += rest[end.upperBound..<min(end.upperBound + size, rest.endIndex)]
      rest = rest[min(end.upperBound + size + 2, rest.endIndex)...]
    }
    return result
  }
}
