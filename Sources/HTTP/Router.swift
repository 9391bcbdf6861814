// SPDX-License-Identifier: Apache-2.0

/// Finds what belongs to a method and a path.
///
/// Patterns are paths whose parts are words, `{name}` for any one part, or, last, `{name...}` for all that remain. A
/// word goes before a name, a name before a rest, whatever the order in which they were added. GET answers HEAD too.
public struct Router<Endpoint: Sendable>: Sendable {
  public enum Match: Sendable {
    case found(Endpoint, parameters: [String: String])
    case noSuchPath
    /// The path is there, but not for this method. The methods that it has, for the header field `Allow`.
    case methodNotAllowed([HTTPMethod])
  }

  private struct Route: Sendable {
    let names: [String]
    let endpoint: Endpoint
  }

  private final class Node: Sendable {
    let words: [String: Node]
    let any: Node?
    let routes: [HTTPMethod: Route]
    let rest: [HTTPMethod: Route]

    init(
      words: [String: Node] = [:], any: Node? = nil, routes: [HTTPMethod: Route] = [:],
      rest: [HTTPMethod: Route] = [:]
    ) {
      self.words = words
      self.any = any
      self.routes = routes
      self.rest = rest
    }
  }

  private var root = Node()

  public init() {}

  /// Adds an endpoint.
  ///
  /// A pattern without a leading slash, or with a rest that is not last, is a mistake of the caller.
  public mutating func on(_ method: HTTPMethod, _ pattern: String, _ endpoint: Endpoint) {
    precondition(pattern.hasPrefix("/"), "the pattern \(pattern) does not begin with a slash")
    let parts = pattern.split(separator: "/").map(String.init)
    precondition(!parts.dropLast().contains { $0.hasSuffix("...}") }, "the rest is not last in \(pattern)")
    let names = parts.compactMap(Self.name)
    precondition(Set(names).count == names.count, "a name comes twice in \(pattern)")
    root = Self.adding(Route(names: names, endpoint: endpoint), for: method, at: parts[...], to: root)
  }

  /// What answers a request, looked up by its decoded parts.
  public func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
    var allowed: Set<HTTPMethod> = []
    if let match = Self.find(method, segments[...], in: root, values: [], allowed: &allowed) { return match }
    if allowed.isEmpty { return .noSuchPath }
    if allowed.contains(.get) { allowed.insert(.head) }
    allowed.insert(.options)
    return .methodNotAllowed(HTTPMethod.allCases.filter(allowed.contains))
  }

  private static func name(_ part: String) -> String? {
    guard part.hasPrefix("{"), part.hasSuffix("}") else { return nil }
    let inner = part.dropFirst().dropLast()
    return String(inner.hasSuffix("...") ? inner.dropLast(3) : inner)
  }

  private static func adding(
    _ route: Route, for method: HTTPMethod, at parts: ArraySlice<String>, to node: Node
  ) -> Node {
    var words = node.words
    var any = node.any
    var routes = node.routes
    var rest = node.rest
    if let part = parts.first {
      if part.hasSuffix("...}") {
        rest[method] = route
      } else if name(part) != nil {
        any = adding(route, for: method, at: parts.dropFirst(), to: any ?? Node())
      } else {
        words[part] = adding(route, for: method, at: parts.dropFirst(), to: words[part] ?? Node())
      }
    } else {
      routes[method] = route
    }
    return Node(words: words, any: any, routes: routes, rest: rest)
  }

  private static func find(
    _ method: HTTPMethod, _ parts: ArraySlice<String>, in node: Node, values: [String],
    allowed: inout Set<HTTPMethod>
  ) -> Match? {
    guard let part = parts.first else {
      return select(method, node.routes, values, &allowed)
    }
    if let next = node.words[part],
      let match = find(method, parts.dropFirst(), in: next, values: values, allowed: &allowed)
    {
      return match
    }
    if let next = node.any,
      let match = find(method, parts.dropFirst(), in: next, values: values + [part], allowed: &allowed)
    {
      return match
    }
    return select(method, node.rest, values + [parts.joined(separator: "/")], &allowed)
  }

  private static func select(
    _ method: HTTPMethod, _ routes: [HTTPMethod: Route], _ values: [String], _ allowed: inout Set<HTTPMethod>
  ) -> Match? {
    if let route = routes[method] ?? (method == .head ? routes[.get] : nil) {
      return .found(route.endpoint, parameters: Dictionary(uniqueKeysWithValues: zip(route.names, values)))
    }
    allowed.formUnion(routes.keys)
    return nil
  }
}
