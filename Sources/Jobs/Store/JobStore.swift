// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing
import Storage

/// The records of all jobs, and where their folders are.
///
/// A record says what was asked for and what has become of it; whether a worker is alive only its folder knows. Every
/// change of state is one transaction.
public final class JobStore: Sendable {
  public let database: Database
  /// Folder of the jobs' folders.
  public let folder: String

  /// - Parameter folder: created when absent.
  /// - Throws: `jobs.folder`.
  public init(_ database: Database, folder: String) throws(JobsError) {
    (self.database, self.folder) = (database, folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw JobsError(.folder, "cannot create \(folder): \(error.localizedDescription)")
    }
  }

  public func folder(of id: String) -> JobFolder { JobFolder("\(folder)/\(id)") }

  /// Writes down a new job: its folder first, so that there is no record without one.
  ///
  /// - Parameter check: looks at the records in the same transaction, and refuses the job by throwing.
  public func add(
    _ request: JobRequest, at now: Date = Date(), check: (Connection) throws -> Void = { _ in }
  ) throws -> Job {
    let id = Self.newID()
    let folder = folder(of: id)
    try folder.create(JobFile(process: request.process, inputs: request.inputs))
    do {
      return try database.write { connection in
        try check(connection)
        let columns = request.sharing.visibility.columns
        try connection.run(
          """
          INSERT INTO jobs (id, process, inputs, title, owner, visibility, visibility_group, state, priority, message,
            created, updated, estimate, parent, subscriber, response)
          VALUES (?, ?, ?, ?, ?, ?, ?, 'accepted', ?, 'waiting', ?, ?, ?, ?, ?, ?)
          """,
          [
            .text(id), .text(request.process), SQLValue(request.inputs), .text(request.title),
            .text(request.sharing.ownerID), .text(columns.visibility), SQLValue(columns.group),
            .integer(request.priority), .real(now.timeIntervalSince1970), .real(now.timeIntervalSince1970),
            SQLValue(request.estimate?.json), SQLValue(request.parent), SQLValue(request.subscriber),
            SQLValue(request.response),
          ])
        guard let job = try Self.job(id, connection) else { throw JobsError(.notFound, "there is no job \(id)") }
        return job
      }
    } catch {
      try? FileManager.default.removeItem(atPath: folder.path)
      throw error
    }
  }

  /// A job by its id; nil when there is none.
  public func job(_ id: String) throws -> Job? { try database.read { try Self.job(id, $0) } }

  /// A job that a viewer may see.
  ///
  /// - Throws: `jobs.not-found`, also for jobs that the viewer may not know of.
  public func job(_ id: String, for viewer: Viewer, hasLink: Bool = false) throws -> Job {
    guard let job = try job(id), job.sharing.canBeSeen(by: viewer, hasLink: hasLink) else {
      throw JobsError(.notFound, "there is no job \(id), or you may not see it")
    }
    return job
  }

  /// A job that a viewer may change.
  ///
  /// - Throws: `jobs.not-found`; `jobs.forbidden` for one that the viewer only sees.
  public func ownJob(_ id: String, of viewer: Viewer) throws -> Job {
    let job = try job(id, for: viewer)
    guard job.sharing.canBeChanged(by: viewer) else {
      throw JobsError(.forbidden, "the job \(id) belongs to somebody else; copy it to run it yourself")
    }
    return job
  }

  /// Changes what people may change: nil leaves a thing as it is.
  public func update(
    _ id: String, title: String? = nil, visibility: Visibility? = nil, priority: Int? = nil, isKept: Bool? = nil
  ) throws {
    try database.write { connection in
      let now = SQLValue.real(Date().timeIntervalSince1970)
      func set(_ columns: String, _ values: [SQLValue]) throws {
        try connection.run("UPDATE jobs SET \(columns), updated = ? WHERE id = ?", values + [now, .text(id)])
      }
      if let title { try set("title = ?", [.text(title)]) }
      if let priority { try set("priority = ?", [.integer(priority)]) }
      if let isKept { try set("is_kept = ?", [SQLValue(isKept)]) }
      if let visibility {
        try set(
          "visibility = ?, visibility_group = ?",
          [.text(visibility.columns.visibility), SQLValue(visibility.columns.group)])
      }
    }
  }

