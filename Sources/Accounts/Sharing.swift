// SPDX-License-Identifier: Apache-2.0
import Storage

/// Who asks.
public struct Viewer: Sendable, Equatable {
  /// Nil for somebody who has not logged in.
  public let userID: String?
  public let groups: Set<String>
  /// Sees and changes everything.
  public let isAdmin: Bool

  public init(userID: String?, groups: Set<String> = [], isAdmin: Bool = false) {
    (self.userID, self.groups, self.isAdmin) = (userID, groups, isAdmin)
  }

  public static let anonymous = Viewer(userID: nil)
  /// Whoever may read the data folder itself, such as the command line.
  public static let local = Viewer(userID: "local", isAdmin: true)
}

/// Who else sees a thing.
public enum Visibility: Sendable, Equatable {
  case `private`
  /// The members of one group (a community).
  case group(String)
  case `public`
  /// Whoever has the address with its secret.
  case link

  /// The two columns in which it is kept.
  public var columns: (visibility: String, group: String?) {
    switch self {
    case .private: ("private", nil)
    case .group(let name): ("group", name)
    case .public: ("public", nil)
    case .link: ("link", nil)
    }
  }

  /// From those columns; what can't be read is private.
  public init(visibility: String, group: String?) {
    switch (visibility, group) {
    case ("group", .some(let name)): self = .group(name)
    case ("public", _): self = .public
    case ("link", _): self = .link
    default: self = .private
    }
  }
}

/// Whose a thing is and who else sees it: the one rule for jobs, packages, collections and layers.
public struct Sharing: Sendable, Equatable {
  public let ownerID: String
  public var visibility: Visibility

  public init(ownerID: String, visibility: Visibility = .private) {
    (self.ownerID, self.visibility) = (ownerID, visibility)
  }

  /// - Parameter hasLink: whether the viewer came with the secret of the thing's own address.
  public func canBeSeen(by viewer: Viewer, hasLink: Bool = false) -> Bool {
    if canBeChanged(by: viewer) || visibility == .public { return true }
    switch visibility {
    case .group(let name): return viewer.groups.contains(name)
    case .link: return hasLink
    case .private, .public: return false
    }
  }

  public func canBeChanged(by viewer: Viewer) -> Bool { viewer.isAdmin || viewer.userID == ownerID }

  /// The same rule over the columns `owner`, `visibility` and `visibility_group`; things with a link are listed for
  /// their owner only.
  ///
  /// - Parameter table: name or alias of the table, where columns of others could be meant.
  public static func condition(for viewer: Viewer, table: String? = nil) -> (sql: String, values: [SQLValue]) {
    if viewer.isAdmin { return ("1", []) }
    let prefix = table.map { $0 + "." } ?? ""
    var parts = ["\(prefix)visibility = 'public'"]
    var values: [SQLValue] = []
    if let user = viewer.userID {
      parts.append("\(prefix)owner = ?")
      values.append(.text(user))
    }
    if !viewer.groups.isEmpty {
      let places = viewer.groups.map { _ in "?" }.joined(separator: ", ")
      parts.append("(\(prefix)visibility = 'group' AND \(prefix)visibility_group IN (\(places)))")
      values += viewer.groups.sorted().map { .text($0) }
    }
    return ("(" + parts.joined(separator: " OR ") + ")", values)
  }
}
