// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// `ogive resume`: goes on with a run that was stopped.
public struct ResumeCommand: Command {
  public init() {}

  public let id = "resume"
  public let summary = "Go on with a run that was stopped"
  public let discussion =
    "Asks for the same again as the run that was begun in the folder, whatever ended it: Ctrl-C, a kill, a power cut or a "
    + "full disk. What it had finished is taken from the folder, so at most what was being worked on is done twice, and the "
    + "results are those of a run that nothing disturbed. Paths are read as they were given, from the folder of that time."
  public let examples = ["resume result"]

  /// Choices of `ogive resume`.
  public struct Parameters: ParameterSet {
    @Parameter("Folder of the run", .positional) public var folder: InputFolder

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let folder = URL(filePath: invocation.parameters.folder.path).standardizedFileURL.path
    guard let path = RunFolder.job(in: folder) else {
      throw ServiceError(
        .noRunFolder, "\(folder) holds no run that could go on: give the folder that was --out of the run")
    }
    if RunFolder.isFinished(folder) {
      invocation.console.print("the run in \(folder) has ended; there is nothing left to do")
      return .done
    }
    let job = try JobFile(contentsOf: path)
    guard let command = job.process else {
      throw ServiceError(
        .noRunFolder, "\(path) does not say which command was run; start it again with its arguments")
    }
    if let working = job.provenance["workingFolder"]?.stringValue {
      // Absolute paths do not need it, and it may be gone.
      _ = FileManager.default.changeCurrentDirectoryPath(working)
    }
    return invocation.tool.run([command, "--config", path, "--out", folder], console: invocation.console)
  }
}
