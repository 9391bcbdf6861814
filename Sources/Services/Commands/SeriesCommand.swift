// SPDX-License-Identifier: Apache-2.0
import Parameters

/// `ogive series`: what single places did over time.
public struct SeriesCommand: Command {
  public init() {}

  public let id = "series"
  public let summary = "Read the motion of single places over time off an inversion"
  public let discussion =
    "For each place the displacement since the first date and the velocity between dates, with one sigma, as tables "
    + "(`series/places.csv`) and drawings with error bars, and what can be read off them: means of calendar years, steps, "
    + "the onset of an acceleration, and, where the ground accelerates, when it would fail, with the interval that the data "
    + "allow and the evidence for simpler motion beside it. A file with daily rain or temperature is correlated with the "
    + "velocity at lags of up to 120 days."
  public let examples = [
    "series result --at 446300,5108200", "series result --points stations.gpkg --out readings",
    "series result --at 446300,5108200 --weather station.csv",
  ]

  /// Choices of `ogive series`.
  public struct Parameters: ParameterSet {
    @Parameter("Folder of ogive invert, or a cube that it has written", .positional) public var run: InputFile
    @Parameter("Folder for the results", .absent("the run folder, or beside the cube")) public var out: OutputFolder?
    @Parameter("Places as EAST,NORTH,EAST,NORTH and so on, in the coordinates of the map") public var at: [Double] =
      []
    @Parameter("Vector file with the places") public var points: InputFile?
    @Parameter("Table with the columns date and value, of rain, snow or temperature day by day")
    public var weather: InputFile?

    public init() {}

    public func validate() throws(ParameterError) {
      if (points == nil) == at.isEmpty {
        throw .conflict("at", "give the places once, as `at` or as `points`")
      }
      if at.count % 2 != 0 { throw .conflict("at", "`at` takes places as EAST,NORTH: an even number of coordinates") }
    }
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let reader = try SeriesReader(invocation.parameters)
    let folder = try reader.write()
    for line in reader.lines { invocation.console.print(line) }
    invocation.console.print("open \(folder)/series.svg")
    return .done
  }
}
