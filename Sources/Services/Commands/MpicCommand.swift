// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// `ogive mpic`: the mean motion of a stack of images.
public struct MpicCommand: Command {
  public typealias Parameters = MpicParameters

  public init() {}

  public let id = "mpic"
  public let summary = "Measure the mean motion in a stack of images of one place"
  public let discussion =
    "Scenes are put on one grid, matched pair by pair, corrected for the satellite's own distortions and fused into a mean "
    + "velocity with its uncertainty, spread and coherence: rasters in `products/` and `pairs/`, `summary.json`, "
    + "`network.svg`, and `report.html` to look at. A scene or a pair that fails is named there, the rest is delivered, "
    + "and the exit code is 3. A run that was stopped goes on with `ogive resume`."
  public let examples = [
    "mpic scenes --out result", "mpic scenes --out result --maximum-range 3 --search-range 8 --moving glaciers.gpkg",
    "mpic a.tif b.tif c.tif --out result --pixel-size 10 --matcher flow",
  ]

  public func run(_ invocation: Invocation<MpicParameters>) throws -> ExitCode {
    let p = invocation.parameters, console = invocation.console
    let progress = ProgressReporter(p.run.quiet ? .quiet : .automatic)
    let outcome = try StackRun(
      command: id, parameters: p, given: invocation.given, version: invocation.tool.identity.version,
      progress: progress, cancellation: .watchingSignals()
    ).run()
    for notice in outcome.notices { progress.note(notice) }
    for line in outcome.lines { console.print(line) }
    for problem in outcome.problems { console.printError("\(problem.what): \(problem.cause)") }
    if p.run.dryRun { return .done }
    console.print("open \(outcome.folder)/report.html")
    return outcome.problems.isEmpty ? .done : .partlyDone
  }
}
