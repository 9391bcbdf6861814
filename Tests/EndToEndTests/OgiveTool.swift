// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The built `ogive`, run as a user runs it.
enum OgiveTool {
  struct Outcome: CustomStringConvertible {
    let code: Int32
    let output: String
    let errors: String
    let seconds: Double
    /// Processor time of all threads, and the largest memory in use at a time.
    let cpuSeconds: Double
    let peakBytes: Int

    var description: String { "exit code \(code)\n--- output\n\(output)\n--- errors\n\(errors)" }
  }

  /// The executable beside the one that runs the tests; `OGIVE_TOOL` names another.
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["OGIVE_TOOL"] { return path }
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: "ogive").path
  }()

  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

  /// Whether the tool's help lists a command: tests of commands that are not there yet are skipped.
  static func hasCommand(_ name: String) -> Bool {
    guard isBuilt, let outcome = try? run("help") else { return false }
    return outcome.output.split(separator: "\n").contains {
      $0.split(separator: " ").prefix(2).contains { $0 == name }
    }
  }

  /// Runs `ogive` with these arguments until it ends.
  ///
  /// - Parameters:
  ///   - interruptAfter: seconds after which it gets an interrupt, as by Ctrl-C.
  ///   - limit: seconds after which it is killed; its code is then that of the signal.
  ///   - killWhen: asked all the while whether it is to be killed now.
  ///   - command: of the shell that comes before, such as `ulimit -f 4 &&`.
  static func run(
    _ arguments: [String], in folder: String? = nil, interruptAfter: Double? = nil, limit: Double = 120,
    killWhen: (() -> Bool)? = nil, after command: String? = nil
  ) throws -> Outcome {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "ogive-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Files rather than pipes: a pipe that nobody empties stops the tool.
    let output = scratch.appending(path: "output"), errors = scratch.appending(path: "errors")
    for url in [output, errors] { try Data().write(to: url) }
    let process = Process()
    process.executableURL = URL(filePath: command == nil ? path : "/bin/sh")
    process.arguments = (command.map { ["-c", "\($0) \"$0\" \"$@\"", path] } ?? []) + arguments
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    let started = Date(), cpu = childSeconds
    try process.run()
    var isInterrupted = false, peak = 0, looks = 0
    while process.isRunning {
      usleep(2000)
      looks += 1
      if looks % 32 == 0 { peak = max(peak, peakBytes(process.processIdentifier)) }
      let elapsed = -started.timeIntervalSinceNow
      if let interruptAfter, elapsed > interruptAfter, !isInterrupted {
        process.interrupt()
        isInterrupted = true
      }
      if elapsed > limit || killWhen?() == true { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8), seconds: -started.timeIntervalSinceNow,
      cpuSeconds: childSeconds - cpu, peakBytes: peak)
  }

  /// Processor time of all programs that this one has started and that have ended.
  private static var childSeconds: Double {
    var usage = rusage()
    // RUSAGE_CHILDREN, which Swift sees as an enumeration of another type.
    getrusage(-1, &usage)
    let times = [usage.ru_utime, usage.ru_stime]
    return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }

  /// Largest memory so far of a program that runs; 0 once it has ended.
  private static func peakBytes(_ process: Int32) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = text.firstMatch(of: /VmHWM:\s+([0-9]+) kB/)
    else { return 0 }
    return (Int(line.1) ?? 0) * 1024
  }

  static func run(_ arguments: String...) throws -> Outcome { try run(arguments) }
}
