// SPDX-License-Identifier: Apache-2.0
import Storage

/// What a signed link opens until when; the signature stands in the address, nothing is kept.
public struct SignedLink: Sendable, Equatable {
  /// Path that may be read, with all below it where it ends in `/`.
  public let path: String
  /// Milliseconds since 1970.
  public let expires: Int
  public let signature: String

  public init(path: String, expires: Int, signature: String) {
    (self.path, self.expires, self.signature) = (path, expires, signature)
  }

  /// To be put behind the path: `expires=…&signature=…`, and `below=…` where it opens a folder.
  public var query: String { "expires=\(expires)&signature=\(signature)" }
}

extension AccountStore {
  /// Makes a link that opens a path without a login.
  ///
  /// - Parameter seconds: how long, up to a year.
  public func sign(path: String, seconds: Double) throws -> SignedLink {
    guard seconds > 0, seconds <= 366 * 86_400 else {
      throw AccountsError(.badExpiry, "a link is good for up to 366 days, not for \(seconds) seconds")
    }
    let expires = now() + Int(seconds * 1000)
    let signature = Secret.signature(of: "\(path)\n\(expires)", key: try linkKey())
    return SignedLink(path: path, expires: expires, signature: signature)
  }

  /// Whether a link is genuine and still good.
  public func isValid(_ link: SignedLink) throws -> Bool {
    let signature = Secret.signature(of: "\(link.path)\n\(link.expires)", key: try linkKey())
    return link.expires > now() && Secret.isEqual(signature, link.signature)
  }

  /// Ends all links at once: later ones are signed with another key.
  public func revokeLinks() throws {
    _ = try database.write { try $0.run("DELETE FROM server_secrets WHERE name = 'links'") }
  }

  private func linkKey() throws -> String {
    let query = "SELECT value FROM server_secrets WHERE name = 'links'"
    if let known = try database.read({ try $0.row(query) }) { return known.text("value") }
    let key = try Secret.random()
    return try database.write { connection in
      try connection.run("INSERT OR IGNORE INTO server_secrets (name, value) VALUES ('links', ?)", [.text(key)])
      return try connection.row(query)?.text("value") ?? key
    }
  }
}
