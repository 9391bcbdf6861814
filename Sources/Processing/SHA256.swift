// SPDX-License-Identifier: Apache-2.0
import Kernels

/// A SHA-256 checksum.
public struct Checksum: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// 64 hexadecimal digits in lower case.
  public let hexadecimal: String

  /// From 64 hexadecimal digits in lower case; nil for anything else.
  public init?(hexadecimal: String) {
    guard hexadecimal.utf8.count == 64,
      hexadecimal.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    self.hexadecimal = hexadecimal
  }

  fileprivate init(state: SHA256State) {
    hexadecimal = (0..<8).map { word in
      let digits = String(state[word], radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The checksum as STAC's `file:checksum` wants it: the multihash prefix of SHA-256 (code 0x12, 32 bytes) first.
  public var multihash: String { "1220" + hexadecimal }

  public var description: String { hexadecimal }

  public static func < (a: Checksum, b: Checksum) -> Bool { a.hexadecimal < b.hexadecimal }
}

/// SHA-256 over bytes that come in pieces, e.g. of a file read block by block.
///
/// Source: FIPS 180-4. Checked by: `SHA256Tests` with the published vectors.
public struct SHA256: Sendable {
  private var state = sha256InitialState
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private var length: UInt64 = 0

  public init() { rest.reserveCapacity(64) }

  /// The checksum of bytes at hand.
  public static func checksum(of bytes: some Sequence<UInt8>) -> Checksum {
    var hash = SHA256()
    Array(bytes).withUnsafeBytes { hash.update($0) }
    return hash.finalized()
  }

  /// The checksum of a text in UTF-8.
  public static func checksum(of text: String) -> Checksum { checksum(of: text.utf8) }

  /// Takes the next bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    length += UInt64(bytes.count)
    var used = 0
    if !rest.isEmpty {
      used = min(64 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[0..<used])
      guard rest.count == 64 else { return }
      rest.withUnsafeBytes { compressSHA256($0.baseAddress!, blocks: 1, state: &state) }
      rest.removeAll(keepingCapacity: true)
    }
    let blocks = (bytes.count - used) / 64
    compressSHA256(base + used, blocks: blocks, state: &state)
    rest.append(contentsOf: bytes[(used + 64 * blocks)...])
  }

  /// The checksum of all that was taken so far; more may follow.
  public func finalized() -> Checksum {
    var tail = rest
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    withUnsafeBytes(of: (length * 8).bigEndian) { tail.append(contentsOf: $0) }
    var last = state
    tail.withUnsafeBytes { compressSHA256($0.baseAddress!, blocks: tail.count / 64, state: &last) }
    return Checksum(state: last)
  }
}
