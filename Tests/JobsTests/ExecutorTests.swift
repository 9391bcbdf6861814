// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

/// The executors that there are here: all must behave alike.
enum ExecutorKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case local, slurm

  static var available: [ExecutorKind] { SlurmHere.isThere ? allCases : [.local] }

  func make() -> any Executor {
    switch self {
    case .local: ProcessExecutor(Scratch.program, slots: 4)
    case .slurm: SlurmExecutor(Scratch.program, SlurmHere.settings)
    }
  }

  var testDescription: String { rawValue }
}

/// The cluster of the tests, if there is one: `Scripts/slurm-local start DIR`.
enum SlurmHere {
  static let isThere = ProcessInfo.processInfo.environment["SLURM_CONF"] != nil && CommandOutput.find("sbatch") != nil

  static var settings: SlurmSettings {
    var settings = SlurmSettings()
    (settings.cores, settings.partCores, settings.memory) = (1, 1, 256_000_000)
    settings.interval = 0.3
    return settings
  }

  /// Shares everything that takes more than a second, in parts of two seconds.
  static var sharing: SlurmSettings {
    var settings = settings
    (settings.patience, settings.partSeconds) = (1, 2)
    return settings
  }
}

/// What tests see of a job of `units` in its folder.
extension JobAttempt {
  /// Lock files of the parts of a stage that have begun.
  var parts: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/parts")) ?? [])
      .filter { $0.hasSuffix(".lock") }
  }

  /// Whether the process of such a file is alive.
  func isHeld(_ part: String) -> Bool { JobLock.isHeld("\(folder.path)/parts/\(part)") }

  /// The product; nil while there is none.
  var table: String? { try? String(contentsOfFile: "\(folder.resultPath)/table.txt", encoding: .utf8) }

  /// The units that have been begun by all processes together, as in `first unit 3`.
  func begun() throws -> [String] {
    try String(contentsOfFile: "\(folder.resultPath)/log.jsonl", encoding: .utf8).split(separator: "\n")
      .compactMap { line in
        guard let event = try? JSONValue(parsing: String(line)), event["event"] == "unit" else { return nil }
        return "\(event["stage"]?.stringValue ?? "") \(event["unit"]?.stringValue ?? "")"
      }
  }
}

@Suite("Every executor", .serialized)
struct ExecutorTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func waits(_ attempt: JobAttempt) async throws {
    try await eventually(within: 40) { attempt.folder.log().lines.contains { $0["message"] == "waiting" } }
  }

  @Test("runs a job to its end, with results, log and cost in its folder", arguments: ExecutorKind.available)
  func success(kind: ExecutorKind) async throws {
    let attempt = try scratch.job("units", ["count": 3])
    let exit = try #require(try await kind.make().finish(attempt, within: 60)?.exit)
    #expect(exit.code == 0 && exit.peakMemory > 0)
    let table = try String(contentsOfFile: "\(attempt.folder.resultPath)/table.txt", encoding: .utf8)
    #expect(table == "1.0\n2.0\n3.0\n")
    #expect(attempt.folder.log().lines.last?["message"] == "wrote 3 lines")
  }

  @Test("tells an error by its kind and a kill by its signal", arguments: ExecutorKind.available)
  func failures(kind: ExecutorKind) async throws {
    let executor = kind.make()
    let exit = try #require(try await executor.finish(scratch.job("fail"), within: 60)?.exit)
    #expect(exit.code == 1 && exit.kind == "service.no-data")
    let killed = try await executor.finish(scratch.job("fail", ["way": "kill"]), within: 60)
    #expect(killed == .killed(signal: SIGKILL, outOfMemory: false))
  }

  @Test(
    "cancels a job that listens and one that does not: below 5 s, by a cluster below 8 s",
    arguments: ExecutorKind.available)
  func cancel(kind: ExecutorKind) async throws {
    for deaf in [false, true] {
      let executor = kind.make()
      var attempt = try scratch.job("wait", ["deaf": .bool(deaf)])
      attempt.handle = try await executor.start(attempt)
      try await waits(attempt)
      let begin = ContinuousClock.now
      var end: JobEnd?
      var worked = ContinuousClock.now
      while end == nil, ContinuousClock.now - begin < .seconds(20) {
        await executor.cancel(attempt)
        if JobLock.isHeld(attempt.folder.path + "/lock") { worked = .now }
        if case .ended(let found) = await executor.states(of: [attempt])[0] { end = found }
        try await Task.sleep(for: .milliseconds(100))
      }
      // To a cluster goes each word by a command of its own, and it clears up after a job before it says so.
      #expect(worked - begin < .seconds(kind == .local ? 5 : 8))
      #expect(ContinuousClock.now - begin < .seconds(kind == .local ? 5 : 15))
      if deaf { #expect(end?.exit == nil && end != nil) } else { #expect(end?.exit?.kind == "run.cancelled") }
    }
  }

  @Test("finds a running job again with nothing but its folder, and sees its end", arguments: ExecutorKind.available)
  func takeOver(kind: ExecutorKind) async throws {
    let first = kind.make()
    let attempt = try scratch.job("wait", ["seconds": 3])
    _ = try await first.start(attempt)
    try await waits(attempt)
    let second = kind.make()
    #expect(await second.states(of: [attempt]) == [.running])
    _ = try await first.end(of: attempt)
    #expect(try await second.end(of: attempt)?.exit?.code == 0)
  }

  @Test("refuses a second worker for a job", arguments: ExecutorKind.available)
  func second(kind: ExecutorKind) async throws {
    let executor = kind.make()
    var attempt = try scratch.job("wait")
    attempt.handle = try await executor.start(attempt)
    try await waits(attempt)
    let again = attempt
    await #expect { _ = try await executor.start(again) } throws: { ($0 as? JobsError)?.kind == .locked }
    await executor.cancel(attempt)
    #expect(try await executor.end(of: attempt)?.exit?.kind == "run.cancelled")
  }

  @Test(
    "a scheduler over it ends jobs well, tries the killed again and dismisses the cancelled",
    arguments: ExecutorKind.available)
  func scheduler(kind: ExecutorKind) async throws {
    var policy = JobPolicy()
    (policy.firstDelay, policy.lastDelay) = (0, 0)
    let platform = try Platform(scratch, policy: policy, executor: kind.make())
    let tally = "\(scratch.path)/tally"
    let well = try await platform.submit("units", ["count": 2])
    let again = try await platform.submit("fail", ["way": "kill", "tally": .string(tally), "times": 1])
    let waiting = try await platform.submit("wait")
    #expect(try await platform.until(well.id, .successful, .failed, within: 60).state == .successful)
    let done = try await platform.until(again.id, .successful, .failed, within: 90)
    #expect(done.state == .successful && done.attempts == 2)
    try await eventually(within: 60) {
      platform.store.folder(of: waiting.id).log().lines.contains { $0["message"] == "waiting" }
    }
    try await platform.scheduler.cancel(waiting.id)
    try await platform.until(waiting.id, .dismissed, within: 20)
  }
}
