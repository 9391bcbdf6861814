// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage

/// Users, their tokens and sessions, groups, and the log of who did what, in the server's database.
///
/// Secrets are kept as hashes: tokens and sessions (256 random bits) by SHA-256, passwords by PBKDF2. All times are
/// milliseconds since 1970.
public final class AccountStore: Sendable {
  let database: Database
  let now: @Sendable () -> Int

  public init(_ database: Database) {
    self.database = database
    now = { Int(Date().timeIntervalSince1970 * 1000) }
  }

  /// With a clock of its own, for tests.
  package init(_ database: Database, now: @escaping @Sendable () -> Int) {
    (self.database, self.now) = (database, now)
  }

  /// The tables of this module.
  public static let schema = Schema(
    "accounts",
    [
      """
      CREATE TABLE users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, display TEXT NOT NULL, email TEXT, password TEXT,
        role TEXT NOT NULL DEFAULT 'user', disabled INTEGER NOT NULL DEFAULT 0,
        issuer TEXT, subject TEXT, job_quota INTEGER, byte_quota INTEGER, created INTEGER NOT NULL,
        seen INTEGER,
        UNIQUE (issuer, subject));
      CREATE TABLE tokens (
        id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE, hint TEXT NOT NULL, scope TEXT NOT NULL, created INTEGER NOT NULL,
        expires INTEGER, used INTEGER);
      CREATE INDEX tokens_of_user ON tokens (user);
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        csrf TEXT NOT NULL, scope TEXT NOT NULL, created INTEGER NOT NULL, seen INTEGER NOT NULL,
        expires INTEGER NOT NULL, agent TEXT NOT NULL, peer TEXT NOT NULL);
      CREATE INDEX sessions_of_user ON sessions (user);
      CREATE TABLE groups (name TEXT PRIMARY KEY, title TEXT NOT NULL, created INTEGER NOT NULL);
      CREATE TABLE memberships (
        group_name TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
        user TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
        role TEXT NOT NULL DEFAULT 'member',
        PRIMARY KEY (group_name, user)) WITHOUT ROWID;
      CREATE INDEX memberships_of_user ON memberships (user);
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
        subject TEXT NOT NULL, detail TEXT NOT NULL, peer TEXT NOT NULL);
      CREATE INDEX audit_by_time ON audit (time);
      CREATE TABLE server_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      """,
      // Which identity provider says so; null for members by hand.
      "ALTER TABLE memberships ADD COLUMN issuer TEXT;",
    ])
}

// MARK: - Users

extension AccountStore {
  public func users() throws -> [User] {
    try database.read { try $0.rows("SELECT * FROM users ORDER BY name").map(User.init) }
  }

  public func user(id: String) throws -> User? {
    try database.read { try $0.row("SELECT * FROM users WHERE id = ?", [.text(id)]).map(User.init) }
  }

  public func user(named name: String) throws -> User? {
    try database.read { try $0.row("SELECT * FROM users WHERE name = ?", [.text(name)]).map(User.init) }
  }

  /// Adds a user.
  ///
  /// - Parameter password: nil for somebody who comes by tokens or an identity provider only.
  /// - Throws: `badName`, `nameTaken`, `weakPassword`.
  @discardableResult
  public func addUser(
    named name: String, displayName: String? = nil, password: String? = nil, isAdmin: Bool = false
  ) throws -> User {
    try User.check(name: name)
    if let password { try User.check(password: password) }
    let hash = try password.map { try PasswordHash(of: $0).text }
    let id = try Secret.random(bytes: 12)
    return try database.write { connection in
      guard try connection.row("SELECT 1 AS found FROM users WHERE name = ?", [.text(name)]) == nil else {
        throw AccountsError(.nameTaken, "there is a user named '\(name)' already; choose another name")
      }
      try connection.run(
        "INSERT INTO users (id, name, display, password, role, created) VALUES (?, ?, ?, ?, ?, ?)",
        [
          .text(id), .text(name), .text(displayName ?? name), SQLValue(hash), .text(isAdmin ? "admin" : "user"),
          .integer(now()),
        ])
      return try Self.known(id, connection)
    }
  }

