// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// What a short command of another program has said.
package struct CommandOutput: Sendable {
  /// Exit status; nil when a signal ended it.
  package let code: Int32?
  package let output: String
  package let errors: String
  /// Seconds that cores have worked for it.
  package let cpuSeconds: Double

  /// The first line of what it complained of, or its code.
  package var complaint: String {
    errors.split(separator: "\n").first.map(String.init)
      ?? "it ended with \(code.map { "the code \($0)" } ?? "a signal")"
  }

  /// What a command of ours that was asked with `--json-errors` complained of; nil where it said nothing of the kind. It is the
  /// last line: libraries may have said something before.
  package var reported: (kind: String, message: String)? {
    guard let line = errors.split(separator: "\n").last(where: { $0.hasPrefix("{") }),
      let error = try? JSONValue(parsing: String(line)), let kind = error["kind"]?.stringValue
    else { return nil }
    return (kind, error["message"]?.stringValue ?? "")
  }

  /// Runs a command and waits for it on a thread of its own, so that nobody else waits.
  ///
  /// - Parameter seconds: how long it may take.
  /// - Throws: `jobs.executor` when it can't be started or takes too long.
  package static func of(
    _ path: String, _ arguments: [String], environment: [String: String] = [:], within seconds: Double = 60
  ) async throws(JobsError) -> CommandOutput {
    let result: Result<CommandOutput, JobsError> = await withCheckedContinuation { continuation in
      let thread = Thread {
        do throws(JobsError) {
          continuation.resume(returning: .success(try run(path, arguments, environment, seconds)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      thread.start()
    }
    return try result.get()
  }

  /// Files and not pipes: nobody has to read them while the command writes.
  private static func run(
    _ path: String, _ arguments: [String], _ environment: [String: String], _ seconds: Double
  ) throws(JobsError) -> CommandOutput {
    let place = FileManager.default.temporaryDirectory.appending(path: "ogive-command-\(UUID().uuidString)").path
    var surroundings = ChildProcess.Surroundings()
    surroundings.environment = environment
    (surroundings.output, surroundings.errors) = (place + ".out", place + ".err")
    defer {
      unlink(place + ".out")
      unlink(place + ".err")
    }
    let child = try ChildProcess(path, arguments, surroundings)
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      if let ended = child.poll() {
        func text(_ path: String) -> String {
          String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        return CommandOutput(
          code: ended.code, output: text(place + ".out"), errors: text(place + ".err"),
          cpuSeconds: ended.cpuSeconds)
      }
      if ContinuousClock.now > end {
        child.signalGroup(SIGKILL)
        while child.poll() == nil { usleep(1_000) }
        throw JobsError(.executor, "\(path) has given no answer within \(Int(seconds)) s")
      }
      usleep(3_000)
    }
  }

  /// Where a program lies that is given by its name; nil when it is nowhere on the path.
  package static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }
}
