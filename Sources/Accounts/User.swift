// SPDX-License-Identifier: Apache-2.0
import Storage

/// Somebody with an account.
public struct User: Sendable, Equatable {
  public let id: String
  /// What they log in with; lower case letters, digits, `.`, `_`, `-`.
  public let name: String
  public var displayName: String
  public var email: String?
  public var isAdmin: Bool
  public var isDisabled: Bool
  /// How many jobs may run at once, and bytes that they may keep; nil takes the server's settings.
  public var jobQuota: Int?
  public var byteQuota: Int?
  /// Whether there is a password; people of an identity provider need none.
  public let hasPassword: Bool
  /// Milliseconds since 1970.
  public let created: Int
  /// When they last came; nil for never.
  public let seen: Int?

  init(_ row: SQLRow) {
    id = row.text("id")
    name = row.text("name")
    displayName = row.text("display")
    email = row.optionalText("email")
    isAdmin = row.text("role") == "admin"
    isDisabled = row.bool("disabled")
    jobQuota = row.optionalInt("job_quota")
    byteQuota = row.optionalInt("byte_quota")
    hasPassword = row.optionalText("password") != nil
    created = row.int("created")
    seen = row.optionalInt("seen")
  }

  /// - Throws: `badName`.
  static func check(name: String) throws(AccountsError) {
    let allowed = name.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0)
    }
    guard allowed, (1...64).contains(name.utf8.count), name.utf8.first != 46 else {
      throw AccountsError(
        .badName,
        "the name '\(name)' can't be used; take up to 64 lower-case letters, digits, '.', '_' and '-', no '.' first")
    }
  }

  /// - Throws: `weakPassword`.
  static func check(password: String) throws(AccountsError) {
    guard (10...1024).contains(password.utf8.count) else {
      throw AccountsError(.weakPassword, "a password has 10 to 1024 characters; a sentence is easy to keep in mind")
    }
  }
}
