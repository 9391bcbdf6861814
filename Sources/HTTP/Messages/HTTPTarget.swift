// SPDX-License-Identifier: Apache-2.0

/// What a request line asks for, decoded once and free of everything that could lead out of a folder.
struct HTTPTarget {
  /// Decoded, with a leading slash.
  let path: String
  /// The parts of the path, decoded; a slash that came encoded stays inside its part.
  let segments: [String]
  let query: [(name: String, value: String)]

  /// Nil for a bad percent sign, bytes that are not UTF-8, control characters, `.` and `..`, backslashes, and empty
  /// segments before the last.
  init?(_ raw: String) {
    guard raw.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else { return nil }
    let relative = Self.withoutAuthority(raw)
    let halves = relative.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let rawPath = halves.first, rawPath.utf8.first == UInt8(ascii: "/") else { return nil }
    var segments: [String] = []
    let parts = rawPath.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      guard let text = String(part), let segment = PercentCoding.decode(text) else { return nil }
      if segment.isEmpty {
        guard index == parts.count - 1 else { return nil }
        continue
      }
      guard Self.isHarmless(segment) else { return nil }
      segments.append(segment)
    }
    guard let query = halves.count > 1 ? PercentCoding.pairs(halves[1]) : [] else { return nil }
    self.segments = segments
    self.query = query
    path = "/" + segments.joined(separator: "/")
  }

  /// Clients behind some proxies name the host in the request line too.
  private static func withoutAuthority(_ raw: String) -> Substring {
    for scheme in ["http://", "https://"] where raw.lowercased().hasPrefix(scheme) {
      let rest = raw.dropFirst(scheme.count)
      guard let slash = rest.firstIndex(of: "/") else { return "/" }
      return rest[slash...]
    }
    return raw[...]
  }

  private static func isHarmless(_ segment: String) -> Bool {
    guard segment.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }) else { return false }
    return segment.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { $0 != "." && $0 != ".." }
  }
}
