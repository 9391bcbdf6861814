// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD
import Foundation

/// An answer in the library's form, ready to be queued.
///
/// Made on the thread that worked out the answer, so that opening a file does not hold up other connections.
struct PreparedResponse: @unchecked Sendable {
  let status: Int
  let response: OpaquePointer
  /// What has to be produced once the head is out.
  let stream: HTTPStream?

  /// - Parameter request: nil when the head was not fit to be read; then no condition applies.
  init?(_ answer: HTTPResponse, to request: HTTPRequest?, connection: ConnectionHandle) {
    var builder = ResponseBuilder(answer, to: request)
    guard let response = builder.build(connection) else { return nil }
    self.response = response
    status = builder.status
    stream = builder.stream
    for field in builder.headers.fields { MHD_add_response_header(response, field.name, field.value) }
  }

  func destroy() {
    MHD_destroy_response(response)
    stream?.detach()
  }
}

/// The library's handle of a connection. Used only while the connection lives, which `Exchange` sees to.
struct ConnectionHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}

private struct ResponseBuilder {
  var status: Int
  var headers: HTTPFields
  var stream: HTTPStream?
  private let answer: HTTPResponse
  private let request: HTTPRequest?

  init(_ answer: HTTPResponse, to request: HTTPRequest?) {
    self.answer = answer
    self.request = request
    // Statuses below 200 are the library's own; one out of range is our mistake and no client's.
    status = (200...599).contains(answer.status) ? answer.status : 500
    headers = answer.headers
    for name in ["Content-Length", "Transfer-Encoding", "Connection", "Date"] { headers[name] = nil }
  }

  mutating func build(_ connection: ConnectionHandle) -> OpaquePointer? {
    switch answer.body {
    case .none: return Self.empty()
    case .bytes(let bytes): return build(bytes)
    case .file(let file): return build(file)
    case .stream(let stream): return build(stream, connection)
    }
  }

  private mutating func build(_ stream: HTTPStream, _ connection: ConnectionHandle) -> OpaquePointer? {
    self.stream = request?.method == .head ? nil : stream
    guard status == 200, let request, let length = stream.length, let tag = headers["ETag"] else {
      return StreamReader.response(stream, length: stream.length, connection)
    }
    headers["Accept-Ranges"] = "bytes"
    let outcome = HTTPConditions(method: request.method, headers: request.headers)
      .outcome(tag: tag, modified: nil, count: length)
    switch outcome {
    case .whole: return StreamReader.response(stream, length: length, connection)
    case .part(let range):
      status = 206
      headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
      stream.restrict(to: range)
      return StreamReader.response(stream, length: range.count, connection)
    case .notModified:
      self.stream = nil
      return empty(304)
    case .failed:
      self.stream = nil
      return empty(412)
    case .unsatisfiable:
      self.stream = nil
      headers["Content-Range"] = "bytes */\(length)"
      return empty(416)
    }
  }

  private mutating func build(_ bytes: [UInt8]) -> OpaquePointer? {
    if status == 200, let request, headers["ETag"] != nil || headers["Last-Modified"] != nil {
      let modified = headers["Last-Modified"].flatMap(HTTPDate.seconds)
      let outcome = HTTPConditions(method: request.method, headers: request.headers)
        .outcome(tag: headers["ETag"], modified: modified, count: nil)
      if outcome == .failed { return empty(412) }
      // The bytes are not sent, but their length is said: it must be that of the answer that the client has.
      if outcome == .notModified { status = 304 }
    }
    // The library does not write to the bytes that it copies.
    return bytes.withUnsafeBytes {
      MHD_create_response_from_buffer(
        $0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY)
    }
  }

  private mutating func build(_ file: HTTPFile) -> OpaquePointer? {
    var opened: OpenedFile?
    var tagEnding = ""
    if let packed = file.gzipPath {
      headers.add("Vary", "Accept-Encoding")
      if acceptsGzip {
        opened = OpenedFile(path: packed)
        if opened != nil { headers["Content-Encoding"] = "gzip" }
        tagEnding = "-gz"
      }
    }
    guard let opened = opened ?? OpenedFile(path: file.path) else { return notFound() }
    if headers["Content-Type"] == nil { headers["Content-Type"] = HTTPFile.mediaType(of: file.path) }
    let tag = headers["ETag"] ?? String(opened.tag.dropLast()) + tagEnding + "\""
    headers["ETag"] = tag
    headers["Last-Modified"] = HTTPDate.text(opened.modified)
    headers["Accept-Ranges"] = "bytes"
    let outcome =
      request.map {
        HTTPConditions(method: $0.method, headers: $0.headers)
          .outcome(tag: tag, modified: opened.modified, count: opened.count)
      } ?? .whole
    return status == 200 ? build(opened, outcome) : send(opened, 0..<opened.count)
  }

  private mutating func build(_ file: OpenedFile, _ outcome: HTTPConditions.Outcome) -> OpaquePointer? {
    switch outcome {
    case .whole: return send(file, 0..<file.count)
    case .part(let range):
      status = 206
      headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.count)"
      return send(file, range)
    case .notModified:
      status = 304
      return send(file, 0..<file.count)
    case .failed:
      close(file.descriptor)
      return empty(412)
    case .unsatisfiable:
      close(file.descriptor)
      headers["Content-Range"] = "bytes */\(file.count)"
      headers["Content-Type"] = nil
      return empty(416)
    }
  }

  private func send(_ file: OpenedFile, _ range: Range<Int>) -> OpaquePointer? {
    guard !range.isEmpty else {
      close(file.descriptor)
      return Self.empty()
    }
    let response = MHD_create_response_from_fd_at_offset64(
      UInt64(range.count), file.descriptor, UInt64(range.lowerBound))
    if response == nil { close(file.descriptor) }
    return response
  }

  private mutating func notFound() -> OpaquePointer? {
    let problem = HTTPResponse.problem(404, kind: "http.no-such-file", detail: "the file is not there any more")
    status = 404
    for field in problem.headers.fields { headers[field.name] = field.value }
    guard case .bytes(let bytes) = problem.body else { return Self.empty() }
    return build(bytes)
  }

  private var acceptsGzip: Bool {
    request?.headers.list("Accept-Encoding").contains { entry in
      let parts = entry.lowercased().split(separator: ";").map(HTTPFields.trimmed)
      return parts.first == "gzip" && !parts.contains("q=0") && !parts.contains("q=0.0")
    } ?? false
  }

  private mutating func empty(_ status: Int) -> OpaquePointer? {
    self.status = status
    return Self.empty()
  }

  private static func empty() -> OpaquePointer? { MHD_create_response_from_buffer(0, nil, .RESPMEM_PERSISTENT) }
}
