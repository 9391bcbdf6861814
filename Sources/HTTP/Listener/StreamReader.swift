// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD

/// Hands a stream's bytes to the library, and lets the connection sleep while there are none.
final class StreamReader: Sendable {
  private let stream: HTTPStream
  private let connection: ConnectionHandle

  private init(_ stream: HTTPStream, _ connection: ConnectionHandle) {
    self.stream = stream
    self.connection = connection
  }

  /// - Parameter length: bytes of the answer; nil when they are not known beforehand.
  static func response(_ stream: HTTPStream, length: Int?, _ connection: ConnectionHandle) -> OpaquePointer? {
    stream.attach { MHD_resume_connection(connection.pointer) }
    let reader = Unmanaged.passRetained(StreamReader(stream, connection))
    let response = MHD_create_response_from_callback(
      length.map { UInt64($0) } ?? .max, 32 << 10,
      { context, _, target, room in
        guard let context, let target else { return StreamReader.broken }
        return Unmanaged<StreamReader>.fromOpaque(context).takeUnretainedValue()
          .read(into: UnsafeMutableRawBufferPointer(start: target, count: room))
      }, reader.toOpaque(),
      { context in
        guard let context else { return }
        Unmanaged<StreamReader>.fromOpaque(context).takeRetainedValue().stream.detach()
      })
    if response == nil { reader.release() }
    return response
  }

  /// The library's marks for an answer that ends, and for one that breaks off.
  private static let end = -1
  private static let broken = -2

  private func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    switch stream.next(into: target, suspend: { MHD_suspend_connection(connection.pointer) }) {
    case .bytes(let count): count
    case .wait: 0
    case .end: Self.end
    case .broken: Self.broken
    }
  }
}
