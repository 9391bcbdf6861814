// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Storage

/// A running job as the scheduler needs it.
struct RunningJob: Sendable {
  let job: Job
  let attempt: JobAttempt
  let intent: JobVerdict.Intent?
  let setbacks: Int
  let memorySetbacks: Int
  /// Units that were stored when the attempt began.
  let units: Int
  let attemptStarted: Date
}

// What an attempt changes in the record: each function is one transaction.
extension JobStore {
  func running() throws -> [RunningJob] {
    try database.read { connection in
      try connection.rows(
        """
        SELECT jobs.*, job_attempts.started AS attempt_started FROM jobs
        LEFT JOIN job_attempts ON job_attempts.job = jobs.id AND job_attempts.number = jobs.attempts
        WHERE state = 'running' ORDER BY jobs.number
        """
      ).map { row in
        let job = Self.job(row)
        let attempt = JobAttempt(
          id: job.id, folder: folder(of: job.id), number: job.attempts, handle: row.optionalText("handle"),
          memory: job.estimate?.memoryBytes, seconds: job.estimate?.seconds.likely)
        return RunningJob(
          job: job, attempt: attempt, intent: row.optionalText("intent").flatMap(JobVerdict.Intent.init(rawValue:)),
          setbacks: row.int("setbacks"), memorySetbacks: row.int("memory_setbacks"), units: row.int("units"),
          attemptStarted: Date(
            timeIntervalSince1970: row.optionalDouble("attempt_started") ?? job.updated.timeIntervalSince1970))
      }
    }
  }

  /// What waits and may begin, and what each user has running.
  func queue(at now: Date) throws -> (entries: [FairQueue.Entry], running: [String: Int], served: [String: Int]) {
    try database.read { connection in
      let entries = try connection.rows(
        """
        SELECT id, owner, priority, number,
          max(0, coalesce(json_extract(estimate, '$.diskBytes'), 0) - coalesce(disk, 0)) AS bytes FROM jobs
        WHERE state IN ('accepted', 'paused') AND (retry_at IS NULL OR retry_at <= ?)
        """, [.real(now.timeIntervalSince1970)]
      ).map {
        FairQueue.Entry(
          id: $0.text("id"), owner: $0.text("owner"), priority: $0.int("priority"), number: $0.int("number"),
          bytes: $0.int("bytes"))
      }
      let running = try connection.rows(
        "SELECT owner, count(*) AS n FROM jobs WHERE state = 'running' GROUP BY owner")
      // Only the order counts, so thousandths of a second do.
      let served = try connection.rows(
        """
        SELECT owner, max(job_attempts.started) AS last FROM job_attempts JOIN jobs ON jobs.id = job
        WHERE jobs.owner IN (SELECT owner FROM jobs WHERE state IN ('accepted', 'paused')) GROUP BY owner
        """)
      return (
        entries, Dictionary(uniqueKeysWithValues: running.map { ($0.text("owner"), $0.int("n")) }),
        Dictionary(uniqueKeysWithValues: served.map { ($0.text("owner"), Int($0.double("last") * 1_000)) })
      )
    }
  }

  /// Writes down that an attempt begins, before it does: nil when the job is not waiting any more.
  func begin(_ id: String, executor: String, units: Int, at now: Date) throws -> Job? {
    try database.write { connection in
      let time = SQLValue.real(now.timeIntervalSince1970)
      let changed = try connection.run(
        """
        UPDATE jobs SET state = 'running', attempts = attempts + 1, started = coalesce(started, ?), updated = ?,
          retry_at = NULL, handle = NULL, executor = ?, intent = NULL, units = ?, message = 'starting', finished = NULL,
          expires = NULL, error_kind = NULL, stage = NULL, done = 0, total = 0, seconds_left = NULL
        WHERE id = ? AND state IN ('accepted', 'paused')
        """, [time, time, .text(executor), .integer(units), .text(id)])
      guard changed == 1, let job = try Self.job(id, connection) else { return nil }
      try connection.run(
        "INSERT OR REPLACE INTO job_attempts (job, number, started) VALUES (?, ?, ?)",
        [.text(id), .integer(job.attempts), time])
      return job
    }
  }

