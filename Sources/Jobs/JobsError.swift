// SPDX-License-Identifier: Apache-2.0
import Processing

/// What went wrong with a job, besides what its own command says.
public typealias JobsError = RunError<JobsErrorKind>

public enum JobsErrorKind: String, Sendable {
  /// No job of that id, or none that the asker may see.
  case notFound = "jobs.not-found"
  /// The asker may see the job and may not change it.
  case forbidden = "jobs.forbidden"
  /// The job is in no state for what was asked.
  case wrongState = "jobs.wrong-state"
  /// The job's folder or a file in it can't be read or written.
  case folder = "jobs.folder"
  /// A process is working in the folder.
  case locked = "jobs.locked"
  /// The run has no stage of that name.
  case noStage = "jobs.no-stage"
  /// The user has as many jobs waiting as allowed.
  case queueQuota = "jobs.queue-quota"
  /// The user's results take as much space as allowed.
  case diskQuota = "jobs.disk-quota"
  /// More than there will ever be room for.
  case tooLarge = "jobs.too-large"
  /// The worker could not be started, or the cluster does not answer.
  case executor = "jobs.executor"
  /// The worker ended without saying why.
  case killed = "jobs.killed"
  /// The worker needed more memory than there was.
  case outOfMemory = "jobs.out-of-memory"
  /// The estimate of a job failed.
  case estimate = "jobs.estimate"
  /// A server's answer to a job that was sent to it.
  case server = "jobs.server"
}
