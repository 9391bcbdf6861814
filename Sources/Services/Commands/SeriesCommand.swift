// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Processing

/// `ogive series`: what single places did over time.
public struct SeriesCommand: Command {
  public init() {}

  public let id = "series"
  public let summary = "Read the motion of single places over time off an inversion"
  public let discussion =
    "For each place the displacement since the first date and the velocity between dates, with one sigma, as tables "
    + "(`series/places.csv`) and drawings with error bars, and what can be read off them: means of calendar years, steps, "
    + "the onset of an acceleration, and, where the ground accelerates, when it would fail, with the interval that the data "
    + "allow and the evidence for simpler motion beside it. Every column of a table with daily rain, snow or temperature is "
    + "correlated with the velocity at lags of up to 120 days; from `precipitation` and `temperature` together also follow "
    + "rain, snow (0 °C and below) and degrees of melt.\n\n"
    + "A line gives the motion along and across it (`profile.csv`, positive to the right), curves of single years and dates "
    + "with error bars, and a picture of the velocity over distance and time. `--maps` reads all pixels: when and how large "
    + "the largest step was, onsets, failure times where the law holds, correlations with the weather (`maps/`). `--sources` "
    + "takes the motion of all pixels apart into courses in time that many share, with maps of their weights (`sources/`). "
    + "Maps that were stopped go on when the same is asked for again."
  public let examples = [
    "series result --at 446300,5108200", "series result --points stations.gpkg --out readings",
    "series result --at 446300,5108200 --weather station.csv",
    "series result --line 446000,5107000,446900,5109800", "series result --maps --sources 3 --weather station.csv",
  ]

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let p = invocation.parameters, console = invocation.console
    let file = try SeriesFile(p.run.path)
    let weather = try p.weather.map { try WeatherQuantity.all($0.path, over: file.intervals) } ?? []
    let places = p.hasPlaces ? try SeriesReader(p, file, weather: weather) : nil
    let profile = p.hasLine ? try SeriesProfile(p, file) : nil
    let folder = try SeriesFile.folder("series", of: p.run.path, in: p.out?.path)
    if let places {
      try places.write(into: folder)
      for line in places.lines { console.print(line) }
      console.print("open \(folder)/series.svg")
    }
    if let profile {
      try profile.write(into: folder)
      for line in profile.lines { console.print(line) }
      console.print("open \(folder)/profile-time.svg")
    }
    try readAll(p, file, weather, folder, console)
    return .done
  }

  /// What is read off all pixels.
  private func readAll(
    _ p: Parameters, _ file: SeriesFile, _ weather: [WeatherQuantity], _ folder: String, _ console: Console
  ) throws {
    let threads = p.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let progress = ProgressReporter(p.quiet ? .quiet : .automatic)
    if let count = p.sources {
      let sources = try SeriesSources(
        file, count: count, weather: weather, threads: threads, progress: progress, cancellation: .watchingSignals())
      try sources.write(into: "\(folder)/\(SeriesSources.folder)")
      for line in sources.lines { console.print(line) }
    }
    if p.maps {
      let maps = try ReadingMaps(
        file, weather: weather, weatherPath: p.weather?.path, path: "\(folder)/\(ReadingMaps.folder)",
        threads: threads, progress: progress, cancellation: .watchingSignals())
      for line in try maps.run() { console.print(line) }
    }
  }
}
