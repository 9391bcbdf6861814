// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// A command over the chain of a stack: what its users read, and nothing else.
public protocol StackCommand: EstimatingCommand where Parameters: StackService {}

/// What the help of all of them ends with.
let stackRunsOn =
  "A scene or a pair that fails is named in the report, the rest is delivered, and the exit code is 3. A run that was "
  + "stopped goes on with `ogive resume`."

extension StackCommand {
  public func estimate(_ parameters: Parameters) throws -> CommandEstimate { try StackRun.estimate(parameters.chain) }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters, run = p.stack.run, console = invocation.console
    try InvertParameters.check(p.chain)
    let progress = ProgressReporter(run.quiet ? .quiet : .automatic)
    let outcome = try StackRun(
      command: id, asked: p, given: invocation.given, version: invocation.tool.identity.version, progress: progress,
      cancellation: .watchingSignals()
    ).run()
    for notice in outcome.notices { progress.note(notice) }
    for line in outcome.lines { console.print(line) }
    for problem in outcome.problems { console.printError("\(problem.what): \(problem.cause)") }
    if run.dryRun { return .done }
    console.print("open \(outcome.folder)/report.html")
    if let reason = outcome.nothing { throw ServiceError(.nothingMeasured, reason) }
    if p.chain.run.invert {
      let series = InvertParameters(lastStageOf: p.chain)
      let run = try InvertRun(
        series, given: ["source", "out"], version: invocation.tool.identity.version, progress: progress,
        cancellation: .watchingSignals())
      do {
        for line in try run.run() { console.print(line) }
        console.print("open \(series.out.path)/report.html")
      } catch let error as ServiceError where error.kind == .nothingMeasured {
        // The mean motion is sound all the same.
        console.printError("\(series.out.path): \(error.message)")
        return .partlyDone
      }
    }
    return outcome.problems.isEmpty ? .done : .partlyDone
  }
}