  func setHandle(_ id: String, _ handle: String) throws {
    try database.write { try $0.run("UPDATE jobs SET handle = ? WHERE id = ?", [.text(handle), .text(id)]) }
  }

  /// Writes down how far jobs are, all in one transaction.
  func setProgress(_ readings: [(id: String, reading: ProgressReading, message: String)], at now: Date) throws {
    guard !readings.isEmpty else { return }
    try database.write { connection in
      for (id, reading, message) in readings {
        let progress = reading.progress
        try connection.run(
          """
          UPDATE jobs SET stage = ?, stage_unit = ?, done = ?, total = ?, percent = ?, seconds_left = ?, warnings = ?,
            message = ?, updated = ? WHERE id = ? AND state = 'running'
          """,
          [
            SQLValue(progress.stage), SQLValue(progress.unit), .integer(progress.done), .integer(progress.total),
            .real(progress.percent), SQLValue(progress.secondsLeft),
            .text(JSONValue.array(reading.warnings.map(JSONValue.string)).text(.line)), .text(message),
            .real(now.timeIntervalSince1970), .text(id),
          ])
      }
    }
  }

  /// Asks for something of jobs that run; what is already asked for stays, but for cancelling, which wins.
  func intend(_ intent: JobVerdict.Intent, _ ids: [String]) throws {
    try database.write { connection in
      for id in ids {
        try connection.run(
          "UPDATE jobs SET intent = ? WHERE id = ? AND state = 'running' AND (intent IS NULL OR ? = 'cancel')",
          [.text(intent.rawValue), .text(id), .text(intent.rawValue)])
      }
    }
  }

  /// Writes down how an attempt ended and what becomes of the job.
  ///
  /// - Returns: the job as it is now; nil when it was not running any more.
  func settle(_ running: RunningJob, _ end: JobEnd, _ outcome: AttemptOutcome, at now: Date) throws -> Job? {
    try database.write { connection in
      let id = SQLValue.text(running.job.id), time = SQLValue.real(now.timeIntervalSince1970)
      let values = outcome.values(running, now)
      let changed = try connection.run(
        """
        UPDATE jobs SET state = ?, message = ?, error_kind = ?, is_partial = ?, retry_at = ?, setbacks = ?,
          memory_setbacks = ?, finished = ?, expires = ?, updated = ?, handle = NULL, intent = NULL, warnings = ?,
          percent = CASE WHEN ? = 'successful' THEN 100 ELSE percent END, seconds_left = NULL,
          seconds = seconds + ?, cpu_seconds = cpu_seconds + ?, peak_memory = max(peak_memory, ?), disk = ?
        WHERE id = ? AND state = 'running'
        """,
        values + [
          .real(outcome.seconds), .real(outcome.cpuSeconds), .integer(outcome.peakMemory), .integer(outcome.disk), id,
        ])
      guard changed == 1 else { return nil }
      try connection.run(
        """
        UPDATE job_attempts SET finished = ?, outcome = ?, error_kind = ?, seconds = ?, peak_memory = ?
        WHERE job = ? AND number = ?
        """,
        [
          time, .text(outcome.words), SQLValue(outcome.errorKind), .real(outcome.seconds),
          .integer(outcome.peakMemory), id, .integer(running.job.attempts),
        ])
      guard let job = try Self.job(running.job.id, connection) else { return nil }
      try Self.addCallbacks(job, at: now, connection)
      if case .successful(false, _) = outcome.verdict { try Self.learn(job, at: now, connection) }
      return job
    }
  }

  /// Puts a job that is over back into the queue.
  ///
  /// - Throws: `jobs.wrong-state` while it is not over.
  func requeue(_ id: String, message: String, at now: Date) throws -> Job {
    try database.write { connection in
      let changed = try connection.run(
        """
        UPDATE jobs SET state = 'accepted', message = ?, setbacks = 0, memory_setbacks = 0, retry_at = NULL, intent = NULL,
          finished = NULL, expires = NULL, error_kind = NULL, is_partial = 0, percent = 0, stage = NULL, done = 0,
          total = 0, warnings = '[]', is_removed = 0, updated = ?
        WHERE id = ? AND state IN ('successful', 'failed', 'dismissed')
        """, [.text(message), .real(now.timeIntervalSince1970), .text(id)])
      guard let job = try Self.job(id, connection) else { throw JobsError(.notFound, "there is no job \(id)") }
      guard changed == 1 else {
        throw JobsError(.wrongState, "the job \(id) is \(job.state.rawValue); only a job that is over starts again")
      }
      return job
    }
  }

