// SPDX-License-Identifier: Apache-2.0
import Parameters
import TimeSeries

/// How displacements at dates are found from pairs.
public enum InversionMethod: String, ParameterChoice {
  case smooth
  case network
  case tio

  public var summary: String {
    switch self {
    case .smooth: "trend, seasons and a random walk of the velocity, strengths found for each pixel; nothing to tune"
    case .network: "displacements at the dates by least squares or robust norms, without a model of the motion"
    case .tio: "the inversion of the GDM-OPT services with their settings, for comparison"
    }
  }
}

/// Which pairs are inverted.
public struct SeriesPairParameters: ParameterSet {
  public static var title: String { "Pairs" }

  @Parameter("First day; pairs that begin before it are left out", .absent("the first of the data"))
  public var start: CalendarDate?
  @Parameter("Last day; pairs that end after it are left out", .absent("the last of the data"))
  public var end: CalendarDate?
  @Parameter("Shortest time between the dates of a pair", unit: "d", in: 0...100_000) public var shortest = 0.0
  @Parameter("Longest time between the dates of a pair", unit: "d", in: 0...100_000, .absent("any"))
  public var longest: Double?
  @Parameter("Only pairs of these sensors, as the data name them", .absent("all")) public var sensors: [String]?
  @Parameter("Part that is worked on: west,south,east,north or a file with polygons", .absent("all"))
  public var area: Area?
  @Parameter(
    "Ground that does not move: polygons or a raster; each pair is shifted so that its median there is 0",
    .absent("nothing is shifted"))
  public var stableTerrain: Area?
  @Parameter("Unit of the data, where they do not say it: m/yr, m/d, m or px", .absent("as the data say"))
  public var unit: String?
  @Parameter("Names of the arrays with the motion to the east and to the north, or of one alone", .absent("found"))
  public var arrays: [String]?
  @Parameter("Size of a pixel, for offsets in pixels without a map", unit: "m", in: 1e-6..., .absent("from the data"))
  public var pixelSize: Double?

  public init() {}
}

/// Motion that the sun feigns: shadows and shading move with it.
public struct SeriesSunParameters: ParameterSet {
  public static var title: String { "Illumination" }

  @Parameter(
    "Take off the false motion that goes with the place of the sun, as the stable terrain shows it by slope and aspect; "
      + "refused, and said so, where it does not hold on stable ground that it has not seen")
  public var sunBias = false
  @Parameter("Elevation model for its slopes: a raster, a folder of tiles or an http address", .absent("no slopes"))
  public var dem: InputFile?
  @Parameter(
    "Distance around a pixel that its slope is taken from: about half a matching window", unit: "m", in: 1...10_000)
  public var slopeReach = 150.0
  @Parameter("Mean solar time of dates that say no time of day", unit: "h", in: 0...24) public var sunTime = 10.5

  public init() {}
}

/// What is given.
public struct SeriesOutputParameters: ParameterSet {
  public static var title: String { "Series" }

  @Parameter(
    "Days between the dates of the series, for the method smooth; the others give the dates of the pairs", unit: "d",
    in: 0.1...10_000, .absent("30; all dates of the pairs where these are at most 40"))
  public var interval: Double?
  @Parameter("Fewest pairs at a pixel for which a series is given", in: 2...100_000) public var minimumPairs: Int = 8
  @Parameter("Cube of all dates") public var cube = SeriesCubeChoice.nc
  @Parameter("Whether a raster is written for each date, beside the cube of all") public var rasters = true

  public init() {}
}

/// How the run goes.
public struct SeriesRunParameters: ParameterSet {
  public static var title: String { "Run" }

  @Parameter("Memory for the pairs of the tiles that are worked on at a time", unit: "MB", in: 1...1_000_000)
  public var memory = 512.0
  @Parameter("Threads; the results do not depend on them", in: 1...1024, .absent("all cores")) public var threads:
    Int?
  @Parameter("Say what would be done and do nothing") public var dryRun = false
  @Parameter("No progress on standard error") public var quiet = false

  public init() {}
}

/// What a user may say about an inversion; nothing but the pairs and the folder has to be said.
public struct InvertParameters: ParameterSet {
  @Parameter(
    "Pairs: a cube of ITS_LIVE or TICOI (NetCDF or Zarr), a folder of rasters with two dates in their names, or the folder "
      + "of a run over a stack", .positional)
  public var source: InputFile
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder
  @Parameter("How displacements are found") public var method = InversionMethod.smooth

  public var pairs = SeriesPairParameters()
  public var sun = SeriesSunParameters()
  public var smooth = SmoothMotion.Parameters()
  public var network = NetworkSolver.Parameters()
  public var tio = TIOInversion.Parameters()
  public var output = SeriesOutputParameters()
  public var run = SeriesRunParameters()

  public init() {}

  public static var title: String { "Inversion" }

  public func validate() throws(ParameterError) {
    if sun.sunBias, pairs.stableTerrain == nil {
      throw .conflict("sunBias", "`sunBias` is learnt on ground that does not move: give `stableTerrain`")
    }
    if !sun.sunBias, sun.dem != nil {
      throw .conflict("dem", "`dem` is for `sunBias`, which is off; give --sun-bias too, or leave --dem out")
    }
  }
}

extension InvertParameters {
  /// Files of the area, of the stable ground and of the elevation.
  var givenFiles: [String] {
    [pairs.area, pairs.stableTerrain].compactMap { area in
      if case .polygons(let file) = area { return file.path }
      return nil
    } + [sun.dem?.path].compactMap { $0 }
  }

  /// The inversion of the pairs of a stack, which has taken off what its stable ground reads.
  init(lastStageOf stack: MpicParameters) {
    self.init()
    source = InputFile(stack.out.path)
    out = OutputFolder("\(stack.out.path)/series")
    pairs.pixelSize = stack.images.pixelSize
    // A stack has a few pairs a date where a cube has hundreds.
    output.minimumPairs = 4
    // `check` has seen to it that both are there.
    if stack.run.sunBias, let dem = stack.corrections.dem, let area = stack.corrections.stableTerrain {
      sun.sunBias = true
      sun.dem = dem
      pairs.stableTerrain = area
    }
    run.threads = stack.run.threads
    run.quiet = stack.run.quiet
  }

  /// - Throws: `ParameterError` where the last stage would lack what it was asked to use.
  static func check(_ stack: MpicParameters) throws(ParameterError) {
    guard stack.run.sunBias else { return }
    if stack.corrections.dem == nil {
      throw .conflict("sunBias", "`sunBias` goes by the slope of the ground: give `dem`")
    }
    if stack.corrections.stableTerrain == nil {
      throw .conflict("sunBias", "`sunBias` is learnt on ground that does not move: give `stableTerrain`")
    }
  }
}
