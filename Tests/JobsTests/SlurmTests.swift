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
      {"jobs": [{"job_id": 7, "array_job_id": 0, "name": "a", "job_state": "RUNNING",
        "state_reason": "None"},
        {"job_id": 9, "array_job_id": 8, "name": "b", "job_state": "PENDING",
        "state_reason": "PartitionDown"}]}
      """
    let new = """
      {"jobs": [{"job_id": 7, "array_job_id": {"set": true, "number": 0}, "name": "a", "job_state": ["RUNNING"],
        "state_reason": "None"},
        {"job_id": 9, "array_job_id": {"set": true, "number": 8}, "name": "b", "job_state": ["PENDING"],
        "state_reason": "PartitionDown"}]}
      """
    for text in [old, new] {
      #expect(
        SlurmJob.list(try JSONValue(parsing: text)) == [
          SlurmJob(id: 7, array: nil, name: "a", state: "RUNNING"),
          SlurmJob(id: 9, array: 8, name: "b", state: "PENDING", reason: "PartitionDown"),
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

  private func executor(throttle: Int? = nil) -> SlurmExecutor {
    var settings = SlurmHere.sharing
    settings.throttle = throttle
    return SlurmExecutor(Scratch.program, settings)
  }

  @Test("a job of two long stages is shared twice, no unit is computed twice, and its table is that of one process")
  func shared() async throws {
    let executor = executor(throttle: 2)
    let inputs: JSONObject = ["count": 16, "seconds": 0.4]
    let attempt = try scratch.job("units", inputs)
    let end = try #require(try await executor.finish(attempt, within: 150)?.exit)
    #expect(end.code == 0 && !end.isWide)
    #expect(attempt.folder.wideStage()?.stage == "second")
    #expect(try attempt.begun().count == 32)
    let alone = try scratch.job("units", inputs)
    #expect(try await ProcessExecutor(Scratch.program).finish(alone)?.exit?.code == 0)
    #expect(attempt.table != nil && attempt.table == alone.table)
  }

  @Test("another server goes on with a job whose stage is shared")
  func restart() async throws {
    let attempt = try scratch.job("units", ["count": 12, "seconds": 0.5])
    let first = executor()
    _ = try await first.start(attempt)
    try await eventually(within: 60) { attempt.folder.exit()?.isWide == true }
    // The first one dies here: before it has shared anything.
    let end = try #require(try await executor().end(of: attempt, within: 150)?.exit)
    #expect(end.code == 0 && attempt.table?.split(separator: "\n").count == 12)
  }
}
