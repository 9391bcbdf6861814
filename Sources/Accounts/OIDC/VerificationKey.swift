// SPDX-License-Identifier: Apache-2.0
import CCrypto
import Parameters

/// A public key that signatures of an identity provider are checked with: RSA for RS256, P-256 for ES256 (RFC 7518).
///
/// The key says which algorithm it is for. A token's own word about it counts for nothing: tokens that call themselves
/// unsigned, or signed with the public key as if it were a secret, are the classic forgeries.
final class VerificationKey: @unchecked Sendable {
  enum Algorithm: String {
    case rs256 = "RS256"
    case es256 = "ES256"
  }

  let algorithm: Algorithm
  private let key: OpaquePointer

  /// From a JSON Web Key (RFC 7517); nil for a key of another kind or use, a malformed one, or RSA below 2048 bits.
  init?(_ json: JSONValue) {
    if let use = json["use"]?.stringValue, use != "sig" { return nil }
    var encoded: [UInt8]
    switch json["kty"]?.stringValue {
    case "RSA":
      guard let modulus = Self.bytes(json["n"]), let exponent = Self.bytes(json["e"]), modulus.count <= 1024 else {
        return nil
      }
      algorithm = .rs256
      encoded = Self.rsa(modulus, exponent)
    case "EC":
      guard json["crv"]?.stringValue == "P-256", let x = Self.bytes(json["x"]), let y = Self.bytes(json["y"]),
        x.count == 32, y.count == 32
      else { return nil }
      algorithm = .es256
      encoded = Self.p256(x + y)
    default: return nil
    }
    if let named = json["alg"]?.stringValue, named != algorithm.rawValue { return nil }
    let parsed = encoded.withUnsafeBufferPointer { buffer in
      var start = buffer.baseAddress
      return d2i_PUBKEY(nil, &start, buffer.count)
    }
    guard let parsed else { return nil }
    key = parsed
    if algorithm == .rs256 && EVP_PKEY_get_bits(parsed) < 2048 { return nil }
  }

  deinit { EVP_PKEY_free(key) }

  /// Whether the signature is this key's over the text.
  func verifies(_ signature: [UInt8], of text: [UInt8]) -> Bool {
    var signature = signature
    if algorithm == .es256 {
      // JWTs put the two numbers one behind the other, OpenSSL wants them as a sequence.
      guard signature.count == 64 else { return false }
      signature = DER.sequence([DER.integer(Array(signature[..<32])), DER.integer(Array(signature[32...]))])
    }
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
    return EVP_DigestVerify(context, signature, signature.count, text, text.count) == 1
  }

  private static func bytes(_ value: JSONValue?) -> [UInt8]? {
    value?.stringValue.flatMap(Base64URL.bytes).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `rsaEncryption` (RFC 3279).
  private static let rsaObject: [UInt8] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
  /// `id-ecPublicKey` and `prime256v1` (RFC 5480).
  private static let ecObject: [UInt8] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
  private static let p256Object: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]

  private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> [UInt8] {
    let numbers = DER.sequence([DER.integer(modulus), DER.integer(exponent)])
    return DER.sequence([DER.sequence([rsaObject, DER.null]), DER.bits(numbers)])
  }

  private static func p256(_ point: [UInt8]) -> [UInt8] {
    DER.sequence([DER.sequence([ecObject, p256Object]), DER.bits([4] + point)])
  }
}

/// The few forms of ASN.1's distinguished encoding (X.690) that keys and signatures need.
private enum DER {
  static let null: [UInt8] = [0x05, 0x00]

  static func sequence(_ parts: [[UInt8]]) -> [UInt8] { tagged(0x30, Array(parts.joined())) }
  static func bits(_ bytes: [UInt8]) -> [UInt8] { tagged(0x03, [0] + bytes) }

  /// A number that is not negative, the most significant byte first.
  static func integer(_ bytes: [UInt8]) -> [UInt8] {
    let plain = Array(bytes.drop { $0 == 0 })
    // Without the zero a leading bit would be a sign.
    return tagged(0x02, plain.first.map { $0 & 0x80 != 0 } ?? true ? [0] + plain : plain)
  }

  private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    let length: [UInt8] =
      switch count {
      case ..<0x80: [UInt8(count)]
      case ..<0x100: [0x81, UInt8(count)]
      default: [0x82, UInt8(count >> 8 & 0xff), UInt8(count & 0xff)]
      }
    return [tag] + length + content
  }
}
