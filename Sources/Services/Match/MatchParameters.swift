// SPDX-License-Identifier: Apache-2.0
import Deformation
import Matching
import Parameters

/// How offsets are measured.
public enum MatchMethod: String, ParameterChoice {
  case dense
  case leastSquares = "least-squares"
  case ncc
  case orientation
  case phase

  public var summary: String {
    switch self {
    case .dense: "least squares matching of all windows at once"
    case .leastSquares: "least squares matching, point by point"
    case .ncc: "search by normalised cross-correlation"
    case .orientation: "search by the correlation of gradient directions"
    case .phase: "search by phase correlation"
    }
  }

  var search: SearchMethod? {
    switch self {
    case .dense, .leastSquares: nil
    case .ncc: .crossCorrelation
    case .orientation: .orientation
    case .phase: .phase
    }
  }
}

/// Defaults that suit a kind of ground.
public enum MatchPreset: String, ParameterChoice {
  case glacier
  case rockGlacier = "rock-glacier"
  case landslide
  case earthquake

  public var summary: String {
    switch self {
    case .glacier: "ice: volume is kept, so the vertical strain rate is given"
    case .rockGlacier: "ice-rich debris: small windows, slow motion"
    case .landslide: "small windows, sharp edges, no vertical strain"
    case .earthquake: "wide spacing, offsets of part of a pixel"
    }
  }
}

/// What a user may say about the match of two images; nothing but the images and the folder has to be said.
public struct MatchParameters: ParameterSet {
  @Parameter("Earlier image: any raster that GDAL reads", .positional) public var reference: InputFile
  @Parameter("Later image; it is put on the grid of the reference", .positional) public var secondary: InputFile
  @Parameter("Folder for the results; made when absent") public var out: OutputFolder

  @Parameter("Kind of ground, for defaults that suit it") public var preset: MatchPreset?
  @Parameter("How offsets are measured") public var method = MatchMethod.dense

  @Parameter("Date of the reference", .group("Images"), .absent("from the metadata or the file name"))
  public var referenceDate: CalendarDate?
  @Parameter("Date of the secondary", .group("Images"), .absent("from the metadata or the file name"))
  public var secondaryDate: CalendarDate?
  @Parameter("Band that is matched", in: 1..., .group("Images"), .absent("the first")) public var band: Int?
  @Parameter("Size of a pixel, for images without map coordinates", unit: "m", in: 1e-6..., .group("Images"))
  public var pixelSize: Double?
  @Parameter(
    "Value that means missing in both images, beside what the files say", .group("Images"),
    .absent("found for pictures with a flat border"))
  public var nodata: Double?

  @Parameter(
    "Where to measure: west,south,east,north or a file with polygons", .group("Region"), .absent("everywhere"))
  public var area: Area?
  @Parameter("File with the points to measure, instead of a regular lattice", .group("Region"))
  public var points: InputFile?
  @Parameter("What to leave out in both images (clouds, water): polygons or a raster", .group("Region"))
  public var mask: Area?
  @Parameter("Ground that does not move: polygons or a raster", .group("Region")) public var stableTerrain: Area?
  @Parameter("Ground that moves; all else counts as stable: polygons or a raster", .group("Region"))
  public var moving: Area?

  @Parameter(
    "Side of the square window", unit: "px", in: 5...401, .group("Matching"), .absent("the best size at every point"))
  public var templateWindow: Int?
  @Parameter("Weights of a window's pixels, for the method dense", .group("Matching"))
  public var windowWeights = WindowWeights.box
  @Parameter("Largest offset looked for", unit: "px", in: 1...16384, .group("Matching"), .absent("found"))
  public var searchRadius: Int?
  @Parameter(
    "Distance between measured points", unit: "px", in: 1...512, .group("Matching"),
    .absent("8, less for small images"))
  public var spacing: Int?

  @Parameter(
    "Motion that a window may make, for least-squares; only affine gives strain of its own", .group("Matching"),
    .absent("affine"))
  public var transformation: LeastSquaresMatching.Transformation?
  @Parameter(
    "How the later image is interpolated between its pixels, for least-squares", .group("Matching"),
    .absent("quintic"))
  public var interpolation: LeastSquaresMatching.Interpolation?

  @Parameter("Largest standard deviation of an offset", unit: "px", in: 0.001...10, .group("Filters"))
  public var precisionLimit = 0.2
  @Parameter("Least correlation", in: -1...1, .group("Filters")) public var minimumCorrelation = 0.3
  @Parameter("Also match backward and drop points that do not come home", .group("Filters"))
  public var forwardBackward = true
  @Parameter(
    "Normalised distance from the neighbours' median that is too large; 0 turns the test off",
    in: 0...100, .group("Filters"))
  public var medianThreshold = 4.0
  @Parameter("Smoothing of the offsets before products are made", .group("Filters"))
  public var smoothing = SmoothingKind.none

  @Parameter("What the ground is made of: decides about the vertical strain rate", .group("Deformation"))
  public var material = Material.none
  @Parameter(
    "Length over which strain is taken from the offsets instead of from the match itself", unit: "px", in: 2...2000,
    .group("Deformation"), .absent("the match's own gradients"))
  public var gaugeLength: Double?

  @Parameter("Threads; the results do not depend on them", in: 1...1024, .group("Run"), .absent("all cores"))
  public var threads: Int?
  @Parameter("No progress on standard error", .group("Run")) public var quiet = false

  public init() {}

  public static var title: String { "Match" }

  public func validate() throws(ParameterError) {
    if stableTerrain != nil && moving != nil {
      throw .conflict("moving", "`stableTerrain` and `moving` say the same thing twice; give one of them")
    }
    if let templateWindow, templateWindow % 2 == 0 {
      throw .conflict(
        "templateWindow", "`templateWindow` must be odd, so that it has a middle; \(templateWindow) is even")
    }
    if windowWeights != .box && method != .dense {
      throw .conflict(
        "windowWeights",
        "`windowWeights` \(windowWeights.rawValue) is for `method` dense only; leave it out or match with dense")
    }
    if let a = referenceDate, let b = secondaryDate, a >= b {
      throw .conflict(
        "secondaryDate",
        "`secondaryDate` \(b) must be later than `referenceDate` \(a); swap the two images if the order is wrong")
    }
    for (name, isGiven) in [("transformation", transformation != nil), ("interpolation", interpolation != nil)]
    where isGiven && method != .leastSquares {
      throw .conflict(
        name,
        "`\(name)` is a choice of `method` least-squares, and the method is \(method.rawValue); give both or neither")
    }
    if points != nil && area != nil {
      throw .conflict("points", "`points` and `area` both say where to measure; give one of them")
    }
  }

  public var implied: JSONObject {
    switch preset {
    case nil: [:]
    case .glacier: ["material": "ice"]
    case .rockGlacier: ["material": "ice", "spacing": 4]
    case .landslide: ["material": "landslide", "spacing": 4]
    case .earthquake: ["material": "landslide", "spacing": 16]
    }
  }
}

extension MatchParameters {
  /// The parameters of least squares matching point by point.
  ///
  /// - Parameter usualWindow: side of the window where none is given, px.
  func leastSquares(usualWindow: Int) -> LeastSquaresMatching.Parameters {
    var p = LeastSquaresMatching.Parameters()
    p.templateWindow = templateWindow ?? usualWindow
    p.precisionLimit = precisionLimit
    if let transformation { p.transformation = transformation }
    if let interpolation { p.interpolation = interpolation }
    return p
  }
}
