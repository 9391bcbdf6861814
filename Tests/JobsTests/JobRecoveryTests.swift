// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Jobs after a crash")
struct JobRecoveryTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("the next server goes on with workers that run, takes the word of those that ended, restarts the killed")
  func server() async throws {
    let first = try Platform(scratch, slots: 3)
    let running = try await first.submit("wait")
    try await first.untilWaiting(running.id)
    let ended = try await first.submit("units", ["count": 2, "seconds": 0.3])
    let killed = try await first.submit("units", ["count": 8, "seconds": 0.3])
    // Both begin in one step.
    try await first.until(killed.id, .running)
    let store = first.store
    // No server looks after anything any more.
    let signature = try String(contentsOfFile: store.folder(of: killed.id).lockPath, encoding: .utf8)
    let worker = try #require(ProcessMark(signature))
    try await eventually { if case .ended = store.folder(of: ended.id).state { true } else { false } }
    kill(worker.process, SIGKILL)
    try await eventually { store.folder(of: killed.id).state == .silent }
    #expect(try store.job(ended.id)?.state == .running)

    let second = try Platform(scratch, slots: 3)
    #expect(try await second.until(ended.id, .successful, .failed).state == .successful)
    let again = try await second.until(killed.id, .successful, .failed)
    #expect(again.state == .successful && again.attempts == 2)
    let table = try String(contentsOfFile: store.folder(of: killed.id).resultPath + "/table.txt", encoding: .utf8)
    #expect(table == "1.0\n2.0\n3.0\n4.0\n5.0\n6.0\n7.0\n8.0\n")
    #expect(try second.job(running.id).state == .running && second.job(running.id).attempts == 1)
    try await second.scheduler.cancel(running.id)
    // The first server's process is the parent here, and has to bury it.
    await first.scheduler.step()
    try await second.until(running.id, .dismissed)
  }

  @Test("ten kills of a worker lose no unit and cost at most one each, without anybody's help")
  func kills() async throws {
    var policy = JobPolicy()
    (policy.firstDelay, policy.lastDelay) = (0, 0)
    let platform = try Platform(scratch, policy: policy)
    let job = try await platform.submit("units", ["count": 60, "seconds": 0.08])
    let folder = platform.store.folder(of: job.id)
    // Each kill finds something stored since the one before: four in a row without would rightly fail the job.
    var seen = 0
    for _ in 1...10 {
      try await eventually(within: 60) {
        await platform.scheduler.step()
        return try folder.unitCount() >= seen + 6 || platform.job(job.id).state.isOver
      }
      seen = folder.unitCount()
      let text = try String(contentsOfFile: folder.lockPath, encoding: .utf8)
      if let worker = ProcessMark(text), worker.isAlive { kill(worker.process, SIGKILL) }
    }
    let done = try await platform.until(job.id, .successful, .failed, within: 60)
    #expect(done.state == .successful && done.attempts > 2)
    let log = try String(contentsOfFile: folder.resultPath + "/log.jsonl", encoding: .utf8)
    let begun = log.split(separator: "\n").count { $0.contains(#""event":"unit""#) }
    #expect(begun >= 120 && begun <= 120 + done.attempts - 1, "\(begun) units begun in \(done.attempts) attempts")
  }

  @Test("a record without a worker, as a crash between the two leaves it, is taken up again")
  func neverStarted() async throws {
    let first = try Platform(scratch, executor: DeadExecutor())
    let job = try await first.submit("echo")
    await first.scheduler.step()
    #expect(try first.job(job.id).state == .running)
    let second = try Platform(scratch)
    #expect(try await second.until(job.id, .successful, .failed).state == .successful)
  }

  @Test("a worker needs no server: it ends well when that is gone and nobody reads what it prints")
  func alone() async throws {
    let attempt = try scratch.job("units", ["count": 3, "seconds": 0.05])
    _ = try await ProcessExecutor(Scratch.program).start(attempt)
    try await eventually { if case .ended(let exit) = attempt.folder.state { exit.code == 0 } else { false } }
  }
}

/// Starts nothing, and says nothing: as if the server had died at that moment.
private struct DeadExecutor: Executor {
  let name = "dead"
  let slots = 4
  func start(_ attempt: JobAttempt) async throws(JobsError) -> String { "1 0" }
  func states(of attempts: [JobAttempt]) async -> [ExecutionState] { attempts.map { _ in .running } }
  func cancel(_ attempt: JobAttempt) async {}
}
