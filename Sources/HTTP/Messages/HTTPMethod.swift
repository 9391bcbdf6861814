// SPDX-License-Identifier: Apache-2.0

/// The methods that are answered; any other gets 501.
public enum HTTPMethod: String, Sendable, CaseIterable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"

  /// Whether a request of this method changes nothing on the server.
  public var isSafe: Bool { self == .get || self == .head || self == .options }
}
