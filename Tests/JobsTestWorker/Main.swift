// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters
import Processing

/// A tool of small commands that behave as jobs may: the executable that the tests of jobs start as worker.
@main
struct TestWorker {
  static let tool = CommandLineTool(
    ToolIdentity(name: "jobs-test-worker", version: "1.0.0", summary: "commands for tests"),
    commands: [
      UnitsCommand(), WaitCommand(), FailCommand(), EatCommand(), EchoCommand(), ServeCommand(), WorkCommand(),
      EstimateCommand(probes: probes), MeasureHostCommand(probes: probes),
      RunCommand(),
    ])

  private static let probes = [
    HostProbe("units", ["count": 40], out: "first"),
    HostProbe("echo", [:], out: "mute"),
  ]

  static func main() {
    exit(tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
