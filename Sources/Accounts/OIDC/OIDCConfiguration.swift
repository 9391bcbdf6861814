// SPDX-License-Identifier: Apache-2.0

/// An identity provider that people may log in with (OpenID Connect).
public struct OIDCConfiguration: Sendable {
  /// The provider's address as it calls itself, without a slash at the end unless it has one:
  /// `https://login.example.org/realms/science`.
  public var issuer: String
  /// What the provider calls this server.
  public var clientID: String
  /// Nil for a public client, which PKCE alone protects.
  public var clientSecret: String?
  /// Where the provider sends people back to; must be registered there.
  public var redirectAddress: String
  public var scopes = ["openid", "profile", "email"]
  /// The claim that lists the groups somebody is in; those that exist here are joined and left with it.
  public var groupsClaim: String? = "groups"
  /// How far clocks may differ, s.
  public var clockSkew = 60

  public init(issuer: String, clientID: String, clientSecret: String? = nil, redirectAddress: String) {
    self.issuer = issuer
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.redirectAddress = redirectAddress
  }
}

/// A login that has begun.
public struct OIDCLogin: Sendable {
  /// Where to send the browser.
  public let address: String
  /// For a cookie (`HttpOnly`, `SameSite=Lax`, ten minutes): only the browser that began a login may end it.
  public let cookie: String
}

/// Who a provider says somebody is.
public struct OIDCIdentity: Sendable {
  public let issuer: String
  /// Never changes and is never given to another.
  public let subject: String
  /// A wish for a user name.
  public let name: String
  public let displayName: String
  /// Only where the provider says that it was checked.
  public let email: String?
  /// Nil when the provider says nothing about groups.
  public let groups: [String]?
  /// Where the browser wanted to go.
  public let returnPath: String
}
