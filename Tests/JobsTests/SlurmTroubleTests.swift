// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite(
  "A cluster in trouble", .serialized,
  .enabled(if: OwnCluster.isPossible, "needs a cluster (Scripts/slurm-local), and root to start another"))
struct SlurmTroubleTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func platform(
    _ cluster: OwnCluster, _ settings: SlurmSettings = SlurmHere.sharing, retries: Int = 100
  ) throws -> Platform {
    var policy = JobPolicy()
    (policy.firstDelay, policy.lastDelay, policy.retries) = (0, 0, retries)
    return try Platform(
      scratch, policy: policy,
      executor: SlurmExecutor(Scratch.program, settings, environment: cluster.environment))
  }

  private func attempt(_ platform: Platform, _ job: Job) -> JobAttempt {
    JobAttempt(id: job.id, folder: platform.store.folder(of: job.id), number: 1)
  }

  /// A controller that dies forgets what it was given in the seconds since it last saved, and ends those processes: that would
  /// be a test of Slurm.
  @Test("the controller dies while a shared stage runs: the job waits, says so, and ends well when it is back")
  func controller() async throws {
    try await OwnCluster.with(scratch) { cluster in
      let platform = try platform(cluster)
      let job = try await platform.submit("units", ["count": 12, "seconds": 2])
      let attempt = attempt(platform, job)
      try await eventually(within: 60, "a part is at work") {
        await platform.scheduler.step()
        return attempt.parts.contains { attempt.isHeld($0) }
      }
      let begun = Date()
      try await eventually(within: 30, "the controller has saved what it knows") { try cluster.saved() > begun }
      try await cluster.killController()
      try await eventually(within: 60, "the job says that the cluster is silent") {
        await platform.scheduler.step()
        return try platform.job(job.id).message == "the cluster does not answer"
      }
      #expect(try platform.job(job.id).state == .running)
      try await cluster.startController()
      let done = try await platform.until(job.id, .successful, .failed, within: 120)
      #expect(done.state == .successful && done.attempts == 1, "\(done.message)")
      #expect(attempt.table == (0..<12).map { "\(Double($0) + 1)\n" }.joined())
      #expect(try attempt.begun().count == 24)
    }
  }

  @Test("a partition that is down keeps jobs waiting with Slurm's reason, one that is inactive with its refusal")
  func partition() async throws {
    try await OwnCluster.with(scratch) { cluster in
      let platform = try platform(cluster)
      try await cluster.partition("DOWN")
      let first = try await platform.submit("units", ["count": 2])
      try await eventually(within: 30, "the first job says why it waits") {
        await platform.scheduler.step()
        return try platform.job(first.id).message == "waiting for the cluster: PartitionDown"
      }
      try await cluster.partition("INACTIVE")
      let second = try await platform.submit("units", ["count": 2])
      try await eventually(within: 30, "the second job says why it waits") {
        await platform.scheduler.step()
        return try platform.job(second.id).message.contains("Required partition not available (inactive or drain)")
      }
      try await cluster.partition("UP")
      #expect(try await platform.until(first.id, .successful, .failed, within: 60).state == .successful)
      #expect(try await platform.until(second.id, .successful, .failed, within: 60).state == .successful)
    }
  }

  @Test("a stage that cannot be shared just now waits with the refusal, and is shared later")
  func refusedArray() async throws {
    try await OwnCluster.with(scratch) { cluster in
      let platform = try platform(cluster)
      let job = try await platform.submit("units", ["count": 8, "seconds": 0.5])
      let attempt = attempt(platform, job)
      try await eventually(within: 60, "the lead has left a stage") {
        // Asked for the state, the executor would share it at once: so nobody asks while the lead runs.
        if attempt.folder.exit()?.isWide == true { return true }
        if try platform.job(job.id).state == .accepted { await platform.scheduler.step() }
        return false
      }
      try await cluster.partition("INACTIVE")
      try await eventually(within: 60, "the job says why its stage waits") {
        await platform.scheduler.step()
        return try platform.job(job.id).message.hasPrefix("the stage cannot be shared now: sbatch failed")
      }
      try await cluster.partition("UP")
      let done = try await platform.until(job.id, .successful, .failed, within: 90)
      #expect(done.state == .successful && done.attempts == 1, "\(done.message)")
      #expect(try attempt.begun().count == 16)
    }
  }

  @Test("what Slurm refuses for good ends the job with its words, after the attempts that are allowed")
  func refused() async throws {
    try await OwnCluster.with(scratch) { cluster in
      var settings = SlurmHere.sharing
      settings.partition = "nowhere"
      let platform = try platform(cluster, settings, retries: 2)
      let job = try await platform.submit("units", ["count": 2])
      let done = try await platform.until(job.id, .failed, within: 30)
      #expect(done.errorKind == "jobs.executor" && done.attempts == 3)
      #expect(done.message.contains("invalid partition specified: nowhere"), "\(done.message)")
    }
  }

  @Test("an array is as large as the cluster's configuration allows, and not larger than Slurm takes")
  func arrays() async throws {
    try await OwnCluster.with(scratch, arrayLimit: 3) { cluster in
      let limit = try await cluster.commands.arrayLimit()
      #expect(limit == 3)
      let words = ["--output=/dev/null", "--hold", "--wrap=true"]
      _ = try await cluster.commands.submit(words + ["--array=0-\(limit - 1)"])
      await #expect { _ = try await cluster.commands.submit(words + ["--array=0-\(limit)"]) } throws: {
        "\($0)".contains("Invalid job array specification")
      }
      let executor = SlurmExecutor(Scratch.program, SlurmHere.sharing, environment: cluster.environment)
      let attempt = try scratch.job("units", ["count": 24, "seconds": 0.4])
      _ = try await executor.start(attempt)
      var said: Set<String> = []
      try await eventually(within: 120, "the job ends") {
        let state = await executor.states(of: [attempt])[0]
        if case .waiting(let words) = state { said.insert(words) }
        if case .ended = state { return true }
        return false
      }
      #expect(attempt.folder.exit()?.code == 0 && attempt.table?.split(separator: "\n").count == 24)
      // Some 23 units of 0.4 s would be five parts of two seconds.
      #expect(said.contains { $0.hasPrefix("first: ") && $0.contains(" units in 3 processes") }, "\(said)")
    }
  }
}
