// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Storage
import Synchronization

/// A server without a network: looks after the jobs of a folder until it is killed.
struct ServeCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Folder of the database and the jobs", .positional) var data: InputFolder
  }

  let id = "serve"
  let summary = "Look after jobs"
  let isHidden = true

  /// Optimised code lets go of what it does not use again, and nobody else holds the scheduler.
  private static let kept = Mutex<JobScheduler?>(nil)

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let data = invocation.parameters.data.path
    let database = try Database(path: "\(data)/jobs.sqlite", [JobStore.schema])
    let store = try JobStore(database, folder: "\(data)/jobs")
    var policy = JobPolicy()
    (policy.firstDelay, policy.lastDelay, policy.interval) = (0, 0, .milliseconds(20))
    // On a busy machine the killer may come several times before the first unit is done.
    policy.retries = 100
    let scheduler = JobScheduler(
      store: store, executor: ProcessExecutor(.own, slots: 2), tool: invocation.tool, policy: policy)
    Task { await scheduler.start() }
    Self.kept.withLock { $0 = scheduler }
    while true { sleep(1_000) }
  }
}
