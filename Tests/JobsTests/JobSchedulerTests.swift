// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Job scheduler")
struct JobSchedulerTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a job goes from accepted over running to successful, with its cost and progress in the record")
  func success() async throws {
    let platform = try Platform(scratch)
    let job = try await platform.submit("units", ["count": 3])
    #expect(job.state == .accepted && job.title == "units" && job.attempts == 0)
    let done = try await platform.until(job.id, .successful, .failed)
    #expect(done.state == .successful && done.attempts == 1 && done.progress.percent == 100)
    #expect(done.cost.peakMemory > 1_000_000 && done.cost.disk > 0 && done.cost.seconds > 0)
    #expect(done.started != nil && done.finished != nil && !done.isPartial && done.message == "done")
    #expect(try platform.store.attempts(at: job.id).map(\.outcome) == ["done"])
  }

  @Test("what fails for ever is tried once, and its kind and finished results can be read")
  func deterministic() async throws {
    let platform = try Platform(scratch)
    let failed = try await platform.until(try await platform.submit("fail").id, .failed)
    #expect(failed.attempts == 1 && failed.errorKind == "service.no-data")
    #expect(failed.message == "there is nothing to measure")
    let partial = try await platform.until(
      try await platform.submit("units", ["broken": 1, "count": 3]).id, .successful, .failed)
    #expect(partial.state == .successful && partial.isPartial)
    let table = try String(
      contentsOfFile: platform.store.folder(of: partial.id).resultPath + "/table.txt", encoding: .utf8)
    #expect(table == "1.0\nmissing\n3.0\n")
  }

  @Test("a worker that is killed is started again after 30 s, 232 s and 1800 s, and not a fourth time")
  func transient() async throws {
    let platform = try Platform(scratch)
    let tally = "\(scratch.path)/tally"
    let job = try await platform.submit("fail", ["way": "kill", "tally": .string(tally)])
    for delay in [30.0, 232, 1_800] {
      let waiting = try await platform.until(job.id, .accepted, .failed)
      let wait = try #require(waiting.retryAt).timeIntervalSince(platform.time.now)
      #expect(abs(wait - delay) < 5, "\(wait)")
      platform.time.advance(delay - 10)
      await platform.scheduler.step()
      #expect(try platform.job(job.id).state == .accepted)
      platform.time.advance(11)
      _ = try await platform.until(job.id, .running)
    }
    let failed = try await platform.until(job.id, .failed)
    #expect(failed.attempts == 4 && failed.errorKind == "jobs.killed" && scratch.calls(tally).count == 4)
    #expect(failed.message.contains("given up after 4 attempts"))
  }

  @Test("what is well again the third time ends well", arguments: ["io", "temporary", "crash"])
  func recovers(way: String) async throws {
    var policy = JobPolicy()
    (policy.firstDelay, policy.lastDelay) = (0, 0)
    let platform = try Platform(scratch, policy: policy)
    let tally = "\(scratch.path)/tally"
    let job = try await platform.submit("fail", ["way": .string(way), "tally": .string(tally), "times": 2])
    let done = try await platform.until(job.id, .successful, .failed)
    #expect(done.state == .successful && done.attempts == 3 && done.errorKind == nil)
    #expect(try platform.store.attempts(at: job.id).map { $0.errorKind != nil } == [true, true, false])
  }

  @Test("a job without enough memory is tried once more with half of it, and its record keeps what was asked for")
  func memory() async throws {
    let platform = try Platform(scratch)
    let tally = "\(scratch.path)/tally"
    let job = try await platform.submit("fail", ["way": "memory", "tally": .string(tally)])
    let failed = try await platform.until(job.id, .failed)
    #expect(failed.errorKind == "jobs.out-of-memory" && failed.attempts == 2)
    #expect(scratch.calls(tally) == ["512", "256"] && failed.inputs["memory"] == nil)
    // Asked for again, it begins with what was asked for.
    try await platform.scheduler.retry(job.id)
    #expect(try platform.store.folder(of: job.id).job().inputs["memory"] == nil)
  }

  @Test("a job that waits is dismissed at once, one that runs below 5 s, even when it does not listen")
  func cancel() async throws {
    let platform = try Platform(scratch, slots: 1)
    let deaf = try await platform.submit("wait", ["deaf": true])
    try await platform.untilWaiting(deaf.id)
    let waiting = try await platform.submit("wait")
    #expect(try await platform.scheduler.cancel(waiting.id).state == .dismissed)
    let begin = ContinuousClock.now
    try await platform.scheduler.cancel(deaf.id)
    let end = try await platform.until(deaf.id, .dismissed)
    #expect(ContinuousClock.now - begin < .seconds(5))
    #expect(end.message == "cancelled" && end.finished != nil)
    #expect(try await platform.scheduler.cancel(deaf.id).state == .dismissed)
  }

  @Test("jobs of a user with many do not stand before the first of another")
  func fairness() async throws {
    let platform = try Platform(scratch, slots: 1)
    var ids: [String] = []
    for index in 0..<4 {
      ids.append(try await platform.submit("echo", ["text": .string("a\(index)")], owner: "ada").id)
    }
    let urgent = try await platform.submit("echo", owner: "ada", priority: 5).id
    let other = try await platform.submit("echo", owner: "ben").id
    for id in ids + [urgent, other] { try await platform.until(id, .successful) }
    let order = try (ids + [urgent, other]).sorted {
      try #require(platform.job($0).started) < #require(platform.job($1).started)
    }
    #expect(order == [urgent, other] + ids)
  }

  @Test("more jobs of a user than allowed are refused, and more than allowed do not run at once")
  func quotas() async throws {
    var policy = JobPolicy()
    (policy.queuedPerUser, policy.runningPerUser) = (2, 1)
    let platform = try Platform(scratch, slots: 3, policy: policy)
    let first = try await platform.submit("wait")
    let second = try await platform.submit("wait")
    await #expect { _ = try await platform.submit("wait") } throws: { ($0 as? JobsError)?.kind == .queueQuota }
    let other = try await platform.submit("wait", owner: "ben")
    try await platform.until(other.id, .running)
    #expect(try platform.job(first.id).state == .running && platform.job(second.id).state == .accepted)
    for id in [first.id, second.id, other.id] { try await platform.scheduler.cancel(id) }
    for id in [first.id, second.id, other.id] { try await platform.until(id, .dismissed) }
  }

  @Test("inputs that are not allowed are refused before anything is written down")
  func invalid() async throws {
    let platform = try Platform(scratch)
    await #expect(throws: ParameterError.self) { _ = try await platform.submit("units", ["count": -1]) }
    await #expect(throws: ParameterError.self) { _ = try await platform.submit("nothing") }
    #expect(try platform.store.search(JobFilter(), for: .local).matched == 0)
  }

  @Test(
    "a job that needs more than there is on the disk waits and says so; a nearly full disk pauses, and space resumes")
  func disk() async throws {
    let platform = try Platform(scratch)
    platform.disk.space = DiskSpace(free: 100_000_000_000, total: 1_000_000_000_000)
    let large = try await platform.submit("wait", diskBytes: 60_000_000_000)
    let small = try await platform.submit("wait", diskBytes: 1_000_000_000)
    try await platform.untilWaiting(small.id)
    let waiting = try platform.job(large.id)
    #expect(waiting.state == .accepted && waiting.message.hasPrefix("waiting for space: 60000 MB are needed"))
    platform.disk.space = DiskSpace(free: 40_000_000_000, total: 1_000_000_000_000)
    #expect(try await platform.until(small.id, .paused).message == "paused: the disk is nearly full")
    await platform.scheduler.step()
    #expect(try platform.job(small.id).state == .paused)
    platform.disk.space = DiskSpace(free: 900_000_000_000, total: 1_000_000_000_000)
    try await platform.until(small.id, .running)
    try await platform.until(large.id, .running)
    for id in [small.id, large.id] { try await platform.scheduler.cancel(id) }
    for id in [small.id, large.id] { try await platform.until(id, .dismissed) }
  }

  @Test("a run that meets a full disk pauses with the reason and goes on later; one that no space helps fails")
  func diskFull() async throws {
    let platform = try Platform(scratch)
    let tally = "\(scratch.path)/tally"
    let job = try await platform.submit("fail", ["way": "disk", "tally": .string(tally), "times": 1])
    #expect(try await platform.until(job.id, .paused).message == "the disk is full")
    platform.time.advance(31)
    #expect(try await platform.until(job.id, .successful, .failed).state == .successful)
    let hopeless = try await platform.submit("fail", ["way": "disk"])
    for _ in 0..<3 {
      try await platform.until(hopeless.id, .paused)
      platform.time.advance(1_801)
      try await platform.until(hopeless.id, .running)
    }
    #expect(try await platform.until(hopeless.id, .failed).errorKind == "run-folder.disk-full")
  }
}