  /// Writes what can be changed of a user: display name, address, role, quotas, whether they may log in.
  ///
  /// - Throws: `noSuchUser`, `lastAdministrator`.
  public func update(_ user: User) throws {
    try database.write { connection in
      _ = try Self.known(user.id, connection)
      try connection.run(
        """
        UPDATE users SET display = ?, email = ?, role = ?, disabled = ?, job_quota = ?, byte_quota = ? WHERE id = ?
        """,
        [
          .text(user.displayName), SQLValue(user.email), .text(user.isAdmin ? "admin" : "user"),
          SQLValue(user.isDisabled), SQLValue(user.jobQuota), SQLValue(user.byteQuota), .text(user.id),
        ])
      if user.isDisabled { try connection.run("DELETE FROM sessions WHERE user = ?", [.text(user.id)]) }
      try Self.requireAdministrator(connection)
    }
  }

  /// Sets a password and ends the user's sessions.
  public func setPassword(_ password: String, ofUser id: String) throws {
    try User.check(password: password)
    let hash = try PasswordHash(of: password).text
    try database.write { connection in
      _ = try Self.known(id, connection)
      try connection.run("UPDATE users SET password = ? WHERE id = ?", [.text(hash), .text(id)])
      try connection.run("DELETE FROM sessions WHERE user = ?", [.text(id)])
    }
  }

  /// The user with this name and password.
  ///
  /// - Throws: `wrongCredentials`, after the same time whatever is wrong.
  public func user(named name: String, password: String) throws -> User {
    let row = try database.read { try $0.row("SELECT * FROM users WHERE name = ?", [.text(name)]) }
    guard let row, let hash = row.optionalText("password") else {
      PasswordHash.waste(on: password)
      throw Self.wrongCredentials
    }
    let user = User(row)
    guard PasswordHash(text: hash).matches(password), !user.isDisabled else { throw Self.wrongCredentials }
    return user
  }

  /// The user that an identity provider vouches for; made at the first visit.
  ///
  /// - Parameters:
  ///   - issuer, subject: who says so, and its name for the user, which never changes.
  ///   - name: a wish; a number is put behind it where it is taken.
  public func user(issuer: String, subject: String, name: String, displayName: String) throws -> User {
    let id = try Secret.random(bytes: 12)
    return try database.write { connection in
      let known = try connection.row(
        "SELECT * FROM users WHERE issuer = ? AND subject = ?", [.text(issuer), .text(subject)])
      if let known { return User(known) }
      let plain = name.lowercased().unicodeScalars.map { scalar in
        "abcdefghijklmnopqrstuvwxyz0123456789._-".unicodeScalars.contains(scalar) ? String(scalar) : "-"
      }
      let wish = String(plain.joined().drop { $0 == "." || $0 == "-" }.prefix(56))
      let start = wish.isEmpty ? "user" : wish
      var free = start
      var number = 1
      while try connection.row("SELECT 1 AS found FROM users WHERE name = ?", [.text(free)]) != nil {
        number += 1
        free = "\(start)-\(number)"
      }
      try connection.run(
        "INSERT INTO users (id, name, display, issuer, subject, created) VALUES (?, ?, ?, ?, ?, ?)",
        [.text(id), .text(free), .text(displayName), .text(issuer), .text(subject), .integer(now())])
      return try Self.known(id, connection)
    }
  }

  static func known(_ id: String, _ connection: Connection) throws -> User {
    guard let row = try connection.row("SELECT * FROM users WHERE id = ?", [.text(id)]) else {
      throw AccountsError(.noSuchUser, "there is no user with the id '\(id)'")
    }
    return User(row)
  }

  static let wrongCredentials = AccountsError(
    .wrongCredentials, "the name and password, or the token, are not right, or the account is disabled")

  private static func requireAdministrator(_ connection: Connection) throws {
    let left = try connection.row(
      "SELECT 1 AS found FROM users WHERE role = 'admin' AND NOT disabled")
    guard left != nil else {
      throw AccountsError(
        .lastAdministrator, "this is the last administrator; make another user an administrator first")
    }
  }
}
