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
    precondition(field.dx.window == isStable.window, "field and mask differ in shape")
    var x: [Double] = [], y: [Double] = [], ratios: (x: [Double], y: [Double]) = ([], [])
    for index in 0..<isStable.cells.count where isStable.cells[index] {
      let u = Double(field.dx.cells[index]), v = Double(field.dy.cells[index])
      guard u.isFinite, v.isFinite else { continue }
      x.append(u)
      y.append(v)
    }
    guard x.count >= Self.minimumCount else { return nil }
    var out = StableTerrainStatistics()
    out.count = x.count
    (out.medianX, out.medianY) = (median(x), median(y))
    (out.nmadX, out.nmadY) = (nmad(x), nmad(y))
    setDensity(x, y, &out)
    if let sx = field.dxSigma, let sy = field.dySigma {
      for index in 0..<isStable.cells.count where isStable.cells[index] {
        let u = (Double(field.dx.cells[index]) - out.medianX) / Double(sx.cells[index])
        let v = (Double(field.dy.cells[index]) - out.medianY) / Double(sy.cells[index])
        guard u.isFinite, v.isFinite else { continue }
        ratios.x.append(u)
        ratios.y.append(v)
      }
      out.calibration = SigmaCalibration(ratiosX: ratios.x, ratiosY: ratios.y)
    }
    return out
  }

  private func setDensity(_ x: [Double], _ y: [Double], _ out: inout StableTerrainStatistics) {
    let z = parameters.densityThreshold
    let spread = (variance(x) * variance(y)).squareRoot().squareRoot()
    guard spread > 0 else {
      // All points alike in one component: there is no density to take an extent of.
      (out.peakX, out.peakY, out.spreadX, out.spreadY) = (out.medianX, out.medianY, 0, 0)
      out.outliers = 0
      return
    }
    let density = PlaneDensity(x, y, bandwidth: 2.1991 * spread * sixthRoot(1 / Double(x.count)))
    out.bandwidth = density.bandwidth
    let level = expHalfSquare(z), size = parameters.densityMesh
    let crude = density.region(x: out.medianX, y: out.medianY, halfWidth: (z + 1) * spread, size: size, level: level)
    let width = (crude.maxX - crude.minX + crude.maxY - crude.minY) / 2
    let fine = density.region(
      x: out.medianX, y: out.medianY, halfWidth: width > 0 ? width : spread, size: size, level: level)
    (out.peakX, out.peakY) = (fine.peakX, fine.peakY)
    out.spreadX = (fine.maxX - fine.minX) / 2
    out.spreadY = (fine.maxY - fine.minY) / 2
    let outside = zip(x, y).count {
      $0 < fine.minX || $0 > fine.maxX || $1 < fine.minY || $1 > fine.maxY
    }
    out.outliers = Double(outside) / Double(x.count)
  }

  private func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }
}

extension SigmaCalibration {
  /// The calibration from (value − median) / sigma of both components of the same points; nil below the least count.
  init?(ratiosX x: [Double], ratiosY y: [Double]) {
    guard x.count >= StableTerrain.minimumCount else { return nil }
    (factorX, factorY) = (nmad(x), nmad(y))
    var sums = (x: 0.0, y: 0.0, count: 0.0)
    let limitX = 5 * factorX, limitY = 5 * factorY
    for (u, v) in zip(x, y) where abs(u) <= limitX && abs(v) <= limitY {
      sums = (sums.x + u * u, sums.y + v * v, sums.count + 1)
    }
    rootMeanSquareX = (sums.x / sums.count).squareRoot()
    rootMeanSquareY = (sums.y / sums.count).squareRoot()
    coverage68 = Double((x + y).count { abs($0) <= 1 }) / Double(2 * x.count)
  }
}
