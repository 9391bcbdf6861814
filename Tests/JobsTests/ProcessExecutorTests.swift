// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing
import Testing

@Suite("Process executor")
struct ProcessExecutorTests {
  private let scratch: Scratch
  private let executor = ProcessExecutor(Scratch.program, slots: 2)

  init() throws { scratch = try Scratch() }

  /// Until the job is at work: a signal before would end it without a word.
  private func waits(_ attempt: JobAttempt) async throws {
    try await eventually { attempt.folder.log().lines.contains { $0["message"] == "waiting" } }
  }

  @Test("a job ends with its command's code, its results in the folder and its log with times")
  func units() async throws {
    let attempt = try scratch.job("units", ["count": 3])
    let exit = try #require(try await executor.finish(attempt)?.exit)
    #expect(exit.code == 0 && exit.kind == nil)
    #expect(exit.peakMemory > 1_000_000 && exit.seconds > 0 && exit.cpuSeconds > 0)
    let table = try String(contentsOfFile: "\(attempt.folder.resultPath)/table.txt", encoding: .utf8)
    #expect(table == "1.0\n2.0\n3.0\n")
    let log = attempt.folder.log().lines
    #expect(log.allSatisfy { $0["time"]?.stringValue.flatMap(JobTime.date) != nil })
    #expect(log.filter { $0["event"] == "stage-end" }.compactMap { $0["stage"]?.stringValue } == ["first", "second"])
    #expect(log.last?["message"] == "wrote 3 lines")
    #expect(attempt.folder.state == .ended(exit))
  }

  @Test("what the command and libraries print is in the log, what it prints for people also in output.txt")
  func output() async throws {
    let attempt = try scratch.job("echo", ["text": "good day"])
    #expect(try await executor.finish(attempt)?.exit?.code == 0)
    let log = attempt.folder.log().lines.map { "\($0["event"] ?? "") \($0["message"] ?? "")" }
    #expect(log == [#""output" "good day""#, #""warning" "a warning""#, #""text" "a library prints this""#])
    #expect(try String(contentsOfFile: attempt.folder.outputPath, encoding: .utf8) == "good day\n")
  }

  @Test("an error's kind and words are in exit.json")
  func error() async throws {
    let exit = try #require(try await executor.finish(scratch.job("fail"))?.exit)
    #expect(exit.code == 1 && exit.kind == "service.no-data" && exit.message == "there is nothing to measure")
    let wrong = try #require(try await executor.finish(scratch.job("units", ["count": "many"]))?.exit)
    #expect(wrong.code == 2 && wrong.kind == "parameters.wrong-type")
    let unknown = try #require(try await executor.finish(scratch.job("nothing"))?.exit)
    #expect(unknown.code == 2 && unknown.kind == "parameters.unknown")
  }

  @Test("a worker that dies leaves no exit.json, and the signal is told")
  func killed() async throws {
    let attempt = try scratch.job("fail", ["way": "kill"])
    #expect(try await executor.finish(attempt) == .killed(signal: SIGKILL, outOfMemory: false))
    #expect(attempt.folder.state == .silent)
    #expect(
      try await executor.finish(scratch.job("fail", ["way": "crash"])) == .killed(signal: SIGABRT, outOfMemory: false)
    )
  }

  @Test("a job that takes more memory than allowed is ended, and it is said why")
  func memory() async throws {
    let executor = ProcessExecutor(Scratch.program, memoryLimit: 200_000_000)
    #expect(try await executor.finish(scratch.job("eat")) == .killed(signal: SIGKILL, outOfMemory: true))
  }

  @Test("cancelling ends a job that listens at once and one that does not after the grace, both below 5 s")
  func cancel() async throws {
    for (deaf, kind) in [(false, "run.cancelled"), (true, nil)] {
      let executor = ProcessExecutor(Scratch.program)
      var attempt = try scratch.job("wait", ["deaf": .bool(deaf)])
      attempt.handle = try await executor.start(attempt)
      try await waits(attempt)
      let begin = ContinuousClock.now
      await executor.cancel(attempt)
      let end = try await executor.end(of: attempt)
      #expect(end?.exit?.kind == kind)
      if deaf { #expect(end == .killed(signal: SIGKILL, outOfMemory: false)) }
      #expect(ContinuousClock.now - begin < .seconds(deaf ? 5 : 2))
    }
  }

  @Test("a second worker is refused while one is at the job")
  func lock() async throws {
    var attempt = try scratch.job("wait")
    attempt.handle = try await executor.start(attempt)
    try await waits(attempt)
    await #expect { _ = try await executor.start(attempt) } throws: { ($0 as? JobsError)?.kind == .locked }
    await executor.cancel(attempt)
    #expect(try await executor.end(of: attempt)?.exit?.kind == "run.cancelled")
  }

  @Test("another server finds a running worker, with or without its handle, cancels it and sees its end")
  func takeOver() async throws {
    for keepsHandle in [true, false] {
      var attempt = try scratch.job("wait")
      attempt.handle = try await executor.start(attempt)
      try await waits(attempt)
      if !keepsHandle { attempt.handle = nil }
      let later = ProcessExecutor(Scratch.program)
      #expect(await later.states(of: [attempt]) == [.running])
      await later.cancel(attempt)
      // Its parent has to bury it; that is this process, whose first executor does so.
      _ = try await executor.end(of: attempt)
      #expect(try await later.end(of: attempt)?.exit?.kind == "run.cancelled")
    }
  }

  @Test("a program that is not there is an error with its path")
  func missing() async throws {
    let executor = ProcessExecutor(WorkerProgram(path: "/nonexistent/ogive"))
    let attempt = try scratch.job("echo")
    await #expect { _ = try await executor.start(attempt) } throws: { "\($0)".contains("/nonexistent/ogive") }
    // Another process that starts at the same moment may hold the open file until it has closed it.
    try await eventually { attempt.folder.state == .silent }
  }

  @Test("the log is read page by page, whole lines only")
  func pages() async throws {
    let attempt = try scratch.job("units", ["count": 20])
    _ = try await executor.finish(attempt)
    let all = attempt.folder.log()
    var offset = 0
    var lines: [JSONObject] = []
    while true {
      let page = attempt.folder.log(after: offset, limit: 300)
      if page.lines.isEmpty { break }
      lines += page.lines
      offset = page.next
    }
    #expect(lines == all.lines && offset == all.next)
    #expect(attempt.folder.tail(bytes: 300).last == all.lines.last)
  }
}
