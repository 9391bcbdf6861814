// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

/// What a cluster costs: the same job through a scheduler over each executor, both at once.
///
/// Its units wait and don't compute, so that neither run, nor whatever else runs here, makes the other longer.
@Suite(
  "Cost of a cluster", .serialized,
  .enabled(
    if: SlurmHere.isThere && ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil,
    "a measurement of 9 minutes: OGIVE_MEASURE=1, with a cluster (Scripts/slurm-local)"))
struct SlurmOverheadTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Seconds on the clock, and those among them in which no process was at the job.
  private struct Spent: Sendable {
    var seconds = 0.0
    var idle = 0.0
    var parts = 0
  }

  private func spent(_ name: String, _ executor: any Executor, _ inputs: JSONObject) async throws -> Spent {
    let folder = try Scratch(inside: scratch, name)
    defer { withExtendedLifetime(folder) {} }
    let platform = try Platform(folder, executor: executor)
    let begin = ContinuousClock.now
    let job = try await platform.submit("units", inputs)
    let attempt = JobAttempt(id: job.id, folder: platform.store.folder(of: job.id), number: 1)
    var spent = Spent()
    var last = begin
    var seen: Set<String> = []
    try await eventually(within: 1_500, "the job by \(name) ends") {
      await platform.scheduler.step()
      let now = ContinuousClock.now
      let held = attempt.parts.filter { attempt.isHeld($0) }
      seen.formUnion(held)
      if held.isEmpty, !JobLock.isHeld(attempt.folder.lockPath) { spent.idle += (now - last) / .seconds(1) }
      last = now
      return try platform.job(job.id).state.isOver
    }
    spent.seconds = (ContinuousClock.now - begin) / .seconds(1)
    spent.parts = seen.count
    let done = try platform.job(job.id)
    #expect(done.state == .successful && done.attempts == 1, "\(done.message)")
    #expect(try attempt.begun().count == 8, "a unit was computed twice")
    return spent
  }

  @Test("eight units of 2 minutes, two at once: at most 5 % more than locally, besides its start delays")
  func overhead() async throws {
    let inputs: JSONObject = ["count": 4, "seconds": 120, "threads": 2]
    var settings = SlurmHere.settings
    (settings.cores, settings.patience, settings.partSeconds, settings.throttle) = (2, 60, 120, 2)
    async let local = spent("local", ProcessExecutor(Scratch.program), inputs)
    async let shared = spent("slurm", SlurmExecutor(Scratch.program, settings), inputs)
    let (alone, cluster) = try await (local, shared)
    let busy = cluster.seconds - cluster.idle
    print(
      "local \(alone.seconds) s; Slurm \(cluster.seconds) s, of which \(cluster.idle) s before processes began; "
        + "\(cluster.parts) parts; overhead \(100 * (busy / alone.seconds - 1)) % besides, "
        + "\(100 * (cluster.seconds / alone.seconds - 1)) % with the delays")
    #expect(cluster.parts >= 2)
    #expect(busy <= 1.05 * alone.seconds, "\(busy) s against \(alone.seconds) s")
  }
}
