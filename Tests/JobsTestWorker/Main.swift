// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters

/// A tool of small commands that behave as jobs may: the executable that the tests of jobs start as worker.
@main
struct TestWorker {
  static let tool = CommandLineTool(
    ToolIdentity(name: "jobs-test-worker", version: "1.0.0", summary: "commands for tests"),
    commands: [
      UnitsCommand(), WaitCommand(), FailCommand(), EatCommand(), EchoCommand(), ServeCommand(), WorkCommand(),
      EstimateCommand(),
      RunCommand(),
    ])

  static func main() {
    exit(tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
