// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing
import Storage

// What people ask of jobs. Whether they may is asked before: see `JobStore.ownJob`.
extension JobScheduler {
  /// Takes a job into the queue.
  ///
  /// - Throws: `jobs.queue-quota`, `jobs.disk-quota`, `jobs.too-large`; `ParameterError` for a process that does not exist and for inputs
  ///   that are not allowed.
  public func submit(_ request: JobRequest) async throws -> Job {
    try check(request.process, request.inputs)
    if let needed = request.estimate?.diskBytes, let space = space(store.folder), needed > space.total {
      throw JobsError(
        .tooLarge,
        "the job needs about \(needed / 1_000_000) MB, and the disk of the server has \(space.total / 1_000_000) MB in "
          + "all; measure a smaller area or fewer points")
    }
    let owner = request.sharing.ownerID, quota = policy.quota(of: owner)
    let job = try store.add(request, at: now()) { connection in
      let sums = try connection.row(
        """
        SELECT coalesce(sum(state IN ('accepted', 'paused')), 0) AS waiting, coalesce(sum(disk), 0) AS bytes
        FROM jobs WHERE owner = ?
        """, [.text(owner)])
      if let limit = quota.queued, let waiting = sums?.int("waiting"), waiting >= limit {
        throw JobsError(
          .queueQuota,
          "\(waiting) of your jobs are waiting, and no more than \(limit) may; wait for one of them or cancel it")
      }
      if let limit = quota.disk, let bytes = sums?.int("bytes"), bytes >= limit {
        throw JobsError(
          .diskQuota,
          "your jobs take \(bytes / 1_000_000) MB, and \(limit / 1_000_000) MB are allowed; remove some of them")
      }
    }
    watchers.tell(.changed(job))
    return job
  }

  /// Checks a process and its inputs as its command declares them.
  ///
  /// - Throws: `ParameterError` with all problems.
  public nonisolated func check(_ process: String, _ inputs: JSONObject) throws(ParameterError) {
    guard let command = tool[process], !command.isHidden else {
      throw ParameterError(.unknown, "there is no process \(process)")
    }
    try Self.check(command, inputs)
  }

  private static func check<C: Command>(_ command: C, _ inputs: JSONObject) throws(ParameterError) {
    _ = try C.parameters(from: inputs)
  }

  /// Cancels a job: at once when it waits, within five seconds when it runs. One that is over stays as it is.
  @discardableResult
  public func cancel(_ id: String) async throws -> Job {
    let expires = policy.retention[.dismissed].map { now().addingTimeInterval($0) }
    if let job = try store.dismissWaiting(id, expires: expires, at: now()) {
      watchers.tell(.changed(job))
      return job
    }
    try store.intend(.cancel, [id])
    if let running = try store.running().first(where: { $0.job.id == id }) { await executor.cancel(running.attempt) }
    guard let job = try store.job(id) else { throw JobsError(.notFound, "there is no job \(id)") }
    return job
  }

  /// Runs a job again that is over; what it has stored is used.
  ///
  /// - Throws: `jobs.wrong-state` while it is not over.
  @discardableResult
  public func retry(_ id: String) async throws -> Job { try requeue(id, "waiting to be tried again") }

  /// Runs a job again from a stage on, whatever it has stored of that and of later ones.
  ///
  /// - Parameter stage: one of `stages(of:)`.
  /// - Throws: `jobs.wrong-state`; `jobs.no-stage`; `ProcessingError` while something writes there.
  @discardableResult
  public func restart(_ id: String, from stage: String) async throws -> Job {
    guard let job = try store.job(id) else { throw JobsError(.notFound, "there is no job \(id)") }
    guard job.state.isOver else {
      throw JobsError(.wrongState, "the job \(id) is \(job.state.rawValue); cancel it before it starts again")
    }
    let folder = store.folder(of: id)
    guard try folder.forget(from: stage, units) else {
      let known = stages(of: id)
      throw JobsError(
        .noStage,
        "the job has begun no stage \(stage)"
          + (known.isEmpty ? "" : "; it has begun \(known.joined(separator: ", "))"))
    }
    return try requeue(id, "waiting to start again from \(stage)")
  }

  /// The stages that a job has begun, in their order.
  public nonisolated func stages(of id: String) -> [String] { store.folder(of: id).stages() }

  private func requeue(_ id: String, _ message: String) throws -> Job {
    guard let known = try store.job(id) else { throw JobsError(.notFound, "there is no job \(id)") }
    guard known.state.isOver else {
      throw JobsError(.wrongState, "the job \(id) is \(known.state.rawValue); only a job that is over starts again")
    }
    // As it was asked for: without the relief that an earlier attempt was given.
    try store.folder(of: id).create(known.file)
    let job = try store.requeue(id, message: message, at: now())
    watchers.tell(.changed(job))
    return job
  }

  /// Removes a job that is over, with its files.
  public func delete(_ id: String) throws {
    try store.delete(id)
    watchers.tell(.deleted(id: id))
  }

  /// What happens to a job, or to all when nil, from now on. The first event is the job as it is.
  public func events(of id: String?) throws -> AsyncStream<JobEvent> {
    let stream = watchers.add(id) { number in
      Task { [weak self] in await self?.forget(watcher: number) }
    }
    if let id, let job = try store.job(id) { watchers.tell(.changed(job)) }
    return stream
  }

  private func forget(watcher: Int) { watchers.remove(watcher) }
}

extension JobFolder {
  /// The stages that runs in this folder have begun, in their order.
  package func stages() -> [String] {
    var seen: Set<String> = []
    return runFolders().flatMap { RunFolder.stages(in: $0) }.filter { seen.insert($0).inserted }
  }

  /// Makes the next run do a stage and those after it again. Returns whether there is such a stage.
  package func forget(from stage: String, _ units: UnitCache?) throws -> Bool {
    let folders = runFolders()
    guard let first = folders.firstIndex(where: { RunFolder.stages(in: $0).contains(stage) }) else { return false }
    try RunFolder.forget(from: stage, in: folders[first], cache: units)
    // A run inside another one's folder is made from its products.
    for folder in folders[(first + 1)...] {
      if let all = RunFolder.stages(in: folder).first { try RunFolder.forget(from: all, in: folder, cache: units) }
    }
    return true
  }
}
