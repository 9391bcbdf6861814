// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// Whether the inputs of a job are right, and what it will take.
public struct JobCheck: Sendable {
  /// What is wrong with it: kind and words; nil when nothing is.
  public var kind: String?
  public var message: String?
  /// As the process says, before what past jobs say; nil for processes that cannot tell.
  public var estimate: CommandEstimate?
  /// Scenes and pairs of a stack; nil for processes that form none.
  public var network: JSONObject?

  public var isSound: Bool { kind == nil }
}

/// Asks the worker program what jobs will take, in a process of its own: it opens users' files.
public struct JobEstimator: Sendable {
  private let program: WorkerProgram
  private let folder: String

  /// - Parameters:
  ///   - program: the worker; it has the command `estimate`.
  ///   - folder: where job files may lie for a moment.
  public init(_ program: WorkerProgram, folder: String) { (self.program, self.folder) = (program, folder) }

  /// Checks a job and estimates it. Nothing of it is run.
  ///
  /// - Parameter seconds: how long an answer may take.
  /// - Throws: `jobs.estimate` when the program gives no answer.
  public func check(_ job: JobFile, within seconds: Double = 60) async throws(JobsError) -> JobCheck {
    let path = "\(folder)/estimate-\(UUID().uuidString).json"
    defer { unlink(path) }
    try JobFolder(folder).write(job.json, to: path)
    let said: CommandOutput
    do {
      said = try await CommandOutput.of(
        program.path, ["estimate", path, "--no-measure", "--json-errors"], environment: program.environment,
        within: seconds)
    } catch {
      throw JobsError(.estimate, "the job can't be estimated: \(error.message)")
    }
    var check = JobCheck()
    if said.code == 0, let answer = try? JSONValue(parsing: said.output) {
      check.estimate = answer["estimate"].flatMap(CommandEstimate.init(json:))
      check.network = answer["network"]?.objectValue
      return check
    }
    guard let reported = said.reported else {
      throw JobsError(.estimate, "the job can't be estimated: \(said.complaint)")
    }
    (check.kind, check.message) = reported
    return check
  }
}
