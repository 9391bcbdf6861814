// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Testing

/// A folder of a test, removed with it, and what tests of jobs put there.
final class Scratch: Sendable {
  let path: String

  convenience init() throws {
    try self.init(FileManager.default.temporaryDirectory.appending(path: "ogive-jobs-\(UUID().uuidString)"))
  }

  /// A folder in that of another one.
  convenience init(inside other: Scratch, _ name: String) throws {
    try self.init(URL(filePath: other.path).appending(path: name))
  }

  private init(_ url: URL) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.resolvingSymlinksInPath().standardizedFileURL.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The worker of the tests, which lies beside their own executable.
  static let program: WorkerProgram = {
    let arguments = ProcessInfo.processInfo.arguments
    let runner = arguments.first { $0.contains(".build/") } ?? arguments[0]
    var folder = URL(filePath: runner).standardizedFileURL.deletingLastPathComponent()
    while folder.path != "/" {
      let candidate = folder.appending(path: "jobs-test-worker").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return WorkerProgram(path: candidate) }
      folder.deleteLastPathComponent()
    }
    return WorkerProgram(path: "jobs-test-worker")
  }()

  /// A job's folder, ready to be worked in.
  func job(_ process: String, _ inputs: JSONObject = [:], id: String = UUID().uuidString) throws -> JobAttempt {
    let folder = JobFolder("\(path)/\(id)")
    try folder.create(JobFile(process: process, inputs: inputs))
    return JobAttempt(id: id, folder: folder, number: 1)
  }

  /// How often `fail` has been called.
  func calls(_ tally: String) -> [String] {
    ((try? String(contentsOfFile: tally, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }
}

/// Waits until something holds, at most so many seconds.
func eventually(
  within seconds: Double = 20, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  Issue.record(comment ?? "it has not come true within \(seconds) s", sourceLocation: sourceLocation)
}

extension Executor {
  /// Starts a job and waits for its end.
  func finish(_ attempt: JobAttempt, within seconds: Double = 30) async throws -> JobEnd? {
    var attempt = attempt
    attempt.handle = try await start(attempt)
    return try await end(of: attempt, within: seconds)
  }

  func end(of attempt: JobAttempt, within seconds: Double = 30) async throws -> JobEnd? {
    var end: JobEnd?
    try await eventually(within: seconds, "\(attempt.id) ends") {
      if case .ended(let found) = await states(of: [attempt])[0] { end = found }
      return end != nil
    }
    return end
  }
}

extension JobEnd {
  var exit: JobExit? {
    if case .exited(let exit) = self { return exit }
    return nil
  }
}
