// SPDX-License-Identifier: Apache-2.0
import CCurl
import Foundation

/// How one try ended.
enum Attempt<Value: Sendable>: Sendable {
  case final(Value)
  /// An answer that says to try again, if possible after so many seconds.
  case transient(Value, after: Double?)
  case failure(HTTPError, after: Double? = nil)
}

extension HTTPClient {
  /// Tries until it succeeds, fails for good, or has been tried often enough. Pauses double and are spread at random,
  /// so that many clients of a server that comes back do not all return at once.
  func retrying<Value: Sendable>(_ attempt: () async throws -> Attempt<Value>) async throws -> Value {
    var pause = configuration.pauseSeconds
    for _ in 0..<max(0, configuration.retries) {
      try Task.checkCancellation()
      var wanted: Double?
      switch try await attempt() {
      case .final(let value): return value
      case .transient(_, let after): wanted = after
      case .failure(_, let after): wanted = after
      }
      try await Task.sleep(for: .seconds(wanted ?? pause * Double.random(in: 0.75...1.25)))
      pause *= 2
    }
    try Task.checkCancellation()
    switch try await attempt() {
    case .final(let value), .transient(let value, _): return value
    case .failure(let error, _): throw error
    }
  }

  /// Refuses what is no address of HTTP. Through a proxy, where no address is seen later, numeric hosts are judged.
  func check(_ url: String) throws(HTTPError) {
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host, !host.isEmpty
    else { throw HTTPError(.malformed, "\(url) is not an address that begins with http:// or https:// and a host") }
    guard configuration.proxy != nil else { return }
    let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    let local = IPAddress(bytes: [127, 0, 0, 1])
    if let address = IPAddress(bare) ?? (bare.lowercased() == "localhost" ? local : nil),
      !configuration.policy.permits(address)
    {
      throw Self.refusal(address, url)
    }
  }

  /// How long a busy server asks to wait, s; more than a minute is not waited.
  static func pause(_ headers: HTTPFields) -> Double? {
    headers["Retry-After"].flatMap { Double($0) }.flatMap { (0...60).contains($0) ? $0 : nil }
  }

  static func isTransient(_ code: CURLcode) -> Bool {
    [
      CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR,
      CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
    ].contains(code)
  }

  static func refusal(_ address: IPAddress, _ url: String) -> HTTPError {
    HTTPError(
      .addressRefused,
      "\(url) leads to \(address), which is not on the public internet. The server's operator can allow its network")
  }

  static func error(_ code: CURLcode, _ words: String, _ url: String) -> HTTPError {
    switch code {
    case CURLE_OPERATION_TIMEDOUT: HTTPError(.tooSlow, "\(url) took too long: \(words)")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL:
      HTTPError(.malformed, "\(url) is not an address that can be fetched: \(words)")
    default: HTTPError(.notFetched, "cannot fetch \(url): \(words)")
    }
  }
}
