// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// `ogive work FOLDER`: the process that a server starts for a job.
public struct WorkCommand: Command {
  public init() {}

  public let id = "work"
  public let summary = "Run a server's job in its folder"
  public let isHidden = true

  /// Choices of `ogive work`.
  public struct Parameters: ParameterSet {
    @Parameter("Folder of the job", .positional) public var folder: InputFolder
    @Parameter("Share of a stage that this process computes, as in match:0/8; the whole job when absent")
    public var part: String?
    @Parameter("Time that a stage may take here before it is left to several processes", unit: "s", in: 0...)
    public var untilWide: Double?

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters
    var part: JobPart?
    if let text = parameters.part {
      part = JobPart(text)
      guard part != nil else {
        throw ParameterError(.wrongType, parameter: "part", "--part takes STAGE:K/N, as in match:0/8, not '\(text)'")
      }
    }
    let worker = JobWorker(
      tool: invocation.tool, folder: parameters.folder.path, part: part, patience: parameters.untilWide)
    let code = worker.run()
    // Codes of a command are few; the worker's own, to try again, is none of them.
    guard let known = ExitCode(rawValue: code) else { Foundation.exit(code) }
    return known
  }
}