  /// Dismisses a job that waits: nil when it does not.
  func dismissWaiting(_ id: String, expires: Date?, at now: Date) throws -> Job? {
    try database.write { connection in
      let time = SQLValue.real(now.timeIntervalSince1970)
      let changed = try connection.run(
        """
        UPDATE jobs SET state = 'dismissed', message = 'cancelled', finished = ?, updated = ?, retry_at = NULL, expires = ?
        WHERE id = ? AND state IN ('accepted', 'paused')
        """, [time, time, SQLValue(expires?.timeIntervalSince1970), .text(id)])
      guard changed == 1, let job = try Self.job(id, connection) else { return nil }
      try Self.addCallbacks(job, at: now, connection)
      return job
    }
  }

  /// Says why jobs wait that have not been paused for that very reason.
  func setMessages(_ messages: [(id: String, text: String)]) throws {
    let news = try messages.filter { message in
      guard let job = try job(message.id) else { return false }
      return job.state == .accepted && job.message != message.text
    }
    guard !news.isEmpty else { return }
    try database.write { connection in
      for message in news {
        try connection.run("UPDATE jobs SET message = ? WHERE id = ?", [.text(message.text), .text(message.id)])
      }
    }
  }
}

/// How an attempt ended, with what it cost.
struct AttemptOutcome: Sendable {
  let verdict: JobVerdict
  var seconds = 0.0
  var cpuSeconds = 0.0
  var peakMemory = 0
  var disk = 0
  var hasAdvanced = false
  var warnings: [String] = []
  let policy: JobPolicy

  var state: JobState {
    switch verdict {
    case .successful: .successful
    case .failed: .failed
    case .again: .accepted
    case .paused: .paused
    case .dismissed: .dismissed
    }
  }

  var words: String {
    switch verdict {
    case .successful(_, let words), .failed(_, let words), .again(_, _, _, let words), .paused(let words): words
    case .dismissed: "cancelled"
    }
  }

  var errorKind: String? {
    switch verdict {
    case .failed(let kind, _), .again(_, _, let kind, _): kind
    default: nil
    }
  }

  /// The values of the first places of `settle`'s statement.
  fileprivate func values(_ running: RunningJob, _ now: Date) -> [SQLValue] {
    var isPartial = false, retryAt: Double?, message = words
    var setbacks = hasAdvanced ? 0 : running.setbacks, memorySetbacks = running.memorySetbacks
    switch verdict {
    case .successful(let partial, _): isPartial = partial
    case .again(let setback, let delay, _, _):
      retryAt = now.timeIntervalSince1970 + delay
      message += delay < 1 ? "; tried again" : "; tried again in \(Int(delay.rounded())) s"
      if setback == .memory { memorySetbacks += 1 } else { setbacks += 1 }
    case .paused where running.intent != .pause:
      // The disk was full for this job only: not at once again.
      setbacks += 1
      retryAt = now.timeIntervalSince1970 + policy.delay(afterSetback: setbacks)
    default: break
    }
    let expires = state.isOver ? policy.retention[state].map { now.timeIntervalSince1970 + $0 } : nil
    return [
      .text(state.rawValue), .text(message), SQLValue(state == .failed ? errorKind : nil), SQLValue(isPartial),
      SQLValue(retryAt), .integer(setbacks), .integer(memorySetbacks),
      SQLValue(state.isOver ? now.timeIntervalSince1970 : nil), SQLValue(expires), .real(now.timeIntervalSince1970),
      .text(JSONValue.array(warnings.map(JSONValue.string)).text(.line)), .text(state.rawValue),
    ]
  }
}
