// SPDX-License-Identifier: Apache-2.0

/// Where and within what bounds a listener serves.
public struct HTTPConfiguration: Sendable {
  /// A numeric address or a name of this machine.
  public var address: String
  /// 0 takes a free one; `HTTPListener.port` tells which.
  public var port: Int
  /// Certificate chain and private key, PEM; both make the listener speak TLS 1.2 and 1.3.
  public var certificateFile: String?
  public var keyFile: String?
  /// Threads that move bytes; answers are worked out on others.
  public var threads = 2
  /// A connection on which nothing moves is closed after so long, s.
  public var idleSeconds = 60
  /// A head must be complete after so long, s, however slowly its bytes come.
  public var headSeconds = 15.0
  /// A body must come faster than this on average, bytes/s, once `headSeconds` have gone by.
  public var slowestBody = 2048.0
  /// Connections at a time; the limit of open files of this process is raised for them where the system lets it.
  public var connectionLimit = 2000
  /// Connections of one address at a time: a browser opens about six, and a whole institute may share one address. A
  /// proxy's address needs all of them.
  public var perAddressLimit = 500
  /// The longest request line with all header fields, bytes.
  public var headerBytes = 24 << 10
  /// Addresses of proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
  public var trustedProxies: Set<String> = []
  /// Told about every answered request.
  public var log: (@Sendable (HTTPLogEntry) -> Void)?

  public init(address: String = "127.0.0.1", port: Int = 8080) {
    self.address = address
    self.port = port
  }
}

/// One answered request.
public struct HTTPLogEntry: Sendable {
  public let peer: String
  /// As it came; not to be trusted.
  public let method: String
  /// As it came, still encoded and without the query, which may hold secrets.
  public let target: String
  public let status: Int
  /// From the first byte of the head to the last of the answer, s.
  public let seconds: Double
  /// Whether the answer went out whole.
  public let isComplete: Bool
}
