// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Testing

/// Processes of their own: killed at work, side by side, on a disk that fills up.
@Suite("Database and processes", .serialized)
struct ProcessTests {
  /// The probe beside the executable that runs the tests.
  private static let probe: String = {
    let arguments = ProcessInfo.processInfo.arguments
    let runner = URL(filePath: arguments.first { $0.contains(".build/") } ?? arguments[0])
    var folder = runner.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appending(path: "storage-probe").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      folder.deleteLastPathComponent()
    }
    return "storage-probe"
  }()

  private static let schema = Schema(
    "probe", ["CREATE TABLE lines (number INTEGER PRIMARY KEY, content TEXT NOT NULL)"])

  private func start(_ command: String, _ arguments: [String]) throws -> (process: Process, output: Pipe) {
    let process = Process(), output = Pipe()
    process.executableURL = URL(filePath: command)
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
    return (process, output)
  }

  private func lines(in scratch: Scratch) throws -> (lines: Int, doubles: Int, problems: [String]) {
    let database = try Database(path: scratch.file, [Self.schema])
    let sql = "SELECT (SELECT count(*) FROM lines) AS a, (SELECT count(*) FROM doubles) AS b"
    let row = try #require(try database.read { try $0.row(sql) })
    return (row.int("a"), row.int("b"), try database.problems())
  }

  @Test("a process killed while it writes leaves whole transactions, and all that it had reported")
  func killed() throws {
    for round in 0..<6 {
      let scratch = try Scratch()
      let (process, output) = try start(Self.probe, [scratch.file, "0"])
      var text = Data()
      // Killed after it has reported a number of transactions, at another moment of the work in each round.
      while text.count < 40 * (round + 1), case let more = output.fileHandleForReading.availableData, !more.isEmpty {
        text += more
      }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      text += output.fileHandleForReading.readDataToEndOfFile()
      let reported = String(decoding: text, as: UTF8.self).split(separator: "\n").count
      let found = try lines(in: scratch)
      #expect(reported > 0)
      #expect(found.lines == found.doubles)
      #expect(found.lines >= reported - 1 && found.lines <= reported + 1)
      #expect(found.problems == [])
    }
  }

  @Test("three processes write into one file, and every row is there")
  func sideBySide() throws {
    let scratch = try Scratch()
    let running = try (0..<3).map { _ in try start(Self.probe, [scratch.file, "40"]) }
    for (process, output) in running {
      _ = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    let found = try lines(in: scratch)
    #expect(found.lines == 120 && found.doubles == 120 && found.problems == [])
  }

  @Test("a full disk ends the writing with storage.full, and the file stays whole")
  func diskFull() throws {
    let scratch = try Scratch()
    // Blocks of 512 bytes: the write-ahead log may grow to 1 MB.
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$1\" 0"
    let (process, output) = try start("/bin/sh", ["-c", script, Self.probe, scratch.file])
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let last = try #require(text.split(separator: "\n").last)
    #expect(last.hasPrefix("storage.full"))
    let reported = text.split(separator: "\n").count - 1
    let found = try lines(in: scratch)
    #expect(found.lines == reported && found.doubles == reported && found.problems == [])
  }
}
