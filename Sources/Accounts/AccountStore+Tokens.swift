// SPDX-License-Identifier: Apache-2.0
import Processing
import Storage

/// A token as it can be shown later: without its secret.
public struct Token: Sendable, Equatable {
  public let id: String
  public let userID: String
  /// What the user calls it, as in `laptop`.
  public let name: String
  public let scope: Scope
  /// How the secret begins, to tell tokens apart.
  public let hint: String
  /// Milliseconds since 1970; nil where it does not expire, or was never used.
  public let created: Int
  public let expires, used: Int?

  init(_ row: SQLRow) {
    (id, userID, name) = (row.text("id"), row.text("user"), row.text("name"))
    hint = row.text("hint")
    scope = Scope(rawValue: row.text("scope")) ?? .read
    (created, expires, used) = (row.int("created"), row.optionalInt("expires"), row.optionalInt("used"))
  }
}

extension AccountStore {
  /// Makes a token.
  ///
  /// - Parameters:
  ///   - days: how long it is good; nil for ever.
  /// - Returns: the token, and its secret, which is not kept and can't be shown again.
  /// - Throws: `notAllowed` where somebody else than an administrator asks for the scope `admin`.
  public func addToken(
    for userID: String, named name: String, scope: Scope, days: Double? = nil
  ) throws -> (token: Token, secret: String) {
    guard (1...100).contains(name.count) else {
      throw AccountsError(.badName, "a token has a name of up to 100 characters, such as the machine that uses it")
    }
    if let days, !(days > 0 && days <= 3660) {
      throw AccountsError(.badExpiry, "a token is good for up to 3660 days, not for \(days)")
    }
    let id = try Secret.random(bytes: 9)
    let secret = try "ogive_" + Secret.random()
    let token = try database.write { connection in
      let user = try Self.known(userID, connection)
      guard scope != .admin || user.isAdmin else {
        throw AccountsError(.notAllowed, "only administrators can have a token of the scope admin")
      }
      let created = now()
      try connection.run(
        "INSERT INTO tokens (id, user, name, hash, hint, scope, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
          .text(id), .text(userID), .text(name), .text(Self.hash(secret)), .text(secret.prefix(9) + "…"),
          .text(scope.rawValue), .integer(created), SQLValue(days.map { created + Int($0 * 86_400_000) }),
        ])
      return try connection.row("SELECT * FROM tokens WHERE id = ?", [.text(id)]).map(Token.init)
    }
    guard let token else { throw AccountsError(.noSuchToken, "the token was removed as soon as it was made") }
    return (token, secret)
  }

  /// The tokens of a user, the newest first.
  public func tokens(of userID: String) throws -> [Token] {
    try database.read {
      try $0.rows("SELECT * FROM tokens WHERE user = ? ORDER BY created DESC, id", [.text(userID)]).map(Token.init)
    }
  }

  /// Ends a token at once.
  ///
  /// - Throws: `noSuchToken`, also for one of somebody else.
  public func revokeToken(_ id: String, of userID: String) throws {
    let count = try database.write {
      try $0.run("DELETE FROM tokens WHERE id = ? AND user = ?", [.text(id), .text(userID)])
    }
    guard count == 1 else { throw AccountsError(.noSuchToken, "there is no token '\(id)' of this user") }
  }

  /// Who holds this secret.
  ///
  /// - Throws: `wrongCredentials`, also when the token has expired or its user is disabled.
  public func principal(token secret: String) throws -> Principal {
    let time = now()
    let found = try database.read { connection in
      try connection.row(
        """
        SELECT id, user, scope, used FROM tokens WHERE hash = ? AND (expires IS NULL OR expires > ?)
        """, [.text(Self.hash(secret)), .integer(time)]
      ).map { row in
        let (user, groups) = try Self.active(row.text("user"), connection)
        let scope = Scope(rawValue: row.text("scope")) ?? .read
        return (
          Principal(
            user: user, groups: groups, scope: user.isAdmin ? scope : min(scope, .submit),
            method: .token(id: row.text("id"))),
          row.optionalInt("used") ?? 0
        )
      }
    }
    guard let (principal, used) = found else { throw Self.wrongCredentials }
    // To the minute: a write for every request would be the slowest part of it.
    // Nor need anybody be turned away because it could not be written.
    if time - used > 60_000, case .token(let id) = principal.method {
      try? database.write { connection in
        try connection.run("UPDATE tokens SET used = ? WHERE id = ?", [.integer(time), .text(id)])
        try connection.run("UPDATE users SET seen = ? WHERE id = ?", [.integer(time), SQLValue(principal.user?.id)])
      }
    }
    return principal
  }

  static func hash(_ secret: String) -> String { SHA256.checksum(of: secret).hexadecimal }

  static func active(_ userID: String, _ connection: Connection) throws -> (User, Set<String>) {
    let user = try known(userID, connection)
    guard !user.isDisabled else { throw wrongCredentials }
    let groups = try connection.rows("SELECT group_name FROM memberships WHERE user = ?", [.text(userID)])
    return (user, Set(groups.map { $0.text("group_name") }))
  }
}
