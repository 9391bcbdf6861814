// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// What ground that does not move says about the errors of an offset or velocity field; unit of the field.
public struct StableTerrainStatistics: Hashable, Sendable {
  /// Points used.
  public var count = 0
  /// The most frequent vector, by kernel density: the systematic error.
  public var peakX = Double.nan, peakY = Double.nan
  /// GLAFT's δ: half the extent of the region where the density is above exp(−z²/2) of its peak, i.e. about z
  /// standard deviations of the core, widened by the kernel.
  public var spreadX = Double.nan, spreadY = Double.nan
  /// Share of points outside the rectangle around that region, 0...1.
  public var outliers = Double.nan
  /// Radius of the kernel.
  public var bandwidth = Double.nan
  public var medianX = Double.nan, medianY = Double.nan
  public var nmadX = Double.nan, nmadY = Double.nan
  /// The same values divided by their sigmas; nil without sigmas.
  public var calibration: SigmaCalibration?
}

/// Whether sigmas mean what they say: 1 is perfect, above 1 the sigmas are too small.
public struct SigmaCalibration: Hashable, Sendable {
  /// NMAD of (value − median) / sigma of each component: the factor by which the sigmas should be multiplied. Robust
  /// against outliers.
  public var factorX, factorY: Double
  /// Root mean square of (value − median) / sigma over the points that are no outliers (within 5 NMAD of both
  /// components' ratios).
  public var rootMeanSquareX, rootMeanSquareY: Double
  /// Share of |value − median| ≤ sigma over all points, both components.
  public var coverage68: Double
}

/// Measures errors on stable ground, in GLAFT's terms and in robust ones.
///
/// GLAFT's δ is kept because published figures exist for it (reproduced to four digits on its Kaskawulsh demonstration
/// pair). Mind what it is: a half-width at z = 2, not a sigma, of a density whose kernel is wide where outliers
/// inflate the plain standard deviation. The NMAD beside it is the better sigma of the core.
///
/// GLAFT's second measure, the spread of strain rates on ice, is the same computation: give the longitudinal and the
/// shear strain rate as `dx` and `dy` and the ice as the mask.
///
/// Source: Zheng et al. 2023 (GLAFT); Epanechnikov kernel with the rule-of-thumb bandwidth of
/// Henderson & Parmeter 2012.
public struct StableTerrain: Sendable {
  public struct Parameters: ParameterSet {
    @Parameter("Standard deviations at which the density's extent is taken", in: 0.5...5)
    public var densityThreshold: Double = 2

    @Parameter("Points along each side of the mesh on which the density is evaluated", in: 10...500)
    public var densityMesh: Int = 60

    public init() {}
  }

  /// Fewest points that statistics are made from.
  public static let minimumCount = 30

  private let parameters: Parameters

  public init(parameters: Parameters = Parameters()) { self.parameters = parameters }

  /// Statistics of the points on stable ground.
  ///
  /// - Parameters:
  ///   - field: offsets, px, or velocities of any unit; NaN points are left out.
  ///   - isStable: ground that does not move.
  /// - Returns: nil with fewer than `minimumCount` points.
  public func statistics(_ field: OffsetGrids, isStable: Mask) -> StableTerrainStatistics? {
    let samples = OffsetSamples(field, isUsed: isStable)
    return statistics { body in body(samples) }
  }

  /// The same of offsets that are too many to hold.
  ///
  /// - Parameter replay: hands the offsets on stable ground to its argument, in parts; the same ones every time.
  public func statistics<Failure: Error>(
    of replay: @escaping (_ body: (OffsetSamples) -> Void) throws(Failure) -> Void
  ) throws(Failure) -> StableTerrainStatistics? {
    let vectors = VectorStream { (body) throws(Failure) in
      try replay { samples in
        let (x, y) = samples.vectors
        body(x, y)
      }
    }
    var out = StableTerrainStatistics()
    out.count = try vectors.count()
    guard out.count >= Self.minimumCount else { return nil }
    out.medianX = try vectors.x.median()
    out.medianY = try vectors.y.median()
    out.nmadX = try vectors.x.nmad(around: out.medianX)
    out.nmadY = try vectors.y.nmad(around: out.medianY)
    try setDensity(vectors, &out)
    let medianX = out.medianX, medianY = out.medianY
    out.calibration = try SigmaCalibration(
      ratios: VectorStream { (body) throws(Failure) in
        try replay { samples in
          let (x, y) = samples.ratios(aroundX: medianX, y: medianY)
          body(x, y)
        }
      })
    return out
  }

