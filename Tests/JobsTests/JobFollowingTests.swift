// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Synchronization
import Testing

/// Remembers what it was told to send; takes it from the third time on.
private final class RecordingSender: CallbackSender {
  let sent = Mutex<[(address: String, status: String)]>([])

  func send(_ body: JSONObject, to address: String) async -> Bool {
    sent.withLock {
      $0.append((address, body["status"]?.stringValue ?? ""))
      return $0.count > 2
    }
  }
}

@Suite("Following jobs")
struct JobFollowingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("who watches a job is told of its states in their order and gets every line of its log once")
  func events() async throws {
    let platform = try Platform(scratch)
    let job = try await platform.submit("units", ["count": 3])
    let events = try await platform.scheduler.events(of: job.id)
    await platform.scheduler.start()
    var states: [JobState] = [], lines: [JSONObject] = []
    for await event in events {
      switch event {
      case .changed(let job): if states.last != job.state { states.append(job.state) }
      case .log(_, let page): lines += page.lines
      case .deleted: break
      }
      if states.last?.isOver == true { break }
    }
    await platform.scheduler.stop()
    #expect(states == [.accepted, .running, .successful])
    #expect(lines == platform.store.folder(of: job.id).log().lines)
  }

  @Test("progress is that of the log's last lines, and the share of the whole never goes back")
  func progress() throws {
    var reading = ProgressReading()
    reading.read(
      [["event": "stage-start", "stage": "match", "total": 100, "unit": "points"]], elapsed: 1, expected: nil)
    #expect(reading.message == "match: 0 of 100 points" && reading.progress.percent == 0)
    reading.read(
      [["event": "progress", "stage": "match", "done": 50, "total": 100, "secondsLeft": 10]], elapsed: 10,
      expected: nil)
    #expect(reading.progress.percent == 50 && reading.progress.secondsLeft == 10)
    reading.read(
      [["event": "progress", "stage": "match", "done": 60, "total": 100, "secondsLeft": 30]], elapsed: 12,
      expected: nil)
    #expect(reading.progress.percent == 50)
    reading.read(
      [["event": "warning", "message": "odd"], ["event": "warning", "message": "odd"]], elapsed: 13, expected: 1)
    #expect(reading.warnings == ["odd"] && reading.progress.percent < 100)
  }

  @Test("a callback that is not taken is sent again, and a job does not wait for it")
  func callbacks() async throws {
    let sender = RecordingSender()
    let platform = try Platform(scratch, sender: sender)
    var request = JobRequest(process: "echo", inputs: [:], sharing: Sharing(ownerID: "ada"))
    request.subscriber = ["successUri": "http://example.org/done", "failedUri": "http://example.org/failed"]
    let job = try await platform.scheduler.submit(request)
    try await platform.until(job.id, .successful)
    for tries in 1...3 {
      try await eventually {
        await platform.scheduler.step()
        return sender.sent.withLock { $0.count } == tries
      }
      platform.time.advance(200)
    }
    try await eventually { try platform.store.dueCallbacks(at: platform.time.now.addingTimeInterval(1e6)).isEmpty }
    #expect(
      sender.sent.withLock { $0.allSatisfy { $0.address == "http://example.org/done" && $0.status == "successful" } })
  }

  @Test("a job starts again from a stage: that and later ones are computed, earlier ones are not")
  func restart() async throws {
    let platform = try Platform(scratch)
    let job = try await platform.submit("units", ["count": 5])
    try await platform.until(job.id, .successful)
    #expect(platform.scheduler.stages(of: job.id) == ["first", "second"])
    await #expect { try await platform.scheduler.restart(job.id, from: "third") } throws: {
      ($0 as? JobsError)?.kind == .noStage && "\($0)".contains("first, second")
    }
    try await platform.scheduler.restart(job.id, from: "second")
    try await platform.until(job.id, .successful)
    let log = try String(
      contentsOfFile: platform.store.folder(of: job.id).resultPath + "/log.jsonl", encoding: .utf8)
    let begun = log.split(separator: "\n").filter { $0.contains(#""event":"unit""#) }
    #expect(begun.count { $0.contains("first") } == 5 && begun.count { $0.contains("second") } == 10)
  }

  @Test("a job takes the units of another one, and its table is the same, byte for byte")
  func reuse() async throws {
    var program = Scratch.program
    program.environment["OGIVE_UNIT_CACHE"] = "\(scratch.path)/cache"
    let platform = try Platform(scratch, executor: ProcessExecutor(program))
    var tables: [Data?] = [], begun: [Int] = []
    for _ in 0..<2 {
      let job = try await platform.submit("units", ["count": 5, "keepUnits": false])
      try await platform.until(job.id, .successful)
      let result = platform.store.folder(of: job.id).resultPath
      tables.append(FileManager.default.contents(atPath: result + "/table.txt"))
      let log = try String(contentsOfFile: result + "/log.jsonl", encoding: .utf8)
      begun.append(log.split(separator: "\n").count { $0.contains(#""event":"unit""#) })
    }
    #expect(begun == [10, 0] && tables[0] != nil && tables[0] == tables[1])
  }

  @Test("an exported job that is run without a server gives the same table, byte for byte")
  func offline() async throws {
    let platform = try Platform(scratch)
    let job = try await platform.submit("units", ["count": 5, "seed": 3])
    let done = try await platform.until(job.id, .successful)
    let file = "\(scratch.path)/export.json"
    try Data(done.file.json.text(.pretty).utf8).write(to: URL(filePath: file))
    let said = try await CommandOutput.of(Scratch.program.path, ["run", file, "--out", "\(scratch.path)/offline"])
    #expect(said.code == 0, "\(said.errors)")
    let server = FileManager.default.contents(atPath: platform.store.folder(of: job.id).resultPath + "/table.txt")
    #expect(server != nil && server == FileManager.default.contents(atPath: "\(scratch.path)/offline/table.txt"))
  }
}
