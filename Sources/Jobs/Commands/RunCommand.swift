// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// `ogive run job.json`: runs an exported job on this machine, without a server.
public struct RunCommand: Command {
  public init() {}

  public let id = "run"
  public let summary = "Run a job file that was exported from a server"
  public let discussion =
    "Runs the process of the file with its inputs, as the server would: the rasters are the same, byte for byte. What the "
    + "process prints and how it ends is that of the process."
  public let examples = ["run job.json --out result"]

  /// Choices of `ogive run`.
  public struct Parameters: ParameterSet {
    @Parameter("Job file", .positional) public var job: InputFile
    @Parameter("Folder for the results, for processes that write one; that of the file when absent")
    public var out: OutputFolder?

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let parameters = invocation.parameters, tool = invocation.tool
    let job = try JobFile(contentsOf: parameters.job.path)
    guard let process = job.process else {
      throw ParameterError(.missing, parameter: "job", "\(parameters.job.path) does not say which process is to run")
    }
    guard let command = tool[process], !command.isHidden else {
      throw ParameterError(
        .unknown, parameter: "job",
        "\(parameters.job.path) is a job of the process \(process), which \(tool.identity.name) "
          + "\(tool.identity.version) does not have; see \(tool.identity.name) --help")
    }
    var words = [process, "--config", parameters.job.path]
    if let out = parameters.out {
      guard tool.writesFolder(process) else {
        throw ParameterError(
          .conflict, parameter: "out",
          "\(process) writes no folder of results; leave --out away and read what it prints")
      }
      words += ["--out", out.path]
    }
    return tool.run(words, console: invocation.console)
  }
}
