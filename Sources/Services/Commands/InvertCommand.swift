// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// `ogive invert`: displacement over time from redundant pairs.
public struct InvertCommand: EstimatingCommand {
  public typealias Parameters = InvertParameters

  public init() {}

  public let id = "invert"
  public let summary = "Find displacement and velocity over time from redundant pairs"
  public let discussion =
    "Takes any network of pairs, all sensors together, and gives for each pixel the displacement since the first date and "
    + "the velocity, both with one sigma, the seasons, the mean velocity and the means of calendar years. By default the "
    + "strengths of the model, the share of wrong pairs and the scatter of the others are found for each pixel, so there is "
    + "nothing to tune.\n\n"
    + "Writes `series.nc` (a CF cube of all dates; Zarr with `--cube`), rasters with QGIS styles in `products/`, STAC items in "
    + "`stac/`, `pairs.csv` and `dates.csv` (how well each closes), `summary.json` and `report.html`. Read single places off with `ogive series`, compare with reference points "
    + "with `ogive validate`. A run that was stopped goes on with `ogive resume`."
  public let examples = [
    "invert its_live_cube.nc --out series", "invert stack_run --out series --stable-terrain rock.gpkg",
    "invert pairs --out series --method network --norm least-absolute --unit m",
  ]

  public func estimate(_ parameters: Parameters) throws -> CommandEstimate {
    try InvertRun(
      parameters, given: [], version: "", progress: ProgressReporter(.quiet), cancellation: Cancellation()
    ).estimate
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters, console = invocation.console
    let progress = ProgressReporter(p.run.quiet ? .quiet : .automatic)
    let run = try InvertRun(
      p, given: invocation.given, version: invocation.tool.identity.version, progress: progress,
      cancellation: .watchingSignals())
    for notice in run.input.notices { progress.note(notice) }
    if p.run.dryRun {
      for line in run.plan { console.print(line) }
      return .done
    }
    for line in try run.run() { console.print(line) }
    console.print("open \(p.out.path)/report.html")
    return .done
  }
}
