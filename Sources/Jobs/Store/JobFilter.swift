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
  public var limit = 100
  /// `JobPage.next` of the page before.
  public var token: String?

  public init() {}
}

/// Jobs of a list, the latest first.
public struct JobPage: Sendable {
  public let jobs: [Job]
  /// How many there are on all pages.
  public let matched: Int
  /// For the next page; nil on the last one.
  public let next: String?
}

extension JobStore {
  /// The jobs that a viewer may see, the latest first.
  public func search(_ filter: JobFilter, for viewer: Viewer, at now: Date = Date()) throws -> JobPage {
    var (conditions, values) = Self.conditions(filter, viewer, now)
    return try database.read { connection in
      let matched =
        try connection.row("SELECT count(*) AS n FROM jobs WHERE \(conditions.joined(separator: " AND "))", values)?
        .int("n") ?? 0
      if let before = filter.token.flatMap({ Int($0) }) {
        conditions.append("number < ?")
        values.append(.integer(before))
      }
      let limit = max(1, min(10_000, filter.limit))
      let rows = try connection.rows(
        "SELECT * FROM jobs WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT ?",
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
