// SPDX-License-Identifier: Apache-2.0
import Correction
import Masking
import Matching
import Parameters
import TimeSeries

/// Which pixels of which images a stack is made of.
public struct StackImageParameters: ParameterSet {
  public static var title: String { "Images" }

  @Parameter(
    "Band that is matched, by what it sees: red, green, blue, nir, panchromatic, swir1 and so on",
    .absent("red, or the only band"))
  public var band: String?

  @Parameter(
    "What the bands of plain rasters are, in their order, such as nir,red,green", .absent("from the files"))
  public var bandNames: [String]?

  @Parameter(
    "Where the date stands in the names of plain rasters: %Y, %m, %d, %j, %H, %M, %S and * for anything",
    .absent("found"))
  public var datePattern: String?

  @Parameter("Table of files and dates, for names that hold none") public var dates: InputFile?

  @Parameter(
    "Part that is worked on: west,south,east,north or a file with polygons", .absent("all that two dates share"))
  public var area: Area?

  @Parameter("Side of a pixel of the common grid, in units of its map", in: 1e-9..., .absent("that of most scenes"))
  public var resolution: Double?

  @Parameter("Size of a pixel on the ground, for images without map coordinates", unit: "m", in: 1e-6...)
  public var pixelSize: Double?

  public init() {}
}

/// How a pair is matched.
public struct StackMatchParameters: ParameterSet {
  public static var title: String { "Matching" }

  @Parameter("How offsets are measured") public var matcher = StackMatcher.regularised

  @Parameter("Distance between measured points", unit: "px", in: 1...64) public var spacing = 1

  @Parameter(
    "Fastest motion that is followed: each pair is searched as far as it goes between its dates, at least by "
      + "`searchRange`",
    unit: "m/yr", in: 1e-3...1e6, .absent("all pairs by `searchRange`"))
  public var fastestSpeed: Double?

  @Parameter(
    "Slowest motion that is to be seen: what pairs are too short for it is said before the run", unit: "m/yr",
    in: 1e-6...1e6)
  public var slowestSpeed: Double?

  public var regularised = RegularisedMatching.Parameters()

  @Nested(prefix: "dense", omitting: ["iterations", "minimumValidShare"]) public var dense =
    DenseMatching.Parameters()

  @Nested(prefix: "flow") public var flow = RankFlow.Parameters()

  @Parameter("Side of the tiles that pairs are matched in", unit: "px", in: 128...8192, .advanced) public var tile =
    1024

  public init() {}

  /// Half side of the window that an offset comes from, px; where a matcher chooses among windows, of the middle one.
  var windowRadius: Int {
    switch matcher {
    case .regularised: regularised.windowHalf
    case .dense: (dense.templateWindow ?? 51) / 2
    case .flow: flow.radii.max() ?? 0
    }
  }
}

/// What an image shows that may be left out of the matching.
public enum LeftOutClass: String, ParameterChoice {
  case cloud, shadow, snow, water

  public var summary: String {
    switch self {
    case .cloud: "clouds, as the plain mask: bright ice may be among them"
    case .shadow: "shadows of clouds"
    case .snow: "snow and ice"
    case .water: "open water"
    }
  }

  var surface: SurfaceClass {
    switch self {
    case .cloud: .cloud
    case .shadow: .shadow
    case .snow: .snow
    case .water: .water
    }
  }
}

/// Where the weights of cloudy pixels come from.
public enum CloudWeighting: String, ParameterChoice {
  case temporal, none

  public var summary: String {
    switch self {
    case .temporal: "how far a date departs from its own series: clouds lose weight, ice does not"
    case .none: "all pixels count alike"
    }
  }
}

/// What is left out and what counts less.
public struct StackMaskParameters: ParameterSet {
  public static var title: String { "Masks" }

  @Parameter("What to leave out of all images (water, say): polygons or a raster") public var mask: Area?

  @Parameter(
    "Classes that are left out of all images, by the product's own classes or by colour; clouds need not be, they lose "
      + "weight")
  public var leaveOut: [LeftOutClass] = []

  @Parameter("What makes cloudy pixels count less") public var cloudWeighting = CloudWeighting.temporal

  public var clouds = TemporalClouds.Parameters()

  @Parameter(
    "Whether points in the shadow of the terrain on either date of a pair are left out; needs an elevation model")
  public
    var terrainShadow = false

  @Parameter(
    "Ground that is flatter is left out; needs an elevation model", unit: "deg", in: 0...89, .absent("none is"))
  public
    var minimumSlope: Double?

  @Parameter(
    "Ground that is steeper is left out; needs an elevation model", unit: "deg", in: 1...90, .absent("none is"))
  public
    var maximumSlope: Double?

  @Parameter(
    "Largest share of the area that may be masked, under cloud or without data on either date of a pair; pairs with more "
      + "are not matched", in: 0...1, .absent("any")) public var maximumMaskedShare: Double?

  public init() {}

  public func validate() throws(ParameterError) {
    if let low = minimumSlope, let high = maximumSlope, low >= high {
      throw .conflict("minimumSlope", "`minimumSlope` must be below `maximumSlope`")
    }
  }

  /// The slopes that are kept, degrees; nil where all are.
  var slopes: ClosedRange<Double>? {
    minimumSlope == nil && maximumSlope == nil ? nil : (minimumSlope ?? 0)...(maximumSlope ?? 90)
  }
}

