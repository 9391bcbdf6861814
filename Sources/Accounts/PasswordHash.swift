// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// A password as it is kept: PBKDF2 with HMAC-SHA-256 (RFC 8018), salted, with its number of rounds.
///
/// 600 000 rounds (OWASP's advice of 2023) take about 0.2 s on one core: nothing for a login, much for a search.
struct PasswordHash {
  static let rounds = 600_000
  /// `pbkdf2-sha256$rounds$salt$hash`.
  let text: String

  init(text: String) { self.text = text }

  init(of password: String, rounds: Int = rounds) throws(AccountsError) {
    let salt = try Secret.random(bytes: 16)
    text = "pbkdf2-sha256$\(rounds)$\(salt)$\(Self.derive(password, salt, rounds))"
  }

  /// Whether this is the password.
  func matches(_ password: String) -> Bool {
    let parts = text.split(separator: "$").map(String.init)
    guard parts.count == 4, parts[0] == "pbkdf2-sha256", let rounds = Int(parts[1]) else { return false }
    return Secret.isEqual(Self.derive(password, parts[2], rounds), parts[3])
  }

  /// Takes as long as a true comparison: an unknown name must not answer faster than a known one.
  static func waste(on password: String) { _ = derive(password, "no such user", rounds) }

  private static func derive(_ password: String, _ salt: String, _ rounds: Int) -> String {
    let password = Array(password.utf8), salt = Array(salt.utf8)
    var key = [UInt8](repeating: 0, count: 32)
    password.withUnsafeBytes { bytes in
      let text = bytes.bindMemory(to: CChar.self).baseAddress
      _ = PKCS5_PBKDF2_HMAC(
        text, Int32(bytes.count), salt, Int32(salt.count), Int32(rounds), EVP_sha256(), 32, &key)
    }
    return Base64URL.text(of: key)
  }
}
