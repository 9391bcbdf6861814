// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Storage
import Synchronization
import Testing

/// What declares the same as the commands of the tests' worker, which lie in another program.
struct DeclaredUnits: Command {
  struct Parameters: ParameterSet {
    @Parameter("Folder for the results") var out: OutputFolder
    @Parameter("Units of each of the two stages", in: 1...10_000) var count = 4
    @Parameter("Time that a unit takes", unit: "s", in: 0...) var seconds = 0.0
    @Parameter("Number that all results depend on") var seed = 1
    @Parameter("Number that results of the second stage depend on") var gain = 1
    @Parameter("Unit of the second stage that fails, from 0; none when absent") var broken: Int?
    @Parameter("Threads", in: 1...) var threads = 1
    @Parameter("Memory to use", unit: "MB", in: 1...) var memory = 512
    @Parameter("Whether the units stay when the run has ended") var keepUnits = true
  }

  let id = "units"
  let summary = "Compute units in two stages and write a table of them"
  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode { .failed }
}

struct DeclaredFail: Command {
  struct Parameters: ParameterSet {
    @Parameter("How it fails") var way = "error"
    @Parameter("File in which its calls are counted") var tally: String?
    @Parameter("How often it fails", in: 0...) var times = 1_000
    @Parameter("Memory to use", unit: "MB", in: 1...) var memory = 512
  }

  let id = "fail"
  let summary = "Fail in the way that is asked for"
  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode { .failed }
}

struct DeclaredWait: Command {
  struct Parameters: ParameterSet {
    @Parameter("Time to wait", unit: "s", in: 0...) var seconds = 60.0
    @Parameter("Whether a request to stop is not heard") var deaf = false
  }

  let id = "wait"
  let summary = "Wait"
  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode { .failed }
}

struct DeclaredEcho: Command {
  struct Parameters: ParameterSet {
    @Parameter("Words to print") var text = "hello"
  }

  let id = "echo"
  let summary = "Print words"
  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode { .failed }
}

/// A store, an executor and a scheduler over a folder, with a clock and a disk that tests set.
final class Platform: Sendable {
  static let tool = CommandLineTool(
    ToolIdentity(name: "tests", version: "1.0.0", summary: "commands for tests"),
    commands: [DeclaredUnits(), DeclaredFail(), DeclaredWait(), DeclaredEcho()])

  let store: JobStore
  let executor: any Executor
  let scheduler: JobScheduler
  let time: TestClock
  let disk: TestDisk

  /// Over the folder of an earlier one, if there was one.
  init(
    _ scratch: Scratch, slots: Int = 2, policy: JobPolicy = JobPolicy(), executor: (any Executor)? = nil,
    sender: (any CallbackSender)? = nil, time: TestClock = TestClock(), disk: TestDisk = TestDisk()
  ) throws {
    (self.time, self.disk) = (time, disk)
    let database = try Database(path: "\(scratch.path)/jobs.sqlite", [JobStore.schema])
    store = try JobStore(database, folder: "\(scratch.path)/jobs")
    let executor = executor ?? ProcessExecutor(Scratch.program, slots: slots)
    self.executor = executor
    scheduler = JobScheduler(
      store: store, executor: executor, tool: Self.tool, policy: policy, sender: sender, now: { time.now },
      space: { _ in disk.space })
  }

  func submit(
    _ process: String, _ inputs: JSONObject = [:], owner: String = "ada", title: String = "", priority: Int = 0,
    diskBytes: Int? = nil
  ) async throws -> Job {
    var request = JobRequest(
      process: process, inputs: inputs, title: title, sharing: Sharing(ownerID: owner))
    request.priority = priority
    if let diskBytes {
      request.estimate = CommandEstimate(
        seconds: .init(10, factor: 2), memoryBytes: 1_000_000, diskBytes: diskBytes, isMeasured: true)
    }
    return try await scheduler.submit(request)
  }

  func job(_ id: String) throws -> Job { try #require(try store.job(id)) }

  /// Looks after the jobs until one of them is in a state.
  @discardableResult
  func until(_ id: String, _ states: JobState..., within seconds: Double = 20) async throws -> Job {
    try await eventually(within: seconds, "\(id) is \(states)") {
      await scheduler.step()
      return states.contains(try job(id).state)
    }
    return try job(id)
  }

  /// Until a job has printed that it is at work.
  func untilWaiting(_ id: String) async throws {
    try await eventually {
      await scheduler.step()
      return store.folder(of: id).log().lines.contains { $0["message"] == "waiting" }
    }
  }
}

final class TestClock: Sendable {
  private let ahead = Mutex(0.0)
  var now: Date { Date().addingTimeInterval(ahead.withLock { $0 }) }
  func advance(_ seconds: Double) { ahead.withLock { $0 += seconds } }
}

final class TestDisk: Sendable {
  private let state = Mutex(DiskSpace(free: 500_000_000_000, total: 1_000_000_000_000))
  var space: DiskSpace {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
