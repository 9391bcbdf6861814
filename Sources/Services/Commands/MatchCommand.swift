// SPDX-License-Identifier: Apache-2.0
import Parameters
import Processing

/// `ogive match`: motion and strain between two images.
public struct MatchCommand: EstimatingCommand {
  public typealias Parameters = MatchParameters

  public init() {}

  public let id = "match"
  public let summary = "Measure motion and strain between two images"
  public let discussion =
    "The secondary image is put on the grid of the reference, matched, and everything that can be said is written to "
    + "the folder: rasters in `products/`, arrows in `vectors.gpkg`, `summary.json`, and `report.html` to look at. Nothing "
    + "but the two images and the folder has to be given. A run that was stopped goes on where it was when it is "
    + "started again."
  public let examples = [
    "match 20200101.tif 20200121.tif --out result",
    "match a.tif b.tif --out result --preset landslide --stable-terrain stable.gpkg",
    "match a.jpg b.jpg --out result --pixel-size 6.5 --area 100,100,800,900",
  ]

  public func estimate(_ parameters: Parameters) throws -> CommandEstimate { try MatchRun.estimate(parameters) }

  public func run(_ invocation: Invocation<MatchParameters>) throws -> ExitCode {
    let p = invocation.parameters, console = invocation.console
    let progress = ProgressReporter(p.quiet ? .quiet : .automatic)
    let run = MatchRun(
      parameters: p, given: invocation.given, version: invocation.tool.identity.version, progress: progress,
      cancellation: .watchingSignals())
    let outcome = try run.run()
    for notice in outcome.notices { progress.note(notice) }
    for line in outcome.lines { console.print(line) }
    console.print("open \(outcome.folder)/report.html")
    if outcome.measured == 0 {
      throw ServiceError(
        .nothingMeasured,
        "no point could be measured; \(outcome.folder)/report.html says why and what to try next")
    }
    return .done
  }
}
