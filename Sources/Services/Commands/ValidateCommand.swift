// SPDX-License-Identifier: Apache-2.0
import Parameters

/// `ogive validate`: an inversion against reference points.
public struct ValidateCommand: Command {
  public init() {}

  public let id = "validate"
  public let summary = "Compare the series of an inversion with GNSS or other reference points"
  public let discussion =
    "Takes a table of reference positions over time and reads the inversion at their places: bias, NMAD, RMSE, error over "
    + "sigma, and how many errors lie within the intervals of 68 and 95 %. With `--stable-terrain` it also says what the "
    + "velocities read where nothing moves.\n\n"
    + "The table has the columns `station`, `east`, `north` (coordinates of the map), `date`, `e` and `n` (displacement of the "
    + "station in metres since any day), and may have `u` (upwards) and `se`, `sn` and `su`, one sigma of those. Writes "
    + "`validation/summary.json`, `samples.csv`, a drawing for each station and `coverage.svg`."
  public let examples = [
    "validate result --reference gnss.csv", "validate result --stable-terrain rock.gpkg",
    "validate result --reference gnss.csv --quantity velocity --out check",
  ]

  /// Choices of `ogive validate`.
  public struct Parameters: ParameterSet {
    @Parameter("Folder of ogive invert, or a cube that it has written", .positional) public var run: InputFile
    @Parameter("Folder for the results", .absent("the run folder, or beside the cube")) public var out: OutputFolder?
    @Parameter("Table of the reference points") public var reference: InputFile?
    @Parameter("What is compared") public var quantity = ComparedQuantity.displacement
    @Parameter("Longest gap between dates over which either series is read", unit: "d", in: 0...10_000)
    public var longestGap = 30.0
    @Parameter("Ground that does not move: polygons or a raster") public var stableTerrain: Area?

    public init() {}

    public func validate() throws(ParameterError) {
      if reference == nil, stableTerrain == nil {
        throw .conflict("reference", "give `reference`, a table of points, or `stable-terrain`, or both")
      }
    }
  }

  public func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let validation = try SeriesValidation(invocation.parameters)
    let folder = try validation.write()
    for line in validation.lines { invocation.console.print(line) }
    invocation.console.print("open \(folder)/summary.json")
    return .done
  }
}

/// What an inversion is compared by.
public enum ComparedQuantity: String, ParameterChoice {
  case displacement
  case velocity

  public var summary: String {
    switch self {
    case .displacement: "displacement since the first day that both have, at each date"
    case .velocity: "velocity between neighbouring dates"
    }
  }
}
