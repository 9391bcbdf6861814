// SPDX-License-Identifier: Apache-2.0
import Processing

/// Why an account, a token, a group or a link could not be made or used.
public typealias AccountsError = RunError<AccountsErrorKind>

public enum AccountsErrorKind: String, Sendable {
  case badName = "accounts.bad-name"
  case nameTaken = "accounts.name-taken"
  case weakPassword = "accounts.weak-password"
  /// User name and password, or token, are not right; deliberately not said which.
  case wrongCredentials = "accounts.wrong-credentials"
  case noSuchUser = "accounts.no-such-user"
  case noSuchGroup = "accounts.no-such-group"
  case noSuchToken = "accounts.no-such-token"
  case badExpiry = "accounts.bad-expiry"
  /// The last administrator can't be removed or disabled.
  case lastAdministrator = "accounts.last-administrator"
  case notAllowed = "accounts.not-allowed"
  /// The identity provider said no, or the login is over or another browser's.
  case loginRefused = "accounts.login-refused"
  /// What the identity provider says can't be believed.
  case identityInvalid = "accounts.identity-invalid"
  case providerUnreachable = "accounts.provider-unreachable"
  case noRandomness = "accounts.no-randomness"
}
