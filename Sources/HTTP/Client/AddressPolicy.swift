// SPDX-License-Identifier: Apache-2.0

/// Which addresses may be fetched from, so that a link in somebody's data does not make the server look into its own
/// network.
///
/// It judges addresses after names were resolved, at the moment of connecting: neither redirects nor name servers that
/// answer differently the second time get around it.
public struct AddressPolicy: Sendable {
  private let allowed: [IPNetwork]
  private let isOpen: Bool

  /// Addresses of the public internet only.
  public static let publicInternet = AddressPolicy(allowing: [])
  /// Any address: for what the operator has configured, never for what users give.
  public static let any = AddressPolicy(allowed: [], isOpen: true)

  /// The public internet, and some networks besides, e.g. an institution's own archive.
  public init(allowing networks: [IPNetwork]) { self.init(allowed: networks, isOpen: false) }

  private init(allowed: [IPNetwork], isOpen: Bool) {
    self.allowed = allowed
    self.isOpen = isOpen
  }

  public func permits(_ address: IPAddress) -> Bool {
    if isOpen || allowed.contains(where: { $0.contains(address) }) { return true }
    if address.bytes.count == 4 { return !Self.special.contains { $0.contains(address) } }
    // Addresses that carry one of IPv4 lead there.
    if let inner = Self.translated(address) { return permits(inner) }
    return Self.global.contains(address) && !Self.special.contains { $0.contains(address) }
  }

  /// The IPv4 address inside one of NAT64 (RFC 6052) or of 6to4 (RFC 3056).
  private static func translated(_ address: IPAddress) -> IPAddress? {
    if nat64.contains(address) { return IPAddress(bytes: Array(address.bytes[12..<16])) }
    if sixToFour.contains(address) { return IPAddress(bytes: Array(address.bytes[2..<6])) }
    return nil
  }

  private static func networks(_ texts: [String]) -> [IPNetwork] {
    let networks = texts.compactMap { IPNetwork($0) }
    precondition(networks.count == texts.count, "a network is misspelt")
    return networks
  }

  private static let nat64 = networks(["64:ff9b::/96"])[0]
  private static let sixToFour = networks(["2002::/16"])[0]
  /// All that is given out of IPv6.
  private static let global = networks(["2000::/3"])[0]

  /// The registries of special-purpose addresses (RFC 6890 and its updates): this host, private and shared networks,
  /// link-local ones (where clouds keep their secrets), documentation, benchmarks, multicast, reserved.
  private static let special = networks([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20",
  ])
}
