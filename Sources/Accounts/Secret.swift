// SPDX-License-Identifier: Apache-2.0
import CCrypto

/// Random secrets and the functions that keep and compare them, all of them OpenSSL's.
public enum Secret {
  /// A text of random bytes from the system, in the URL-safe alphabet of base 64.
  ///
  /// - Parameter count: bytes; 32 of them (256 bits) can't be guessed.
  public static func random(bytes count: Int = 32) throws(AccountsError) -> String {
    var bytes = [UInt8](repeating: 0, count: count)
    guard RAND_bytes(&bytes, Int32(count)) == 1 else {
      throw AccountsError(.noRandomness, "the system gave no random bytes; no secret can be made")
    }
    return Base64URL.text(of: bytes)
  }

  /// Whether two texts are equal, in a time that does not depend on where they differ.
  public static func isEqual(_ a: String, _ b: String) -> Bool {
    let a = Array(a.utf8), b = Array(b.utf8)
    return a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }

  /// SHA-256 of a text, in the URL-safe alphabet of base 64.
  static func hash(of text: String) -> String {
    let text = Array(text.utf8)
    var result = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    EVP_Digest(text, text.count, &result, &count, EVP_sha256(), nil)
    return Base64URL.text(of: result)
  }

  /// HMAC with SHA-256 (RFC 2104) of a text, in the URL-safe alphabet of base 64.
  public static func signature(of text: String, key: String) -> String {
    let key = Array(key.utf8), text = Array(text.utf8)
    var result = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 0
    HMAC(EVP_sha256(), key, Int32(key.count), text, text.count, &result, &count)
    return Base64URL.text(of: result)
  }
}

/// Base 64 with `-` and `_` and without padding (RFC 4648, section 5): fit for addresses, headers and JWTs.
public enum Base64URL {
  private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  public static func text(of bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = group.reduce(0) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for place in 0...group.count { text.append(digits[Int(word >> (18 - 6 * UInt32(place)) & 63)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: nil for a text of other signs, or of a length that no bytes give.
  public static func bytes(of text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var word: UInt32 = 0, bits = 0
    for byte in text.utf8 {
      guard let digit = digits.firstIndex(of: byte) else { return nil }
      word = word << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
      }
    }
    return bits == 6 || word & (1 << UInt32(bits) - 1) != 0 ? nil : bytes
  }
}
