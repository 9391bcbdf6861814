// SPDX-License-Identifier: Apache-2.0
import Parameters

/// A signed token of an identity provider (JWT, RFC 7519), taken apart but not yet believed.
struct IdentityToken {
  /// The name of the key it says to be signed with.
  let keyID: String?
  private let algorithm: String
  private let signed: [UInt8]
  private let signature: [UInt8]
  private let claims: JSONObject

  /// What a token must say to be taken.
  struct Expectation {
    let issuer: String
    let clientID: String
    let nonce: String
    /// Seconds since 1970.
    let now: Int
    /// How far clocks may differ, s.
    let skew: Int
  }

  /// - Throws: `identityInvalid` for what is no signed token in compact form.
  init(_ text: String) throws(AccountsError) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, text.utf8.count <= 64 << 10, let head = Self.object(parts[0]),
      let claims = Self.object(parts[1]), let signature = Base64URL.bytes(of: parts[2]),
      let algorithm = head["alg"]?.stringValue, head["crit"] == nil
    else { throw Self.invalid("it is no signed token") }
    keyID = head["kid"]?.stringValue
    self.algorithm = algorithm
    self.claims = claims
    self.signature = signature
    signed = Array((parts[0] + "." + parts[1]).utf8)
  }

  /// The claims, once signature, issuer, audience, times and nonce are right (OpenID Connect Core, section 3.1.3.7).
  func verified(with keys: [VerificationKey], _ expected: Expectation) throws(AccountsError) -> JSONObject {
    guard keys.contains(where: { $0.algorithm.rawValue == algorithm && $0.verifies(signature, of: signed) }) else {
      throw Self.invalid("its signature (\(algorithm)) is not of a key of the provider")
    }
    guard claims["iss"]?.stringValue == expected.issuer else {
      throw Self.invalid("it is of the issuer '\(claims["iss"]?.stringValue ?? "")'")
    }
    let audience =
      claims["aud"]?.arrayValue?.compactMap(\.stringValue) ?? [claims["aud"]?.stringValue].compactMap { $0 }
    guard audience.contains(expected.clientID) else { throw Self.invalid("it is meant for another application") }
    if let party = claims["azp"]?.stringValue {
      guard party == expected.clientID else { throw Self.invalid("it was given to another application") }
    } else if audience.count > 1 {
      throw Self.invalid("it is meant for several applications and does not say for which it was made")
    }
    guard let expires = claims["exp"]?.doubleValue, expires + Double(expected.skew) > Double(expected.now) else {
      throw Self.invalid("it has expired; is the clock of this machine right?")
    }
    guard let issued = claims["iat"]?.doubleValue, issued - Double(expected.skew) <= Double(expected.now) else {
      throw Self.invalid("it is of the future; is the clock of this machine right?")
    }
    if let start = claims["nbf"]?.doubleValue, start - Double(expected.skew) > Double(expected.now) {
      throw Self.invalid("it is not valid yet; is the clock of this machine right?")
    }
    guard let nonce = claims["nonce"]?.stringValue, Secret.isEqual(nonce, expected.nonce) else {
      throw Self.invalid("it belongs to another login")
    }
    guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count) else {
      throw Self.invalid("it does not say who it is about")
    }
    return claims
  }

  private static func object(_ part: String) -> JSONObject? {
    Base64URL.bytes(of: part).flatMap { try? JSONValue(parsing: $0) }?.objectValue
  }

  static func invalid(_ reason: String) -> AccountsError {
    AccountsError(.identityInvalid, "the identity provider's token can't be used: \(reason)")
  }
}
