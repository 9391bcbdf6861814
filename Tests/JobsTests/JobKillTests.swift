// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Jobs
import Parameters
import Processing
import Storage
import Testing

@Suite("Jobs under kill -9")
struct JobKillTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func startServer() throws -> ChildProcess {
    var surroundings = ChildProcess.Surroundings()
    (surroundings.output, surroundings.errors) = ("\(scratch.path)/server.txt", "\(scratch.path)/server.txt")
    return try ChildProcess(Scratch.program.path, ["serve", scratch.path], surroundings)
  }

  private func begun(_ folder: JobFolder) -> Int {
    let log = (try? String(contentsOfFile: folder.resultPath + "/log.jsonl", encoding: .utf8)) ?? ""
    return log.split(separator: "\n").count { $0.contains(#""event":"unit""#) }
  }

  @Test("server and workers killed at 50 moments: every job ends well by itself, a kill costs one unit at most")
  func random() async throws {
    let store = try JobStore(
      Database(path: "\(scratch.path)/jobs.sqlite", [JobStore.schema]), folder: "\(scratch.path)/jobs")
    let count = 50
    let jobs = try (0..<4).map { seed in
      try store.add(
        JobRequest(
          process: "units", inputs: ["count": .integer(count), "seconds": 0.04, "seed": .integer(seed)],
          sharing: Sharing(ownerID: "ada")))
    }
    var generator = SeededGenerator(state: 5)
    var server = try startServer()
    var workerKills = 0
    for moment in 0..<50 {
      try await Task.sleep(for: .milliseconds(Int.random(in: 5...220, using: &generator)))
      if moment % 2 == 0 {
        kill(server.id, SIGKILL)
        try await eventually { server.poll() != nil }
        server = try startServer()
      } else {
        let workers = jobs.compactMap { job -> ProcessMark? in
          let lock = store.folder(of: job.id).path + "/lock"
          guard JobLock.isHeld(lock), let text = try? String(contentsOfFile: lock, encoding: .utf8) else {
            return nil
          }
          return ProcessMark(text)
        }
        guard let worker = workers.randomElement(using: &generator), worker.isAlive else { continue }
        kill(worker.process, SIGKILL)
        workerKills += 1
      }
    }
    try await eventually(within: 60, "all jobs end") {
      try jobs.allSatisfy { try store.job($0.id)?.state.isOver == true }
    }
    kill(server.id, SIGKILL)
    try await eventually { server.poll() != nil }
    for (seed, job) in jobs.enumerated() {
      let record = try #require(try store.job(job.id))
      #expect(record.state == .successful, "\(record.message)")
      let table = try String(contentsOfFile: store.folder(of: job.id).resultPath + "/table.txt", encoding: .utf8)
      #expect(table == (0..<count).map { "\(Double($0 * seed) + 1)\n" }.joined())
    }
    let all = jobs.reduce(0) { $0 + begun(store.folder(of: $1.id)) }
    let lost = all - 2 * count * jobs.count
    #expect(
      workerKills > 5 && lost <= workerKills, "\(lost) units were begun twice by \(workerKills) kills of workers")
    #expect(try store.database.problems().isEmpty)
  }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64 (Steele, Lea & Flood 2014).
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
