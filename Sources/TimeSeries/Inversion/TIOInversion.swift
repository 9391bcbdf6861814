// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters

/// The inversion of TIO as the GDM-OPT services run it, for comparison and for those who need the same numbers.
///
/// Displacements at the dates by least squares, each pair weighted by 1 / (1 + t²)² with t in years, bends held down by a
/// weak second difference over five dates; then once more with weights 1 / (r² + s²) and without the pairs whose residual
/// is above a limit. Directions by themselves.
///
/// Source: Bontemps et al. 2018, Remote Sensing of Environment 217; Doin et al. 2011; settings of the published service.
/// Differs from it: gaps are bridged by the mean velocity, where TIO's smoothing alone decides; no correction of jumps by
/// whole cycles, which optical offsets do not have. The unit of its limits is not stated; here it is that of the data.
public struct TIOInversion: Sendable {
  /// The settings of the service, under their meaning.
  public struct Parameters: ParameterSet {
    public static var title: String { "TIO" }

    @Parameter("Weight of the bends of the series; below 0.0001 none", in: 0...10)
    public var smoothing: Double = 0.003

    @Parameter("Residual at which a pair's weight has halved in the second round", unit: "m", in: 0.001...10_000)
    public var residualScale: Double = 2

    @Parameter("Residual above which a pair is wrong", unit: "m", in: 0.001...10_000)
    public var residualLimit: Double = 5

    @Parameter("Most pairs that may be left out as wrong, of all of a pixel", in: 0...1)
    public var mostWrong: Double = 0.7

    @Parameter("RMS misclosure above which a pixel is left out", unit: "m", in: 0.001...10_000)
    public var misclosureLimit: Double = 1.2

    @Parameter("Most pairs that begin at a date; the shortest stay", in: 1...10_000)
    public var pairsPerDate: Int = 4

    public init() {}
  }

  public let parameters: Parameters
  /// The pairs that are used, by their places among those given.
  public let pairs: [Int]
  private let solver: NetworkSolver

  /// - Throws: `ParameterError`; `TimeSeriesError`.
  public init(_ times: PairTimes, minimumPairs: Int = 2, parameters: Parameters = Parameters()) throws {
    try parameters.check()
    self.parameters = parameters
    let kept = Self.shortest(times, atMost: parameters.pairsPerDate)
    pairs = kept
    var network = NetworkSolver.Parameters()
    network.weighting = .shortSeparation
    network.bridgesGaps = true
    solver = try NetworkSolver(
      PairTimes(earlier: kept.map { times.earlier[$0] }, later: kept.map { times.later[$0] }), minimumPairs,
      network,
      norm: .published(
        scale: parameters.residualScale, limit: parameters.residualLimit, mostShare: parameters.mostWrong),
      smoothing: parameters.smoothing < 1e-4 ? 0 : parameters.smoothing)
  }

  /// The dates of the result.
  public var days: [Double] { solver.times.dates }
  public var intervals: [DayInterval] { solver.intervals }
  public var bytesPerPixel: Int { solver.bytesPerPixel }

  /// - Parameter block: all pairs that the inversion was made for; those that it does not use are not looked at.
  /// - Throws: `TimeSeriesError.gridMismatch`.
  public func invert(_ block: PairDisplacements, threads: Int = 1) throws -> MotionSeries {
    var out = try solver.invert(block.choosing(pairs), threads: threads)
    for component in 0..<out.shape.components {
      let misclosure = Array(out[.misclosure(component: component)])
      for pixel in misclosure.indices where !(misclosure[pixel] <= Float(parameters.misclosureLimit)) {
        out.erase(pixel, component: component)
      }
    }
    return out
  }

  private static func shortest(_ times: PairTimes, atMost most: Int) -> [Int] {
    let starts = Dictionary(grouping: 0..<times.count) { times.earlierDate[$0] }
    return starts.values.flatMap {
      $0.sorted { (times.separation($0), $0) < (times.separation($1), $1) }.prefix(most)
    }
    .sorted()
  }
}

extension PairDisplacements {
  /// Some of the pairs, in the given order.
  func choosing(_ chosen: [Int]) throws -> PairDisplacements {
    func rows(_ values: [Float]) -> [Float] { chosen.flatMap { values[$0 * pixels..<($0 + 1) * pixels] } }
    return try PairDisplacements(
      pairs: chosen.count, pixels: pixels,
      components: components.map { component in
        let sigmas: Sigmas =
          switch component.sigmas {
          case .unknown: .unknown
          case .perPair(let sigmas): .perPair(chosen.map { sigmas[$0] })
          case .perPixel(let sigmas): .perPixel(rows(sigmas))
          }
        return Component(values: rows(component.values), sigmas: sigmas)
      })
  }
}
