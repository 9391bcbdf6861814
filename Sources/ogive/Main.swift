// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Server
import Services

/// The command line: a list of commands, nothing more.
@main
struct Ogive {
  static let tool = CommandLineTool(
    ToolIdentity(
      name: "ogive", version: "0.1.0", summary: "measures and maps moving ground from repeat images"),
    commands: [
      MatchCommand(), MpicCommand(), IceCommand(), SlideCommand(), QuakeCommand(), SurveyCommand(),
      FaultProfileCommand(), InvertCommand(), SeriesCommand(), ValidateCommand(),
      ResumeCommand(), SimulateCommand(), EvaluateCommand(), InfoCommand(), PublishCommand(),
      ServeCommand(), RunCommand(), SubmitCommand(), EstimateCommand(probes: HostProbes.all),
      MeasureHostCommand(probes: HostProbes.all), EchoCommand(), WorkCommand(), ShapesCommand(),
    ])

  static func main() {
    // Beyond a limit on the size of files (ulimit -f) a write then fails with a message, as on a full disk.
    signal(SIGXFSZ, SIG_IGN)
    exit(tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
