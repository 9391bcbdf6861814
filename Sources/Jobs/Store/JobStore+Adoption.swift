// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing
import Storage

extension JobStore {
  /// Takes a finished run of the command line among the jobs: its folder stays where it is and is read in place.
  ///
  /// - Parameter runFolder: what a command wrote with `--out`.
  /// - Returns: the job; the one that is there already where the folder was taken before.
  /// - Throws: `jobs.folder` for a folder that holds no finished run.
  @discardableResult
  public func adopt(_ runFolder: String, title: String, sharing: Sharing, at now: Date = Date()) throws -> Job {
    let path = URL(filePath: runFolder).standardizedFileURL.resolvingSymlinksInPath().path
    guard let record = JobFolder.json("\(path)/config.lock.json"),
      let process = (record["process"] ?? record["command"])?.stringValue
    else {
      throw JobsError(.folder, "\(path) holds no finished run: there is no config.lock.json that names its command")
    }
    var parameters = record["inputs"]?.objectValue ?? record["parameters"]?.objectValue ?? [:]
    parameters["out"] = nil
    let known = try database.read { try $0.row("SELECT job FROM adopted_runs WHERE path = ?", [.text(path)]) }
    if let id = known?.text("job"), let job = try job(id) { return job }
    let job = try add(JobRequest(process: process, inputs: parameters, title: title, sharing: sharing), at: now)
    let folder = self.folder(of: job.id)
    do {
      try FileManager.default.createSymbolicLink(atPath: folder.resultPath, withDestinationPath: path)
      var exit = JobExit(code: 0)
      exit.finished = now
      try folder.write(exit)
      try database.write { connection in
        try connection.run("INSERT OR REPLACE INTO adopted_runs VALUES (?, ?)", [.text(path), .text(job.id)])
        try connection.run(
          """
          UPDATE jobs SET state = 'successful', message = 'run by the command line', percent = 100, is_kept = 1,
            started = ?, finished = ?, updated = ? WHERE id = ?
          """,
          [SQLValue](repeating: .real(now.timeIntervalSince1970), count: 3) + [.text(job.id)])
      }
    } catch {
      try? FileManager.default.removeItem(atPath: folder.path)
      _ = try? database.write { try $0.run("DELETE FROM jobs WHERE id = ?", [.text(job.id)]) }
      throw error
    }
    return try self.job(job.id) ?? job
  }
}
