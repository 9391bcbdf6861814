// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage

extension JobStore {
  /// The jobs whose files go by a time, if nobody keeps them: the first to go first.
  public func expiring(by time: Date) throws -> [Job] {
    try database.read { connection in
      try connection.rows(
        "SELECT * FROM jobs WHERE expires <= ? AND is_kept = 0 AND is_removed = 0 ORDER BY expires",
        [.real(time.timeIntervalSince1970)]
      ).map(Self.job)
    }
  }

  /// Removes the files of the jobs whose time is over. Their records stay.
  ///
  /// - Returns: those jobs, as they are now.
  func removeExpired(at now: Date) throws -> [Job] {
    try expiring(by: now).compactMap { try removeFiles($0.id, at: now) }
  }

  /// Removes the files of a job that is over; the record stays.
  ///
  /// - Returns: the job as it is now; nil when it is not over.
  @discardableResult
  public func removeFiles(_ id: String, at now: Date = Date()) throws -> Job? {
    let job: Job? = try database.write { connection in
      let changed = try connection.run(
        """
        UPDATE jobs SET is_removed = 1, disk = 0, updated = ?, expires = NULL
        WHERE id = ? AND state IN ('successful', 'failed', 'dismissed')
        """, [.real(now.timeIntervalSince1970), .text(id)])
      return changed == 1 ? try Self.job(id, connection) : nil
    }
    // The record first: files that are left over by a crash are found by `removeStrays`.
    if job != nil { try? FileManager.default.removeItem(atPath: folder(of: id).path) }
    return job
  }

  /// Removes folders that no job has any more, as a crash may leave them.
  ///
  /// - Returns: their names.
  @discardableResult
  public func removeStrays() throws -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let known = try database.read { connection in
      Set(try connection.rows("SELECT id FROM jobs WHERE is_removed = 0").map { $0.text("id") })
    }
    let strays = names.filter { name in
      // A folder is made before its record: what is young may yet get one.
      guard !known.contains(name), FileManager.default.fileExists(atPath: "\(folder)/\(name)/job.json"),
        let made = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)/job.json")[.modificationDate]
      else { return false }
      return ((made as? Date)?.timeIntervalSinceNow ?? 0) < -600
    }
    for name in strays { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    return strays
  }

  /// Bytes that each user's jobs take.
  public func bytesByOwner() throws -> [(owner: String, bytes: Int, jobs: Int)] {
    try database.read { connection in
      try connection.rows(
        "SELECT owner, sum(disk) AS bytes, count(*) AS n FROM jobs WHERE is_removed = 0 GROUP BY owner ORDER BY bytes DESC"
      ).map { ($0.text("owner"), $0.int("bytes"), $0.int("n")) }
    }
  }
}
