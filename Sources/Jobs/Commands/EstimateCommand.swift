// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

import struct Processing.CommandEstimate
import protocol Processing.EstimatingCommand

/// `ogive estimate job.json`: checks a job file and says what the job will take.
///
/// A server runs it as a process of its own: opening somebody's files must not be able to end the server.
public struct EstimateCommand: Command {
  public init() {}

  public let id = "estimate"
  public let summary = "Check a job file and say what the job will take"
  public let discussion =
    "Prints one JSON object: whether the inputs are right, and for processes that can tell, seconds on the clock with their "
    + "range, memory and disk. Inputs are opened, nothing is written."
  public let examples = ["estimate job.json"]

  /// Choices of `ogive estimate`.
  public struct Parameters: ParameterSet {
    @Parameter("Job file, as exported from the page", .positional) public var job: InputFile

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let job = try JobFile(contentsOf: invocation.parameters.job.path)
    guard let process = job.process, let command = invocation.tool[process] else {
      throw ParameterError(.unknown, "the job file names no process that \(invocation.tool.identity.name) has")
    }
    let estimate = try Self.estimate(command, job.inputs)
    var answer: JSONObject = ["process": .string(process)]
    if let estimate {
      answer["estimate"] = .object(estimate.json)
      answer = answer.merged(with: estimate.details)
    }
    invocation.console.print(answer.text(.line))
    return .done
  }

  private static func estimate<C: Command>(_ command: C, _ inputs: JSONObject) throws -> CommandEstimate? {
    let parameters = try C.parameters(from: inputs)
    guard let estimating = command as? any EstimatingCommand else { return nil }
    return try estimating.estimate(any: parameters)
  }
}

extension Command {
  /// The parameters of a job, whose folder for results is the server's affair.
  package static func parameters(from inputs: JSONObject) throws(ParameterError) -> Parameters {
    var inputs = inputs
    let out = Parameters().fields.first { $0.name == "out" && $0.declaration.shape.type == .path(.outputFolder) }
    if let out, out.isRequired, inputs["out"] == nil { inputs["out"] = "/nonexistent/result" }
    return try Parameters(overrides: inputs)
  }
}

extension EstimatingCommand {
  fileprivate func estimate(any parameters: any ParameterSet) throws -> CommandEstimate? {
    try (parameters as? Parameters).map(estimate)
  }
}