/// The satellite's own distortions, and where they are measured.
public struct StackCorrectionParameters: ParameterSet {
  public static var title: String { "Corrections" }

  @Parameter("Ground that does not move: polygons or a raster", .absent("found in each pair")) public
    var stableTerrain: Area?

  @Parameter("Ground that moves, such as glacier outlines; all else counts as stable") public var moving: Area?

  @Parameter(
    "Distance around moving ground that does not count as stable", unit: "m, or px without a map", in: 0...100_000)
  public var movingBuffer = 0.0

  @Parameter("Whether the overall shift of a pair is taken out") public var deshift = true

  @Parameter("Whether a ramp is taken out") public var deramp = true

  public var ramp = PolynomialCorrection.Parameters()

  @Parameter(
    "Elevation model: a raster, a folder of tiles (Copernicus GLO-30, say) or an http address; what grows with height is "
      + "then taken out") public var dem: InputFile?

  @Parameter(
    "Whether stripes along the track are taken out: between detectors where the product has their outlines, else looked for"
  )
  public var destripe = false

  public var stripes = StripeCorrection.Parameters()

  @Parameter("Whether waves along the track are taken out") public var dejitter = false

  public var jitter = JitterCorrection.Parameters()

  @Parameter(
    "Where the satellite flew, clockwise from the upward direction of the images", unit: "deg", in: -360...360,
    .absent("from detectors or orbit, else straight down"))
  public var trackDirection: Double?

  public var fit = CorrectionScene.Parameters()
  public var chain = CorrectionChain.Parameters()

  public init() {}

  /// Stable ground may be named in one way only.
  public func validate() throws(ParameterError) {
    if stableTerrain != nil && moving != nil {
      throw .conflict("moving", "`stableTerrain` and `moving` say the same thing twice; give one of them")
    }
  }
}

/// Which vectors are left out of the fusion.
public struct StackFilterParameters: ParameterSet {
  public static var title: String { "Filters" }

  @Parameter("Longest offset that is kept", unit: "px", in: 0.01...1e6, .absent("any length")) public
    var maximumAmplitude: Double?

  @Parameter("Whether vectors that contradict their neighbours are left out") public var medianFilter = false

  public var median = MedianFilter.Parameters()

  @Parameter("Whether vectors that do not go down the slope are left out; needs an elevation model") public
    var slopeFilter = false

  public var slope = SlopeDirectionFilter.Parameters()

  @Parameter(
    "Whether vectors that the match in the opposite direction does not confirm are left out, where pairs are matched in both"
  )
  public var closureFilter = true

  public var closure = RoundTripFilter.Parameters()

  public init() {}
}

/// How the errors of pairs are told.
public struct StackUncertaintyParameters: ParameterSet {
  public static var title: String { "Uncertainty" }

  @Parameter("Whether the pairs' standard deviations are fitted to what loops of pairs do not close by")
  public var calibratesSigmas = true

  public init() {}
}

/// What is written for single pairs.
public enum PairProducts: String, ParameterChoice {
  case none, offsets, all

  public var summary: String {
    switch self {
    case .none: "nothing"
    case .offsets: "corrected offsets"
    case .all: "corrected offsets, their standard deviations and the correlation"
    }
  }
}

/// How the run goes.
public struct StackRunParameters: ParameterSet {
  public static var title: String { "Run" }

  @Parameter("What is written for each pair") public var pairProducts = PairProducts.all

  @Parameter("What is written besides, in the layouts of other services") public var exports: [StackExport] = []

  @Parameter("Also invert the pairs to displacement and velocity over time, as ogive invert does, into `series/`")
  public var invert = false

  @Parameter(
    "With `invert`: take off the false motion that goes with the place of the sun; needs `dem` and `stableTerrain`")
  public var sunBias = false

  @Parameter(
    "Whether matched pairs stay in the folder, so that a run with other corrections, masks or fusion matches nothing again"
  )
  public var keepUnits = true

  @Parameter("Threads; the results do not depend on them", in: 1...1024, .absent("all cores")) public var threads:
    Int?

  @Parameter("Say what would be done, and how long it would take, and do nothing") public var dryRun = false

  @Parameter("No progress on standard error") public var quiet = false

  public init() {}

  public func validate() throws(ParameterError) {
    if invert, pairProducts != .all {
      throw .conflict("invert", "`invert` reads the rasters of the pairs: it needs `pairProducts` to be all")
    }
    if sunBias, !invert {
      throw .conflict("sunBias", "`sunBias` belongs to `invert`, which is off; give --invert too")
    }
  }
}

/// What a user may say about a mean velocity from a stack; nothing but the scenes and the folder has to be said.
public struct MpicParameters: ParameterSet {
  @Parameter("Folders, archives, lists or files of the scenes of one place", .positional) public var scenes:
    [InputFile]
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder

  public var images = StackImageParameters()
  public var network = PairSelection.Parameters()
  public var matching = StackMatchParameters()
  public var masks = StackMaskParameters()
  public var corrections = StackCorrectionParameters()
  public var filters = StackFilterParameters()
  public var uncertainty = StackUncertaintyParameters()
  public var fusion = PairFusion.Parameters()
  public var run = StackRunParameters()

  public init() {}

  public static var title: String { "Stack" }
}
