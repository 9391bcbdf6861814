// SPDX-License-Identifier: Apache-2.0
import CMicroHTTPD

/// What of a request's head the listener itself acts on.
struct RequestHead {
  enum Verdict {
    case good(HTTPRequest)
    case refused(HTTPResponse)
  }

  /// Length that the head promises, bytes; nil for a chunked body.
  let length: Int?
  let isChunked: Bool
  let verdict: Verdict

  var hasBody: Bool { isChunked || (length ?? 0) > 0 }

  init(method: String, target: String, headers: HTTPFields, connection: Connection, core: ListenerCore) {
    let codings = headers.list("Transfer-Encoding")
    let lengths = headers.all("Content-Length")
    isChunked = !codings.isEmpty
    length = codings.isEmpty ? (lengths.first.flatMap { Int($0) } ?? 0) : nil
    verdict = Self.verdict(method, target, headers, connection, core)
  }

  private static func verdict(
    _ method: String, _ target: String, _ headers: HTTPFields, _ connection: Connection, _ core: ListenerCore
  ) -> Verdict {
    let codings = headers.list("Transfer-Encoding")
    let lengths = headers.all("Content-Length")
    // Two opinions about where a body ends are how one request is smuggled inside another.
    if lengths.count > 1 || !lengths.isEmpty && !codings.isEmpty || headers.all("Host").count > 1 {
      return malformed("the header fields contradict each other about the body's length or the host")
    }
    if codings.count > 1 || codings.contains(where: { $0.lowercased() != "chunked" }) {
      return .refused(
        .problem(501, kind: "http.coding-unknown", detail: "bodies can be sent plain or chunked, not \(codings)"))
    }
    if headers.fields.contains(where: {
      $0.name.utf8.contains { $0 <= 0x20 || $0 >= 0x7f } || $0.value.utf8.contains(0)
    }) {
      return malformed("a header field has a blank or a control character in its name or value")
    }
    guard let known = HTTPMethod(rawValue: method) else {
      return .refused(
        .problem(405, kind: "http.method-unknown", detail: "the method is not one that is answered here")
          .with("Allow", HTTPMethod.allCases.map(\.rawValue).joined(separator: ", ")))
    }
    guard let parsed = HTTPTarget(target) else {
      return malformed("the path or the query is not well formed, or has . or .. or an empty part in it")
    }
    let client = client(of: connection, headers, core)
    return .good(
      HTTPRequest(method: known, target: parsed, headers: headers, peer: client.peer, isSecure: client.isSecure))
  }

  private static func malformed(_ detail: String) -> Verdict {
    .refused(.problem(400, kind: HTTPErrorKind.malformed.rawValue, detail: detail))
  }

  /// A trusted proxy says whom it speaks for: the last address of the list that is not a trusted proxy's own.
  private static func client(
    of connection: Connection, _ headers: HTTPFields, _ core: ListenerCore
  ) -> (peer: String, isSecure: Bool) {
    let trusted = core.configuration.trustedProxies
    guard trusted.contains(connection.peer) else { return (connection.peer, core.isSecure) }
    let peer = headers.list("X-Forwarded-For").last { !trusted.contains($0) } ?? connection.peer
    let isSecure = headers["X-Forwarded-Proto"].map { $0.lowercased() == "https" } ?? core.isSecure
    return (peer, isSecure)
  }

  /// The header fields that the library has read.
  static func headers(of connection: OpaquePointer) -> HTTPFields {
    var fields = HTTPFields()
    withUnsafeMutablePointer(to: &fields) { pointer in
      _ = MHD_get_connection_values_n(
        connection, .HEADER_KIND,
        { context, _, name, nameCount, value, valueCount in
          guard let fields = context?.assumingMemoryBound(to: HTTPFields.self) else { return .NO }
          fields.pointee.append(RequestHead.text(name, nameCount), RequestHead.text(value, valueCount))
          return .YES
        }, pointer)
    }
    return fields
  }

  private static func text(_ bytes: UnsafePointer<CChar>?, _ count: Int) -> String {
    guard let bytes, count > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
  }
}
