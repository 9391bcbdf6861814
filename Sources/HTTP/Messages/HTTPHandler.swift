// SPDX-License-Identifier: Apache-2.0

/// What may come after a head.
public enum HTTPBodyLimits: Sendable {
  /// Answered at once, without reading the body.
  case refuse(HTTPResponse)
  /// Taken into the memory, up to so many bytes.
  case memory(upTo: Int)
  /// Written to a temporary file in a folder, up to so many bytes.
  case file(upTo: Int, folder: String)
}

/// Answers requests.
public protocol HTTPHandler: Sendable {
  /// Looks at the head before the body is read. Runs on a thread of the listener: it must be quick.
  func limits(for head: HTTPRequest) -> HTTPBodyLimits

  /// Answers a request whose body has arrived. May block its thread; is cancelled when the client goes away.
  func respond(to request: HTTPRequest) async -> HTTPResponse
}

extension HTTPHandler {
  public func limits(for head: HTTPRequest) -> HTTPBodyLimits { .memory(upTo: 1 << 20) }
}
