// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Synchronization

/// A handler made of closures.
struct ClosureHandler: HTTPHandler {
  var limit: @Sendable (HTTPRequest) -> HTTPBodyLimits = { _ in .memory(upTo: 1 << 20) }
  let answer: @Sendable (HTTPRequest) async -> HTTPResponse

  func limits(for head: HTTPRequest) -> HTTPBodyLimits { limit(head) }
  func respond(to request: HTTPRequest) async -> HTTPResponse { await answer(request) }
}

/// A listener on a free port that a test has for itself.
enum TestServer {
  static func start(
    _ configure: (inout HTTPConfiguration) -> Void = { _ in },
    limit: @escaping @Sendable (HTTPRequest) -> HTTPBodyLimits = { _ in .memory(upTo: 1 << 20) },
    _ answer: @escaping @Sendable (HTTPRequest) async -> HTTPResponse
  ) throws -> HTTPListener {
    var configuration = HTTPConfiguration(port: 0)
    configure(&configuration)
    return try HTTPListener(configuration, handler: ClosureHandler(limit: limit, answer: answer))
  }
}

/// A folder of a test's own, removed with it.
final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.appending(path: "ogive-http-\(UUID().uuidString)").path

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// Something that another thread sets and a test waits for.
final class Box<Value: Sendable>: Sendable {
  private let value: Mutex<Value>

  init(_ value: Value) { self.value = Mutex(value) }

  func set(_ new: Value) { value.withLock { $0 = new } }
  func get() -> Value { value.withLock { $0 } }

  /// Waits until a condition holds; false after `seconds`.
  func wait(seconds: Double = 10, until condition: (Value) -> Bool) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !condition(get()) {
      guard ContinuousClock.now < end else { return false }
      usleep(2000)
    }
    return true
  }
}

/// Bytes in which every shift by less than 251 shows, made by doubling so that large ones cost little.
func testBytes(_ count: Int) -> [UInt8] {
  var bytes = (0..<251).map { UInt8($0) }
  while bytes.count < count { bytes += bytes }
  return Array(bytes.prefix(count))
}
