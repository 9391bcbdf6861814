// SPDX-License-Identifier: Apache-2.0

/// What a token or a session may be used for; each includes those before it.
public enum Scope: String, Sendable, CaseIterable, Comparable {
  /// See what the user may see.
  case read
  /// Run and change jobs, upload, share.
  case submit
  /// Manage users, groups, settings. Only administrators can have it.
  case admin

  public static func < (a: Scope, b: Scope) -> Bool {
    allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
  }
}

/// Who makes a request, and how far the credentials reach that came with it.
public struct Principal: Sendable {
  /// How the principal showed who they are.
  public enum Method: Sendable, Equatable {
    case none, token(id: String), session(id: String, csrf: String)
  }

  public let user: User?
  public let groups: Set<String>
  /// Nil without credentials: then only what is public can be read.
  public let scope: Scope?
  public let method: Method

  public init(user: User?, groups: Set<String> = [], scope: Scope?, method: Method) {
    (self.user, self.groups, self.scope, self.method) = (user, groups, scope, method)
  }

  public static let anonymous = Principal(user: nil, scope: nil, method: .none)

  public func may(_ needed: Scope) -> Bool { scope.map { $0 >= needed } ?? false }

  /// Administrators see everything only with credentials that were made for administration.
  public var viewer: Viewer {
    Viewer(userID: user?.id, groups: groups, isAdmin: user?.isAdmin == true && may(.admin))
  }

  /// What stands in the audit log.
  public var name: String { user?.name ?? "anonymous" }
}