  /// The attempts at a job, the first first.
  public func attempts(at id: String) throws -> [AttemptRecord] {
    try database.read { connection in
      try connection.rows("SELECT * FROM job_attempts WHERE job = ? ORDER BY number", [.text(id)]).map { row in
        AttemptRecord(
          number: row.int("number"), started: Date(timeIntervalSince1970: row.double("started")),
          finished: row.optionalDouble("finished").map(Date.init(timeIntervalSince1970:)),
          outcome: row.optionalText("outcome"), errorKind: row.optionalText("error_kind"),
          seconds: row.double("seconds"), peakMemory: row.int("peak_memory"))
      }
    }
  }

  /// Removes the record and the folder of a job that is over.
  ///
  /// - Throws: `jobs.wrong-state`.
  public func delete(_ id: String) throws {
    try database.write { connection in
      guard let job = try Self.job(id, connection) else { throw JobsError(.notFound, "there is no job \(id)") }
      guard job.state.isOver else {
        throw JobsError(.wrongState, "the job \(id) is \(job.state.rawValue); cancel it before it is removed")
      }
      try connection.run("DELETE FROM jobs WHERE id = ?", [.text(id)])
    }
    try? FileManager.default.removeItem(atPath: folder(of: id).path)
  }

  /// Sortable by time and not to be guessed: ids stand in addresses that are shared.
  private static func newID() -> String {
    let time = String(Int(Date().timeIntervalSince1970), radix: 36)
    return time + "-" + (0..<12).map { _ in String(Int.random(in: 0..<36), radix: 36) }.joined()
  }
}

// MARK: - Rows

extension JobStore {
  static func job(_ id: String, _ connection: Connection) throws -> Job? {
    try connection.row("SELECT * FROM jobs WHERE id = ?", [.text(id)]).map(job)
  }

  static func job(_ row: SQLRow) -> Job {
    func date(_ column: String) -> Date? { row.optionalDouble(column).map(Date.init(timeIntervalSince1970:)) }
    var progress = JobProgress()
    (progress.stage, progress.unit) = (row.optionalText("stage"), row.optionalText("stage_unit"))
    (progress.done, progress.total) = (row.int("done"), row.int("total"))
    (progress.percent, progress.secondsLeft) = (row.double("percent"), row.optionalDouble("seconds_left"))
    var cost = JobCost()
    (cost.seconds, cost.cpuSeconds) = (row.double("seconds"), row.double("cpu_seconds"))
    (cost.peakMemory, cost.disk) = (row.int("peak_memory"), row.int("disk"))
    return Job(
      id: row.text("id"), number: row.int("number"), process: row.text("process"), inputs: row.jsonObject("inputs"),
      title: row.text("title"),
      sharing: Sharing(
        ownerID: row.text("owner"),
        visibility: Visibility(visibility: row.text("visibility"), group: row.optionalText("visibility_group"))),
      state: JobState(rawValue: row.text("state")) ?? .failed, priority: row.int("priority"),
      message: row.text("message"), errorKind: row.optionalText("error_kind"), isPartial: row.bool("is_partial"),
      progress: progress, warnings: row.json("warnings").arrayValue?.compactMap(\.stringValue) ?? [],
      created: date("created") ?? .distantPast, started: date("started"), updated: date("updated") ?? .distantPast,
      finished: date("finished"), attempts: row.int("attempts"), retryAt: date("retry_at"),
      estimate: CommandEstimate(json: row.json("estimate")), cost: cost, isKept: row.bool("is_kept"),
      expires: date("expires"), isRemoved: row.bool("is_removed"), parent: row.optionalText("parent"),
      subscriber: row.jsonObject("subscriber"), response: row.jsonObject("response"))
  }
}