  private func setDensity<Failure: Error>(
    _ vectors: VectorStream<Failure>, _ out: inout StableTerrainStatistics
  ) throws(Failure) {
    let z = parameters.densityThreshold
    let spread = try (variance(vectors.x, out.count) * variance(vectors.y, out.count)).squareRoot().squareRoot()
    guard spread > 0 else {
      // All points alike in one component: there is no density to take an extent of.
      (out.peakX, out.peakY, out.spreadX, out.spreadY) = (out.medianX, out.medianY, 0, 0)
      out.outliers = 0
      return
    }
    let density = PlaneDensity(vectors, bandwidth: 2.1991 * spread * sixthRoot(1 / Double(out.count)))
    out.bandwidth = density.bandwidth
    let level = expHalfSquare(z), size = parameters.densityMesh
    let crude = try density.region(
      x: out.medianX, y: out.medianY, halfWidth: (z + 1) * spread, size: size, level: level)
    let width = (crude.maxX - crude.minX + crude.maxY - crude.minY) / 2
    let fine = try density.region(
      x: out.medianX, y: out.medianY, halfWidth: width > 0 ? width : spread, size: size, level: level)
    (out.peakX, out.peakY) = (fine.peakX, fine.peakY)
    out.spreadX = (fine.maxX - fine.minX) / 2
    out.spreadY = (fine.maxY - fine.minY) / 2
    var outside = 0
    try vectors.forEach { x, y in
      if x < fine.minX || x > fine.maxX || y < fine.minY || y > fine.maxY { outside += 1 }
    }
    out.outliers = Double(outside) / Double(out.count)
  }

  private func variance<Failure: Error>(
    _ values: ValueStream<Double, Failure>, _ count: Int
  ) throws(Failure) -> Double {
    let mean = try values.reduce(0, +) / Double(count)
    return try values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
  }
}

/// Some offsets of a field, px, with their standard deviations where known; NaN where not measured.
public struct OffsetSamples: Sendable {
  public var dx, dy: [Float]
  public var dxSigma, dySigma: [Float]?

  /// The offsets of a field where a mask is true.
  public init(_ field: OffsetGrids, isUsed: Mask) {
    precondition(field.dx.window == isUsed.window, "field and mask differ in shape")
    let indices = isUsed.cells.indices.filter { isUsed.cells[$0] }
    func taken(_ grid: Grid<Float>) -> [Float] { indices.map { grid.cells[$0] } }
    dx = taken(field.dx)
    dy = taken(field.dy)
    dxSigma = field.dxSigma.map(taken)
    dySigma = field.dySigma.map(taken)
  }

  /// Both components of the offsets that are measured.
  var vectors: (x: [Double], y: [Double]) { Self.finite(dx.map(Double.init), dy.map(Double.init)) }

  /// (value − centre) / sigma of both components, where known.
  func ratios(aroundX centreX: Double, y centreY: Double) -> (x: [Double], y: [Double]) {
    guard let dxSigma, let dySigma else { return ([], []) }
    return Self.finite(
      dx.indices.map { (Double(dx[$0]) - centreX) / Double(dxSigma[$0]) },
      dy.indices.map { (Double(dy[$0]) - centreY) / Double(dySigma[$0]) })
  }

  private static func finite(_ x: [Double], _ y: [Double]) -> (x: [Double], y: [Double]) {
    let kept = x.indices.filter { x[$0].isFinite && y[$0].isFinite }
    return kept.count == x.count ? (x, y) : (kept.map { x[$0] }, kept.map { y[$0] })
  }
}

extension SigmaCalibration {
  /// The calibration from (value − median) / sigma of both components of the same points; nil below the least count.
  init?<Failure: Error>(ratios: VectorStream<Failure>) throws(Failure) {
    let count = try ratios.count()
    guard count >= StableTerrain.minimumCount else { return nil }
    factorX = try ratios.x.nmad()
    factorY = try ratios.y.nmad()
    var sums = (x: 0.0, y: 0.0, count: 0.0), covered = 0
    let limitX = 5 * factorX, limitY = 5 * factorY
    try ratios.forEach { u, v in
      if abs(u) <= limitX && abs(v) <= limitY { sums = (sums.x + u * u, sums.y + v * v, sums.count + 1) }
      covered += (abs(u) <= 1 ? 1 : 0) + (abs(v) <= 1 ? 1 : 0)
    }
    rootMeanSquareX = (sums.x / sums.count).squareRoot()
    rootMeanSquareY = (sums.y / sums.count).squareRoot()
    coverage68 = Double(covered) / Double(2 * count)
  }
}
