// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing

/// Asks a process of its own what a job will take: reading a folder of scenes is work, and may end badly.
struct JobEstimator: Sendable {
  private let program: WorkerProgram
  private let jobs: JobStore
  /// Where job files lie while they are asked about.
  private let folder: String

  init(_ program: WorkerProgram, jobs: JobStore, folder: String) {
    (self.program, self.jobs, self.folder) = (program, jobs, folder)
  }

  /// - Returns: nil for a process that can't say.
  /// - Throws: what the run itself would find wrong with its inputs.
  func estimate(_ process: String, _ inputs: JSONObject) async throws -> CommandEstimate? {
    let answer = try await onThread { try ask("estimate", process, inputs) }
    guard let estimate = answer["estimate"].flatMap(CommandEstimate.init(json:)) else { return nil }
    return try jobs.corrected(estimate, of: process)
  }

  /// The scenes and pairs of a stack; nil for a process that forms none.
  func network(_ process: String, _ inputs: JSONObject) async throws -> JSONObject? {
    try await onThread { try ask("estimate", process, inputs) }["network"]?.objectValue
  }

  private func ask(_ command: String, _ process: String, _ inputs: JSONObject) throws -> JSONObject {
    let path = "\(folder)/ask-\(UUID().uuidString).json"
    try JobFile(process: process, inputs: inputs).json.text(.line).write(
      toFile: path, atomically: true, encoding: .utf8)
    defer { unlink(path) }
    let child = Process()
    child.executableURL = URL(filePath: program.path)
    child.arguments = [command, path, "--json-errors"]
    let output = Pipe(), errors = Pipe()
    (child.standardOutput, child.standardError) = (output, errors)
    try child.run()
    // A folder on a dead network drive would hold the request for ever.
    let deadline = DispatchWorkItem { child.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: deadline)
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complaint = errors.fileHandleForReading.readDataToEndOfFile()
    child.waitUntilExit()
    deadline.cancel()
    guard child.terminationStatus == 0 else { throw Self.problem(complaint) }
    return try JSONValue(parsing: [UInt8](said), named: "the estimate").objectValue ?? [:]
  }

  /// The error that the process reported as JSON.
  private static func problem(_ complaint: Data) -> Problem {
    for line in complaint.split(separator: 0x0A).reversed() {
      guard let object = (try? JSONValue(parsing: Array(line), named: "error"))?.objectValue,
        let error = object["error"]?.objectValue ?? (object["kind"] == nil ? nil : object),
        let message = error["message"]?.stringValue
      else { continue }
      return Problem(422, error["kind"]?.stringValue ?? "jobs.estimate", message)
    }
    return Problem(422, "jobs.estimate", "the inputs could not be read in a minute")
  }
}
