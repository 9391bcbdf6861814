// SPDX-License-Identifier: Apache-2.0
import Storage

/// A community: people who share jobs, data packages and collections.
public struct Group: Sendable, Equatable {
  public struct Member: Sendable, Equatable {
    public let userName, displayName: String
    /// Whether this member may add and remove others.
    public let isManager: Bool
  }

  public let name: String
  public let title: String
  /// By user name.
  public let members: [Member]

  /// Whether somebody may change the group's members.
  public func canBeChanged(by principal: Principal) -> Bool {
    principal.viewer.isAdmin || members.contains { $0.isManager && $0.userName == principal.user?.name }
  }
}

extension AccountStore {
  /// All groups, or those that a user belongs to.
  public func groups(of userID: String? = nil) throws -> [Group] {
    try database.read { connection in
      let names =
        try userID.map {
          try connection.rows(
            "SELECT name, title FROM groups JOIN memberships ON name = group_name WHERE user = ? ORDER BY name",
            [.text($0)])
        } ?? connection.rows("SELECT name, title FROM groups ORDER BY name")
      return try names.map { try Self.group($0, connection) }
    }
  }

  /// - Throws: `noSuchGroup`.
  public func group(named name: String) throws -> Group {
    try database.read { connection in
      guard let row = try connection.row("SELECT name, title FROM groups WHERE name = ?", [.text(name)]) else {
        throw Self.unknownGroup(name)
      }
      return try Self.group(row, connection)
    }
  }

  /// - Throws: `badName`, `nameTaken`.
  public func addGroup(named name: String, title: String) throws {
    try User.check(name: name)
    try database.write { connection in
      guard try connection.row("SELECT 1 AS found FROM groups WHERE name = ?", [.text(name)]) == nil else {
        throw AccountsError(.nameTaken, "there is a group named '\(name)' already; choose another name")
      }
      try connection.run(
        "INSERT INTO groups (name, title, created) VALUES (?, ?, ?)",
        [.text(name), .text(title.isEmpty ? name : title), .integer(now())])
    }
  }

  /// Removes a group; what was shared with it is then its owners' alone.
  public func removeGroup(named name: String) throws {
    let count = try database.write { try $0.run("DELETE FROM groups WHERE name = ?", [.text(name)]) }
    guard count > 0 else { throw Self.unknownGroup(name) }
  }

  /// Adds somebody to a group, or changes what they may do in it.
  ///
  /// - Throws: `noSuchGroup`, `noSuchUser`.
  public func setMember(_ userName: String, isManager: Bool = false, ofGroup name: String) throws {
    try database.write { connection in
      try Self.requireGroup(name, connection)
      let count = try connection.run(
        """
        INSERT INTO memberships (group_name, user, role) SELECT ?, id, ? FROM users WHERE name = ?
        ON CONFLICT DO UPDATE SET role = excluded.role, issuer = NULL
        """,
        [.text(name), .text(isManager ? "manager" : "member"), .text(userName)])
      guard count == 1 else { throw AccountsError(.noSuchUser, "there is no user named '\(userName)'") }
    }
  }

  /// Takes somebody out of a group; does nothing where they were not in it.
  public func removeMember(_ userName: String, ofGroup name: String) throws {
    try database.write { connection in
      try Self.requireGroup(name, connection)
      try connection.run(
        "DELETE FROM memberships WHERE group_name = ? AND user = (SELECT id FROM users WHERE name = ?)",
        [.text(name), .text(userName)])
    }
  }

  private static func group(_ row: SQLRow, _ connection: Connection) throws -> Group {
    let members = try connection.rows(
      """
      SELECT users.name, users.display, memberships.role FROM memberships JOIN users ON users.id = memberships.user
      WHERE group_name = ? ORDER BY users.name
      """, [.text(row.text("name"))])
    return Group(
      name: row.text("name"), title: row.text("title"),
      members: members.map {
        Group.Member(
          userName: $0.text("name"), displayName: $0.text("display"), isManager: $0.text("role") == "manager")
      })
  }

  private static func requireGroup(_ name: String, _ connection: Connection) throws {
    guard try connection.row("SELECT 1 AS found FROM groups WHERE name = ?", [.text(name)]) != nil else {
      throw unknownGroup(name)
    }
  }

  private static func unknownGroup(_ name: String) -> AccountsError {
    AccountsError(.noSuchGroup, "there is no group named '\(name)'")
  }
}
