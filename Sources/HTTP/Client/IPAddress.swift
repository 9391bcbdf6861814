// SPDX-License-Identifier: Apache-2.0
import Foundation

/// An address of the internet, of either family.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// 4 or 16 bytes, the most significant first.
  public let bytes: [UInt8]

  /// From 4 or 16 bytes. An IPv4 address that is mapped into IPv6 becomes what it stands for.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let isMapped =
      bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
    self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
  }

  /// From a numeric text such as `192.0.2.1` or `2001:db8::1`; names and short forms are none.
  public init?(_ text: String) {
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(bytes: withUnsafeBytes(of: four) { Array($0) })
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self.init(bytes: withUnsafeBytes(of: six) { Array($0) })
    } else {
      return nil
    }
  }

  init?(_ address: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      self.init(bytes: withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) })
    case AF_INET6:
      self.init(bytes: withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) })
    default: return nil
    }
  }

  public var description: String {
    if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2)
      .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}

/// Addresses that begin with the same bits, such as `10.0.0.0/8`.
public struct IPNetwork: Sendable, Hashable {
  private let start: IPAddress
  private let bits: Int

  /// From `address/bits`, or an address alone for just that one.
  public init?(_ text: String) {
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let start = IPAddress(String(halves[0])) else { return nil }
    let most = start.bytes.count * 8
    guard let bits = halves.count > 1 ? Int(halves[1]) : most, (0...most).contains(bits) else { return nil }
    self.start = start
    self.bits = bits
  }

  public func contains(_ address: IPAddress) -> Bool {
    guard address.bytes.count == start.bytes.count else { return false }
    return zip(address.bytes, start.bytes).enumerated().allSatisfy { index, pair in
      let count = max(0, min(8, bits - 8 * index))
      let mask = UInt8(truncatingIfNeeded: 0xff00 >> count)
      return pair.0 & mask == pair.1 & mask
    }
  }
}
