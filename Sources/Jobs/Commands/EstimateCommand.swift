// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

import struct Processing.CommandEstimate
import protocol Processing.EstimatingCommand
import struct Processing.HostProbe
import struct Processing.HostSpeed

/// `ogive estimate job.json`: checks a job file and says what the job will take.
///
/// A server runs it as a process of its own: opening somebody's files must not be able to end the server.
public struct EstimateCommand: Command {
  private let probes: [HostProbe]

  /// - Parameter probes: small runs that tell how fast a host is; without them the rates of another machine are taken.
  public init(probes: [HostProbe] = []) { self.probes = probes }

  public let id = "estimate"
  public let summary = "Check a job file and say what the job will take"
  public let discussion =
    "Prints one JSON object: whether the inputs are right, and for processes that can tell, seconds on the clock with their "
    + "range, memory and disk. Inputs are opened, nothing is written. The first time on a machine it measures for up to "
    + "30 s how fast that is; a server does so beside itself."
  public let examples = ["estimate job.json"]

  /// Choices of `ogive estimate`.
  public struct Parameters: ParameterSet {
    @Parameter("Job file, as exported from the page", .positional) public var job: InputFile
    @Parameter("Whether a machine that has not been measured is measured first") public var measure = true

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
      answer["estimate"] = .object((speed(invocation)?.adjusted(estimate) ?? estimate).json)
      answer = answer.merged(with: estimate.details)
    }
    invocation.console.print(answer.text(.line))
    return .done
  }

  private static let longest = 30.0

  private func speed(_ invocation: Invocation<Parameters>) -> HostSpeed? {
    guard invocation.parameters.measure, !probes.isEmpty else {
      return HostSpeed.load(version: invocation.tool.identity.version)
    }
    let measurement = HostMeasurement(tool: invocation.tool, probes: probes)
    return waiting { await measurement.known(within: Self.longest) }
  }

  static func estimate<C: Command>(_ command: C, _ inputs: JSONObject) throws -> CommandEstimate? {
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
