// SPDX-License-Identifier: Apache-2.0
import Storage

/// A login of a browser, as it is when it begins.
public struct NewSession: Sendable {
  /// For the cookie; not kept.
  public let secret: String
  /// What the page sends with every change, so that no other site can make one.
  public let csrf: String
  /// Milliseconds since 1970.
  public let expires: Int
}

/// A login of a browser, as it is listed.
public struct Session: Sendable {
  public let id: String
  /// Milliseconds since 1970; `seen` to the minute.
  public let created, seen: Int
  public let peer, agent: String
}

extension AccountStore {
  static let sessionMilliseconds = 12 * 3_600_000

  /// Opens a session of 12 hours.
  ///
  /// - Parameters:
  ///   - agent: what the browser calls itself, for the list of sessions.
  ///   - peer: the address that it comes from.
  public func openSession(
    for userID: String, scope: Scope, agent: String = "", from peer: String = ""
  ) throws -> NewSession {
    let secret = try Secret.random(), csrf = try Secret.random(bytes: 18), id = try Secret.random(bytes: 9)
    let time = now()
    try database.write { connection in
      _ = try Self.active(userID, connection)
      try connection.run("DELETE FROM sessions WHERE expires <= ?", [.integer(time)])
      try connection.run(
        """
        INSERT INTO sessions (id, hash, user, csrf, scope, created, seen, expires, agent, peer)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .text(id), .text(Self.hash(secret)), .text(userID), .text(csrf), .text(scope.rawValue), .integer(time),
          .integer(time), .integer(time + Self.sessionMilliseconds), .text(String(agent.prefix(200))), .text(peer),
        ])
      try connection.run("UPDATE users SET seen = ? WHERE id = ?", [.integer(time), .text(userID)])
    }
    return NewSession(secret: secret, csrf: csrf, expires: time + Self.sessionMilliseconds)
  }

  /// Who holds this session's secret; nil when it has ended.
  public func principal(session secret: String) throws -> Principal? {
    let hash = Self.hash(secret), time = now()
    let found: (Principal, seen: Int)? = try database.read { connection in
      let row = try connection.row(
        "SELECT id, user, csrf, scope, seen FROM sessions WHERE hash = ? AND expires > ?",
        [.text(hash), .integer(time)])
      guard let row else { return nil }
      let (user, groups) = try Self.active(row.text("user"), connection)
      let scope = Scope(rawValue: row.text("scope")) ?? .read
      let principal = Principal(
        user: user, groups: groups, scope: user.isAdmin ? scope : min(scope, .submit),
        method: .session(id: row.text("id"), csrf: row.text("csrf")))
      return (principal, row.int("seen"))
    }
    if let found, time - found.seen > 60_000 {
      _ = try? database.write {
        try $0.run("UPDATE sessions SET seen = ? WHERE hash = ?", [.integer(time), .text(hash)])
      }
    }
    return found?.0
  }

  /// The open sessions of a user, the newest first.
  public func sessions(of userID: String) throws -> [Session] {
    try database.read { connection in
      try connection.rows(
        "SELECT * FROM sessions WHERE user = ? AND expires > ? ORDER BY created DESC, id",
        [.text(userID), .integer(now())]
      ).map {
        Session(
          id: $0.text("id"), created: $0.int("created"), seen: $0.int("seen"), peer: $0.text("peer"),
          agent: $0.text("agent"))
      }
    }
  }

  /// Ends a session of a user at once; does nothing where it has ended.
  public func closeSession(id: String, of userID: String) throws {
    _ = try database.write {
      try $0.run("DELETE FROM sessions WHERE id = ? AND user = ?", [.text(id), .text(userID)])
    }
  }
}
