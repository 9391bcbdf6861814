// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Storage

/// Which jobs a list holds.
public struct JobFilter: Sendable {
  public var processes: [String] = []
  public var states: [JobState] = []
  public var owner: String?
  /// Words that the title or the id holds.
  public var text: String?
  /// Created within, either end open where nil.
  public var createdFrom, createdTo: Date?
  /// Seconds that it has run: until now, while it does.
  public var minimumSeconds, maximumSeconds: Double?
  public var visibility: String?
  public var order = JobOrder.latestFirst
  public var limit = 100
  /// `JobPage.next` of the page before.
  public var token: String?

  public init() {}
}

/// What a list of jobs is sorted by; equal ones stand the latest first.
public struct JobOrder: Hashable, Sendable {
  public enum Key: String, CaseIterable, Sendable {
    case created, title, state
    /// Seconds that it has run.
    case time
    /// Bytes on disk.
    case size
  }

  public let key: Key
  public let isDescending: Bool

  public static let latestFirst = JobOrder(.created, isDescending: true)

  public init(_ key: Key, isDescending: Bool = false) { (self.key, self.isDescending) = (key, isDescending) }

  /// As in `title` and `-title`.
  public init?(_ text: String) {
    let isDescending = text.hasPrefix("-")
    guard let key = Key(rawValue: isDescending ? String(text.dropFirst()) : text) else { return nil }
    self.init(key, isDescending: isDescending)
  }

  /// All that there are, ascending and descending.
  public static let names = Key.allCases.flatMap { [$0.rawValue, "-" + $0.rawValue] }

  /// The value that is compared, of a row of `jobs`; never null.
  var value: String {
    switch key {
    case .created: "number"
    case .title: "lower(CASE title WHEN '' THEN process ELSE title END)"
    case .state:
      "CASE state WHEN 'running' THEN 0 WHEN 'paused' THEN 1 WHEN 'accepted' THEN 2 WHEN 'failed' THEN 3 "
        + "WHEN 'dismissed' THEN 4 ELSE 5 END"
    case .time: "seconds"
    case .size: "disk"
    }
  }

  var direction: String { isDescending ? "DESC" : "ASC" }

  /// The condition that a row comes behind the one with a number, which is given twice.
  var isBehind: String {
    let last = "(SELECT \(value) FROM jobs WHERE number = ?)"
    return "(\(value) \(isDescending ? "<" : ">") \(last) OR (\(value) = \(last) AND number < ?))"
  }
}

/// Jobs of a list, the latest first unless it was sorted otherwise.
public struct JobPage: Sendable {
  public let jobs: [Job]
  /// How many there are on all pages.
  public let matched: Int
  /// For the next page; nil on the last one.
  public let next: String?
}

extension JobStore {
  /// The jobs that a viewer may see, in the order of the filter.
  public func search(_ filter: JobFilter, for viewer: Viewer, at now: Date = Date()) throws -> JobPage {
    var (conditions, values) = Self.conditions(filter, viewer, now)
    return try database.read { connection in
      let matched =
        try connection.row("SELECT count(*) AS n FROM jobs WHERE \(conditions.joined(separator: " AND "))", values)?
        .int("n") ?? 0
      if let before = filter.token.flatMap({ Int($0) }) {
        conditions.append(filter.order.isBehind)
        values += [.integer(before), .integer(before), .integer(before)]
      }
      let limit = max(1, min(10_000, filter.limit))
      let rows = try connection.rows(
        "SELECT * FROM jobs WHERE \(conditions.joined(separator: " AND ")) "
          + "ORDER BY \(filter.order.value) \(filter.order.direction), number DESC LIMIT ?",
        values + [.integer(limit + 1)])
      let jobs = rows.prefix(limit).map(Self.job)
      return JobPage(jobs: jobs, matched: matched, next: rows.count > limit ? jobs.last.map { "\($0.number)" } : nil)
    }
  }

  private static func conditions(_ filter: JobFilter, _ viewer: Viewer, _ now: Date) -> ([String], [SQLValue]) {
    let sharing = Sharing.condition(for: viewer)
    var conditions = [sharing.sql], values = sharing.values
    func add(_ condition: String, _ more: SQLValue...) {
      conditions.append(condition)
      values += more
    }
    func anyOf(_ column: String, _ list: [String]) {
      guard !list.isEmpty else { return }
      conditions.append("\(column) IN (\(list.map { _ in "?" }.joined(separator: ", ")))")
      values += list.map { .text($0) }
    }
    anyOf("process", filter.processes)
    anyOf("state", filter.states.map(\.rawValue))
    if let owner = filter.owner { add("owner = ?", .text(owner)) }
    if let visibility = filter.visibility { add("visibility = ?", .text(visibility)) }
    if let text = filter.text, !text.isEmpty {
      add("(instr(lower(title), lower(?)) > 0 OR id = ?)", .text(text), .text(text))
    }
    if let from = filter.createdFrom { add("created >= ?", .real(from.timeIntervalSince1970)) }
    if let to = filter.createdTo { add("created <= ?", .real(to.timeIntervalSince1970)) }
    let duration = "(coalesce(finished, ?) - started)"
    if let least = filter.minimumSeconds {
      add("\(duration) >= ?", .real(now.timeIntervalSince1970), .real(least))
    }
    if let most = filter.maximumSeconds { add("\(duration) <= ?", .real(now.timeIntervalSince1970), .real(most)) }
    return (conditions, values)
  }
}
