// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Estimates of jobs")
struct JobEstimateTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a process that can tell says time, memory and disk; one that cannot says nothing; a wrong input is named")
  func check() async throws {
    let estimator = JobEstimator(Scratch.program, folder: scratch.path)
    let sound = try await estimator.check(JobFile(process: "units", inputs: ["count": 10, "seconds": 2]))
    #expect(sound.isSound && sound.estimate?.seconds == .init(low: 20, likely: 40, high: 80))
    #expect(sound.estimate?.memoryBytes == 50_000_000 && sound.estimate?.diskBytes == 10_000)
    let mute = try await estimator.check(JobFile(process: "echo", inputs: [:]))
    #expect(mute.isSound && mute.estimate == nil)
    let wrong = try await estimator.check(JobFile(process: "units", inputs: ["count": 0]))
    #expect(wrong.kind == "parameters.out-of-range" && wrong.message?.contains("count") == true)
    #expect(try await estimator.check(JobFile(process: "nothing", inputs: [:])).kind == "parameters.unknown")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test("an estimate that is off by a factor here is corrected by it once three jobs have told, with their spread")
  func corrected() async throws {
    let platform = try Platform(scratch, slots: 4)
    let estimate = CommandEstimate(
      seconds: .init(0.5, factor: 2), memoryBytes: 1_000_000, diskBytes: 1_000_000, isMeasured: false)
    for round in 0..<3 {
      #expect(try platform.store.corrected(estimate, of: "wait") == estimate, "\(round) jobs are too few")
      var request = JobRequest(process: "wait", inputs: ["seconds": 1.2], sharing: Sharing(ownerID: "ada"))
      request.estimate = estimate
      let job = try await platform.scheduler.submit(request)
      let done = try await platform.until(job.id, .successful)
      #expect(done.estimate == estimate && done.cost.seconds >= 1.2)
    }
    let corrected = try platform.store.corrected(estimate, of: "wait")
    #expect(corrected.isMeasured && corrected.seconds.likely > 1.1 && corrected.seconds.likely < 3)
    #expect(corrected.seconds.low < corrected.seconds.likely && corrected.seconds.high > corrected.seconds.likely)
    #expect(corrected.memoryBytes > 1_000_000)
    #expect(try platform.store.corrected(estimate, of: "echo") == estimate)
  }

  @Test("an estimate is the same after it was written and read")
  func json() throws {
    let estimate = CommandEstimate(
      seconds: .init(low: 1, likely: 2.5, high: 7), memoryBytes: 3, diskBytes: 4, isMeasured: true, lines: ["a", "b"])
    #expect(CommandEstimate(json: try JSONValue(parsing: estimate.json.text(.pretty))) == estimate)
    #expect(CommandEstimate(json: "nothing") == nil)
  }
}
