// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Rules of jobs")
struct JobRulesTests {
  private func verdict(
    _ end: JobEnd, _ intent: JobVerdict.Intent? = nil, change: (inout JobVerdict.History) -> Void = { _ in }
  ) -> JobVerdict {
    var history = JobVerdict.History()
    change(&history)
    return JobVerdict(end, intent: intent, history, JobPolicy())
  }

  private func exit(_ code: Int32, _ kind: String? = nil) -> JobEnd {
    .exited(JobExit(code: code, kind: kind, message: kind == nil ? nil : "words"))
  }

  @Test("codes and kinds of errors decide what becomes of a job")
  func exits() {
    #expect(verdict(exit(0)) == .successful(isPartial: false, "done"))
    if case .successful(true, _) = verdict(exit(3)) {} else { Issue.record("3 is partly done") }
    #expect(verdict(exit(1, "service.no-data")) == .failed(kind: "service.no-data", "words"))
    #expect(verdict(exit(2, "parameters.unknown")) == .failed(kind: "parameters.unknown", "words"))
    #expect(verdict(exit(1)) == .failed(kind: "job.failed", "the process ended with the code 1"))
    #expect(
      verdict(exit(1, "raster.read-failed")) == .again(.transient, after: 30, kind: "raster.read-failed", "words"))
    #expect(
      verdict(exit(75)) == .again(.transient, after: 30, kind: "job.failed", "the process ended with the code 75"))
    #expect(verdict(exit(1, "raster.disk-full")) == .paused("words"))
    // On a full disk, a worker's last words have no room either.
    let silent = JobEnd.killed(signal: nil, outOfMemory: false)
    if case .paused = verdict(silent, change: { $0.lacksRoom = true }) {} else { Issue.record("not paused") }
    if case .again(.transient, _, _, _) = verdict(silent) {} else { Issue.record("a kill is a setback") }
  }

  @Test("what was asked for decides before what the worker says")
  func intents() {
    #expect(verdict(exit(1, "run.cancelled"), .cancel) == .dismissed)
    #expect(verdict(.killed(signal: SIGKILL, outOfMemory: false), .cancel) == .dismissed)
    #expect(verdict(exit(1, "run.cancelled"), .pause) == .paused("paused: the disk is nearly full"))
    // It had ended before it was asked to.
    #expect(verdict(exit(0), .pause) == .successful(isPartial: false, "done"))
    // Somebody else has asked it to stop.
    #expect(verdict(exit(1, "run.cancelled")) == .again(.transient, after: 30, kind: "run.cancelled", "words"))
  }

  @Test("a row of kills ends after three tries, unless one of them has got on")
  func rows() {
    let killed = JobEnd.killed(signal: SIGKILL, outOfMemory: false)
    func after(_ setbacks: Int, advanced: Bool = false, recovering: Bool = false) -> JobVerdict {
      verdict(killed) { ($0.setbacks, $0.hasAdvanced, $0.isRecovering) = (setbacks, advanced, recovering) }
    }
    func delay(_ verdict: JobVerdict) -> Double? {
      if case .again(.transient, let delay, _, _) = verdict { return delay.rounded() }
      return nil
    }
    #expect([0, 1, 2, 3].map { delay(after($0)) } == [30, 232, 1_800, nil])
    #expect(delay(after(3, advanced: true)) == 30)
    #expect(delay(after(1, recovering: true)) == 0)
  }

  @Test("too little memory is met once with less")
  func memory() {
    for end in [JobEnd.killed(signal: SIGKILL, outOfMemory: true), exit(1, "memory.exhausted")] {
      if case .again(.memory, 0, "jobs.out-of-memory", _) = verdict(end) {} else { Issue.record("\(end)") }
      if case .failed("jobs.out-of-memory", _) = verdict(end, change: { $0.memorySetbacks = 1 }) {
      } else {
        Issue.record("\(end)")
      }
    }
    let units = DeclaredUnits()
    #expect(MemoryRelief.inputs([:], of: units, cores: 8) == ["memory": 256])
    #expect(MemoryRelief.inputs(["memory": 101], of: units, cores: 8) == ["memory": 50])
    #expect(MemoryRelief.inputs([:], of: DeclaredThreads(), cores: 8) == ["threads": 4])
    #expect(MemoryRelief.inputs(["threads": 1], of: DeclaredThreads(), cores: 8) == ["threads": 1])
    #expect(MemoryRelief.inputs([:], of: DeclaredWait(), cores: 8).isEmpty)
  }

  private struct DeclaredThreads: Command {
    struct Parameters: ParameterSet {
      @Parameter("Threads", in: 1...) var threads: Int?
    }

    let id = "threads"
    let summary = "Declare threads"
    func run(_ invocation: Invocation<Parameters>) throws -> ExitCode { .failed }
  }

  @Test("users take turns, whatever the length of their queues, and own jobs go by priority and age")
  func turns() {
    func entry(_ id: String, _ owner: String, _ number: Int, priority: Int = 0, bytes: Int = 0) -> FairQueue.Entry {
      FairQueue.Entry(id: id, owner: owner, priority: priority, number: number, bytes: bytes)
    }
    let entries = [
      entry("a1", "ada", 1), entry("a2", "ada", 2), entry("a3", "ada", 3, priority: 1), entry("b1", "ben", 4),
      entry("b2", "ben", 5), entry("c1", "cleo", 6),
    ]
    func order(_ running: [String: Int], _ served: [String: Int], limit: Int? = nil) -> [String] {
      var queue = FairQueue(entries, running: running, served: served), order: [String] = []
      while let next = queue.next(limit: { _ in limit }, fits: { _ in true }) { order.append(next.id) }
      return order
    }
    #expect(order([:], [:]) == ["a3", "b1", "c1", "a1", "b2", "a2"])
    #expect(order(["ada": 1], [:]) == ["b1", "c1", "a3", "b2", "a1", "a2"])
    #expect(order([:], ["ada": 10, "ben": 20]) == ["c1", "a3", "b1", "a1", "b2", "a2"])
    #expect(order(["ada": 1], [:], limit: 1) == ["b1", "c1"])
    var queue = FairQueue(
      [entry("large", "ada", 1, bytes: 100), entry("small", "ada", 2)], running: [:], served: [:])
    #expect(queue.next(limit: { _ in nil }, fits: { $0.bytes < 50 })?.id == "small")
    #expect(queue.next(limit: { _ in nil }, fits: { $0.bytes < 50 }) == nil)
  }
}
