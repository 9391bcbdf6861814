// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// Gives back what it was given after a while: the process that conformance tests and monitoring run.
public struct EchoCommand: Command {
  public init() {}

  public let id = "echo"
  public let summary = "Give back the inputs after a while"
  public let discussion =
    "Measures nothing. Clients and conformance tests use it to see whether jobs are accepted, run, and can be dismissed."

  /// Choices of `echo`.
  public struct Parameters: ParameterSet {
    @Parameter("Text that comes back") public var message = ""
    @Parameter("Number that comes back") public var number = 0.0
    @Parameter("How long it takes", unit: "s", in: 0...3600) public var delay = 0.0
    @Parameter("Whether to fail in the end, as a deterministic error does") public var fail = false
    @Parameter("Folder for the result; made when absent") public var out: OutputFolder

    public init() {}
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters
    let folder = try RunFolder(at: p.out.path, for: id)
    let progress = ProgressReporter()
    let cancellation = Cancellation.watchingSignals()
    let steps = max(1, Int(p.delay * 10))
    progress.begin("wait", total: steps, unit: "steps")
    // The delay is what was asked for: it stands for work.
    for _ in 0..<steps {
      try cancellation.check()
      if p.delay > 0 { usleep(UInt32(p.delay * 1e6 / Double(steps))) }
      progress.advance()
    }
    progress.end()
    if p.fail {
      throw ParameterError(.conflict, "the echo was asked to fail; ask for it without fail to see it succeed")
    }
    let echo: JSONObject = ["message": .string(p.message), "number": .number(p.number), "delay": .number(p.delay)]
    try folder.write(echo.text(.pretty) + "\n", to: "echo.json")
    try folder.finish()
    return .done
  }
}
