// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Words of Slurm")
struct SlurmWordsTests {
  @Test("the queue is read from the answers of Slurm 22.05 and of later ones")
  func queue() throws {
    let old = """
      {"jobs": [{"job_id": 7, "array_job_id": 0, "name": "a", "job_state": "RUNNING"},
        {"job_id": 9, "array_job_id": 8, "name": "b", "job_state": "PENDING"}]}
      """
    let new = """
      {"jobs": [{"job_id": 7, "array_job_id": {"set": true, "number": 0}, "name": "a", "job_state": ["RUNNING"]},
        {"job_id": 9, "array_job_id": {"set": true, "number": 8}, "name": "b", "job_state": ["PENDING"]}]}
      """
    for text in [old, new] {
      #expect(
        SlurmJob.list(try JSONValue(parsing: text)) == [
          SlurmJob(id: 7, array: nil, name: "a", state: "RUNNING"),
          SlurmJob(id: 9, array: 8, name: "b", state: "PENDING"),
        ])
    }
    #expect(SlurmJob.list(["jobs": []]).isEmpty && SlurmJob.list(["errors": []]).isEmpty)
  }

  @Test("the end of a job is read from one line of scontrol")
  func end() {
    let end = SlurmEnd("JobId=1 JobName=x JobState=FAILED Reason=NonZeroExitCode ExitCode=3:0 Restarts=0")
    #expect(end?.state == "FAILED" && end?.code == 3 && end?.signal == 0)
    #expect(SlurmEnd("JobState=OUT_OF_MEMORY ExitCode=0:125")?.signal == 125)
    #expect(SlurmEnd("slurm_load_jobs error: Invalid job id specified") == nil)
  }

  @Test("a part takes 2 to 20 minutes as far as units and the cluster allow")
  func parts() {
    var settings = SlurmSettings()
    settings.partSeconds = 600
    #expect(settings.parts(coreSeconds: 6_000, units: 1_000, limit: 1_001) == 10)
    #expect(settings.parts(coreSeconds: 6_000, units: 4, limit: 1_001) == 4)
    #expect(settings.parts(coreSeconds: 6e7, units: 100_000, limit: 1_001) == 1_001)
    #expect(settings.parts(coreSeconds: 0, units: 3, limit: 1_001) == 1)
    settings.partCores = 4
    #expect(settings.parts(coreSeconds: 24_000, units: 1_000, limit: 1_001) == 10)
    settings.partSeconds = 1e9
    #expect(settings.parts(coreSeconds: 48_000, units: 1_000, limit: 1_001) == 10)
  }
}

@Suite(
  "Stages shared by Slurm", .serialized,
  .enabled(if: SlurmHere.isThere, "needs a cluster: Scripts/slurm-local start DIR, then its line SLURM_CONF"))
struct SlurmStagesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Shares everything that takes more than a second, in parts of two seconds.
  private func executor(throttle: Int? = nil) -> SlurmExecutor {
    var settings = SlurmHere.settings
    (settings.patience, settings.partSeconds, settings.throttle) = (1, 2, throttle)
    return SlurmExecutor(Scratch.program, settings)
  }

  private func table(_ attempt: JobAttempt) -> String? {
    try? String(contentsOfFile: "\(attempt.folder.resultPath)/table.txt", encoding: .utf8)
  }

  private func begun(_ attempt: JobAttempt) throws -> Int {
    try String(contentsOfFile: "\(attempt.folder.resultPath)/log.jsonl", encoding: .utf8)
      .split(separator: "\n").count { $0.contains(#""event":"unit""#) }
  }

  /// Until the parts of a stage run.
  private func untilShared(_ attempt: JobAttempt, _ executor: SlurmExecutor, parts: Int = 1) async throws {
    try await eventually(within: 60) {
      _ = await executor.states(of: [attempt])
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(attempt.folder.path)/parts")) ?? []
      return names.count { $0.hasSuffix(".lock") } >= parts
    }
  }

  @Test("a job of two long stages is shared twice, no unit is computed twice, and its table is that of one process")
  func shared() async throws {
    let executor = executor(throttle: 2)
    let inputs: JSONObject = ["count": 16, "seconds": 0.4]
    let attempt = try scratch.job("units", inputs)
    let end = try #require(try await executor.finish(attempt, within: 150)?.exit)
    #expect(end.code == 0 && !end.isWide)
    #expect(attempt.folder.wideStage()?.stage == "second")
    #expect(try begun(attempt) == 32)
    let alone = try scratch.job("units", inputs)
    #expect(try await ProcessExecutor(Scratch.program).finish(alone)?.exit?.code == 0)
    #expect(table(attempt) != nil && table(attempt) == table(alone))
  }

  @Test("a part that is ended and a part that fails leave their units to the lead, which ends well")
  func lostParts() async throws {
    let executor = executor()
    let attempt = try scratch.job("units", ["count": 16, "seconds": 0.5, "broken": 15])
    _ = try await executor.start(attempt)
    try await untilShared(attempt, executor, parts: 2)
    // Whoever holds the lock of a part is killed.
    let locks = try FileManager.default.contentsOfDirectory(atPath: "\(attempt.folder.path)/parts")
      .filter { $0.hasSuffix(".lock") }
    let text = try String(contentsOfFile: "\(attempt.folder.path)/parts/\(locks[0])", encoding: .utf8)
    if let worker = ProcessMark(text) { kill(worker.process, SIGKILL) }
    let end = try #require(try await executor.end(of: attempt, within: 150)?.exit)
    #expect(end.code == 3)
    #expect(table(attempt)?.hasSuffix("missing\n") == true && table(attempt)?.split(separator: "\n").count == 16)
  }

  @Test("a part that is requeued computes its units once more or finds them, and the job ends well")
  func requeue() async throws {
    let executor = executor()
    let attempt = try scratch.job("units", ["count": 12, "seconds": 0.6])
    _ = try await executor.start(attempt)
    try await untilShared(attempt, executor, parts: 1)
    try await executor.requeue(part: 0, of: attempt)
    let end = try #require(try await executor.end(of: attempt, within: 200)?.exit)
    #expect(end.code == 0 && table(attempt)?.split(separator: "\n").count == 12)
  }

  @Test("cancelling a job whose stage is shared ends all parts and the lead that waits for them")
  func cancelShared() async throws {
    let executor = executor()
    let attempt = try scratch.job("units", ["count": 40, "seconds": 1])
    _ = try await executor.start(attempt)
    try await untilShared(attempt, executor, parts: 2)
    try await eventually(within: 20) {
      await executor.cancel(attempt)
      if case .ended = await executor.states(of: [attempt])[0] { return true }
      return false
    }
    let held = try FileManager.default.contentsOfDirectory(atPath: "\(attempt.folder.path)/parts")
      .filter { $0.hasSuffix(".lock") && JobLock.isHeld("\(attempt.folder.path)/parts/\($0)") }
    #expect(held.isEmpty && !JobLock.isHeld("\(attempt.folder.path)/lock"))
  }

  @Test("another server goes on with a job whose stage is shared")
  func restart() async throws {
    let attempt = try scratch.job("units", ["count": 12, "seconds": 0.5])
    let first = executor()
    _ = try await first.start(attempt)
    try await eventually(within: 60) { attempt.folder.exit()?.isWide == true }
    // The first one dies here: before it has shared anything.
    let end = try #require(try await executor().end(of: attempt, within: 150)?.exit)
    #expect(end.code == 0 && table(attempt)?.split(separator: "\n").count == 12)
  }
}
