// SPDX-License-Identifier: Apache-2.0
import Storage

extension AccountStore {
  /// The user that an identity provider vouches for, made at the first visit, with the groups that it says.
  ///
  /// Groups are joined where one of that name exists here, and left when the provider no longer says them; those joined
  /// by hand stay. A provider that says nothing about groups changes none.
  ///
  /// - Throws: `wrongCredentials` when the account is disabled.
  public func user(for identity: OIDCIdentity) throws -> User {
    let user = try user(
      issuer: identity.issuer, subject: identity.subject, name: identity.name, displayName: identity.displayName)
    guard !user.isDisabled else { throw Self.wrongCredentials }
    return try database.write { connection in
      try connection.run(
        "UPDATE users SET display = ?, email = coalesce(?, email) WHERE id = ?",
        [.text(identity.displayName), SQLValue(identity.email), .text(user.id)])
      if let groups = identity.groups { try Self.join(Set(groups), user, by: identity.issuer, connection) }
      return try Self.known(user.id, connection)
    }
  }

  private static func join(
    _ groups: Set<String>, _ user: User, by issuer: String, _ connection: Connection
  ) throws {
    let joined = try connection.rows(
      "SELECT group_name FROM memberships WHERE user = ? AND issuer = ?", [.text(user.id), .text(issuer)])
    for row in joined where !groups.contains(row.text("group_name")) {
      try connection.run(
        "DELETE FROM memberships WHERE user = ? AND group_name = ?", [.text(user.id), .text(row.text("group_name"))])
    }
    for name in groups.sorted().prefix(500) {
      try connection.run(
        """
        INSERT INTO memberships (group_name, user, role, issuer) SELECT name, ?, 'member', ? FROM groups
        WHERE name = ? ON CONFLICT DO NOTHING
        """,
        [.text(user.id), .text(issuer), .text(name)])
    }
  }
}
