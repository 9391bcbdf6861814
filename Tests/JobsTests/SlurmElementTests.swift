// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite(
  "Elements of an array under a scheduler", .serialized,
  .enabled(if: SlurmHere.isThere, "needs a cluster: Scripts/slurm-local start DIR, then its line SLURM_CONF"))
struct SlurmElementTests {
  private let scratch: Scratch
  private let executor: SlurmExecutor
  private let platform: Platform

  init() throws {
    scratch = try Scratch()
    executor = SlurmExecutor(Scratch.program, SlurmHere.sharing)
    platform = try Platform(scratch, executor: executor)
  }

  /// A job whose first stage is shared, at the moment at which some of its parts are at work, and the number of its array.
  private func shared(_ inputs: JSONObject, parts: Int) async throws -> (attempt: JobAttempt, array: Int) {
    let job = try await platform.submit("units", inputs)
    let attempt = JobAttempt(id: job.id, folder: platform.store.folder(of: job.id), number: 1)
    var array: Int?
    try await eventually(within: 60, "\(parts) parts are at work") {
      await platform.scheduler.step()
      array = JobFolder.json("\(attempt.folder.path)/slurm.json")?["array"]?.intValue
      return array != nil && attempt.parts.count { attempt.isHeld($0) } >= parts
    }
    return (attempt, try #require(array))
  }

  private func done(_ attempt: JobAttempt) async throws -> Job {
    try await platform.until(attempt.id, .successful, .failed, .dismissed, within: 120)
  }

  @Test("one that is cancelled leaves its units to the others: the job ends well at its first attempt")
  func cancelled() async throws {
    let (attempt, array) = try await shared(["count": 16, "seconds": 0.5], parts: 2)
    _ = try await SlurmCommands().run("scancel", ["\(array)_1"])
    let job = try await done(attempt)
    #expect(job.state == .successful && !job.isPartial && job.attempts == 1, "\(job.message)")
    #expect(attempt.table == (0..<16).map { "\(Double($0) + 1)\n" }.joined())
    let again = try attempt.begun().count - 32
    #expect((0...1).contains(again), "\(again) units were begun twice")
  }

  @Test("one that is requeued goes on where it was: the job ends well at its first attempt")
  func requeued() async throws {
    let (attempt, _) = try await shared(["count": 16, "seconds": 0.5], parts: 2)
    try await executor.requeue(part: 0, of: attempt)
    let job = try await done(attempt)
    #expect(job.state == .successful && !job.isPartial && job.attempts == 1, "\(job.message)")
    #expect(attempt.table == (0..<16).map { "\(Double($0) + 1)\n" }.joined())
    let again = try attempt.begun().count - 32
    #expect((0...1).contains(again), "\(again) units were begun twice")
  }

  @Test(
    "one that fails by a unit and one that is killed: all other units are there, and the job says what is missing")
  func failed() async throws {
    let (attempt, _) = try await shared(["count": 16, "seconds": 0.5, "broken": 15], parts: 2)
    let held = try #require(attempt.parts.first { attempt.isHeld($0) })
    let text = try String(contentsOfFile: "\(attempt.folder.path)/parts/\(held)", encoding: .utf8)
    kill(try #require(ProcessMark(text)).process, SIGKILL)
    let job = try await done(attempt)
    #expect(job.state == .successful && job.isPartial && job.attempts == 1, "\(job.message)")
    #expect(
      attempt.folder.log().lines.contains { $0["message"]?.stringValue?.hasPrefix("unit 15 failed") == true })
    #expect(attempt.table == (0..<15).map { "\(Double($0) + 1)\n" }.joined() + "missing\n")
    // One unit was lost with its process; the broken one is tried by its part and once more by the lead.
    let begun = try attempt.begun()
    let again = begun.count { $0 != "second unit 15" } - 31
    #expect((0...1).contains(again), "\(again) units were begun twice")
    #expect(begun.count { $0 == "second unit 15" } <= 2)
  }

  @Test("cancelling the job ends every element within 12 s and dismisses it; what was computed stays")
  func dismissed() async throws {
    let (attempt, array) = try await shared(["count": 60, "seconds": 0.5], parts: 2)
    let begin = ContinuousClock.now
    try await platform.scheduler.cancel(attempt.id)
    try await platform.until(attempt.id, .dismissed, within: 30)
    #expect(ContinuousClock.now - begin < .seconds(12))
    #expect(!attempt.parts.contains { attempt.isHeld($0) } && !JobLock.isHeld(attempt.folder.lockPath))
    #expect(attempt.folder.unitCount() > 0)
    let jobs = try await SlurmCommands().jobs().filter { $0.id == array || $0.array == array }
    #expect(!jobs.contains { $0.state == "PENDING" || $0.state == "RUNNING" })
  }
}
