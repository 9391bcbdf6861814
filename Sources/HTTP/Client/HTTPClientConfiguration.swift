// SPDX-License-Identifier: Apache-2.0

/// Bounds of fetching.
public struct HTTPClientConfiguration: Sendable {
  /// Where may be fetched from.
  public var policy: AddressPolicy
  /// A proxy that all requests go through, e.g. `http://proxy.example.org:3128`. The proxy then resolves names: only
  /// addresses given as numbers are still judged by the policy here.
  public var proxy: String?
  /// The longest wait for a connection, s.
  public var connectSeconds = 15.0
  /// The longest time for a whole answer of `get` and `post`, s.
  public var answerSeconds = 60.0
  /// A download on which fewer than 100 bytes/s come for so long, s, is broken off and tried again.
  public var stallSeconds = 30.0
  public var redirectLimit = 5
  /// How often a transient failure is tried again.
  public var retries = 3
  /// The first pause before another try, s; each further one is twice as long.
  public var pauseSeconds = 0.5
  /// A PEM file of certificates to trust instead of the system's.
  public var trustedCertificates: String?

  public init(policy: AddressPolicy = .publicInternet) { self.policy = policy }
}

/// What came back.
public struct HTTPClientResponse: Sendable {
  public let status: Int
  public let headers: HTTPFields
  public let body: [UInt8]
  /// The address that answered, after redirects.
  public let url: String

  public var isGood: Bool { (200..<300).contains(status) }

  /// Itself when the status is good.
  ///
  /// - Throws: `HTTPError.badStatus` with the beginning of the body.
  public func checked() throws(HTTPError) -> HTTPClientResponse {
    guard isGood else {
      throw HTTPError(
        .badStatus,
        "\(url) answered \(status) \(HTTPStatus.reason(status)): "
          + String(decoding: body.prefix(300), as: UTF8.self))
    }
    return self
  }
}

/// How far a download is.
public struct HTTPDownloadProgress: Sendable {
  /// Bytes on the disk, those of earlier tries included.
  public let count: Int
  /// Length of the whole, bytes; nil when the server does not say.
  public let total: Int?
}

/// A finished download.
public struct HTTPDownload: Sendable {
  public let path: String
  /// Length, bytes.
  public let count: Int
  /// 64 hexadecimal digits.
  public let sha256: String
  /// Bytes that were there from an earlier try.
  public let resumedFrom: Int
  public let headers: HTTPFields
}
