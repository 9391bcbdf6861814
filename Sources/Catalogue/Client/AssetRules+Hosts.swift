// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP

extension AssetRules {
  /// Files below folders, and remote hosts whose addresses a policy permits.
  ///
  /// GDAL resolves the name again and follows redirects by itself, so that this keeps honest links out of the
  /// server's own network but not a host that answers differently the second time: name the archives that a server
  /// reads from (`hosts`) where strangers may add items.
  ///
  /// - Parameter hosts: names of hosts, or of domains with a dot before (`.example.org`); nil for all.
  public init(folders: [String], policy: AddressPolicy, hosts: [String]? = nil) {
    self.init(folders: folders) { host in
      let isNamed = hosts?.contains { host == $0 || ($0.hasPrefix(".") && host.hasSuffix($0)) } ?? true
      return isNamed && Self.isPermitted(host, policy)
    }
  }

  /// Whether all addresses of a host are permitted.
  private static func isPermitted(_ host: String, _ policy: AddressPolicy) -> Bool {
    if let address = IPAddress(host) { return policy.permits(address) }
    var hints = addrinfo(), found: UnsafeMutablePointer<addrinfo>?
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    guard getaddrinfo(host, nil, &hints, &found) == 0 else { return false }
    defer { freeaddrinfo(found) }
    var addresses: [IPAddress?] = []
    var next = found
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let code = getnameinfo(
        entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      addresses.append(code == 0 ? IPAddress(String(decoding: bytes, as: UTF8.self)) : nil)
      next = entry.ai_next
    }
    return !addresses.isEmpty && addresses.allSatisfy { $0.map(policy.permits) ?? false }
  }
}
