// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Motion over time from redundant pairs: a trend, seasons and a random walk of the velocity, their strengths found for
/// each pixel by evidence.
///
/// Displacement is a quadratic spline with even knots plus sines of the year and its fractions. A pair measures the
/// difference between two days; its error is normal with the stated sigma times a factor, or, with some probability, far
/// larger. Strength of the walk (over all and in stretches of it), of each harmonic, the factor, and the share and size of
/// wrong pairs are estimated for each pixel; directions share only which pairs are wrong. O(pixels × (pairs + knots ×
/// band²)) for each of about 23 rounds; memory is that of the block. Every pixel is worked out by itself, so threads and
/// blocks change no bit.
///
/// Source: evidence after MacKay 1992, Neural Computation 4, 415; random walk of the velocity as in Wahba 1978's
/// smoothing splines; mixture after Aitkin & Wilson 1980. The composition is ours. Checked by: `SmoothMotionTests`.
public struct SmoothMotion: Sendable {
  public let times: PairTimes
  public let parameters: Parameters
  /// Fewest pairs at a pixel for which a series is given.
  public let minimumPairs: Int
  /// The knots' distance that is used, days.
  public var knotSpacing: Double { basis.spacing }
  /// What the series is given at.
  public let days: [Double]
  public let intervals: [DayInterval]

  private let basis: MotionBasis
  private let system: MotionSystem
  private let dayRows, intervalRows: SparseRows

  /// - Parameters:
  ///   - times: the pairs that will be given.
  ///   - days: when to give displacements; must lie within the pairs' span. The dates of the pairs when absent.
  ///   - intervals: over which to give velocities; within the span too.
  ///   - minimumPairs: fewest pairs at a pixel for which a series is given.
  /// - Throws: `ParameterError`; `TimeSeriesError.badPair` for days beyond the span.
  public init(
    _ times: PairTimes, days: [Double]? = nil, intervals: [DayInterval] = [], minimumPairs: Int = 8,
    parameters: Parameters = Parameters()
  ) throws {
    try parameters.check()
    let first = times.dates[0], last = times.dates[times.dates.count - 1]
    let days = days ?? times.dates
    for day in days + intervals.flatMap({ [$0.from, $0.to] }) where !(first...last).contains(day) {
      throw TimeSeriesError(
        .badPair, "day \(day) since 1970-01-01 lies outside the pairs, which go from \(first) to \(last)")
    }
    self.times = times
    self.days = days
    self.intervals = intervals
    self.parameters = parameters
    self.minimumPairs = minimumPairs
    let basis = MotionBasis(
      from: first, to: last, spacing: parameters.knotSpacing ?? Self.knotSpacing(times),
      harmonics: parameters.harmonics)
    system = basis.system(
      pairs: times.earlier.indices.map { (times.earlier[$0], times.later[$0]) },
      also: intervals.map { ($0.from, $0.to) })
    self.basis = basis
    dayRows = SparseRows(days.map(basis.displacement(at:)), in: system.layout)
    intervalRows = SparseRows(intervals.map { basis.displacement(from: $0.from, to: $0.to) }, in: system.layout)
  }

  /// Knots as close as the shortest pairs tell apart, at most 15 days, and no closer than a tenth of the shorter pairs.
  static func knotSpacing(_ times: PairTimes) -> Double {
    let separations = times.earlier.indices.map(times.separation).sorted()
    let short = separations[separations.count / 10]
    let span = times.dates[times.dates.count - 1] - times.dates[0]
    return min(max(short / 10, min(15, max(short, span / 60))), span)
  }

  /// Bytes that one pixel of a block takes, its pairs not counted.
  public var bytesPerPixel: Int {
    16 * (days.count + intervals.count + 2 * basis.harmonics + 3)
  }

  /// - Parameters:
  ///   - keepsPairs: whether the result says of each pair at each pixel how likely it is right and how far off it lies.
  /// - Throws: `TimeSeriesError.gridMismatch` for a block of other pairs.
  public func invert(_ block: PairDisplacements, threads: Int = 1, keepsPairs: Bool = false) throws -> MotionSeries {
    guard block.pairs == times.count else {
      throw TimeSeriesError(.gridMismatch, "a block of \(block.pairs) pairs was given for dates of \(times.count)")
    }
    let shape = MotionSeries.Shape(
      pixels: block.pixels, components: block.components.count, days: days, intervals: intervals,
      harmonics: basis.harmonics, pairs: keepsPairs ? block.pairs : 0)
    let batches = (block.pixels + Self.lanes - 1) / Self.lanes, sharesPrecision = block.sharesSigmas
    return MotionSeries(shape) { target in
      LayerWriter.erase(shape, target, 0..<block.pixels)
      parallelFor(
        count: batches, threads: threads,
        scratch: { MotionBatch(system, components: block.components.count) },
        body: { index, batch in
          let loader = LaneLoader(block, at: index * Self.lanes)
          let counts = loader.fill(batch)
          batch.run(limits(block), sharesPrecision: sharesPrecision)
          let writer = LayerWriter(shape, target, loader.pixels)
          writer.put(.count, counts)
          let enough = counts .>= WideLanes(repeating: Double(minimumPairs))
          read(batch) { layer, value in writer.put(layer, value, where: enough) }
          if keepsPairs { keep(batch, writer, where: enough) }
        })
    }
  }

  private func keep(_ batch: MotionBatch, _ writer: LayerWriter, where enough: SIMDMask<SIMD8<Int64>>) {
    for pair in 0..<times.count {
      let isThere = enough .& (batch.precision[0][pair] .> WideLanes(repeating: 0))
      writer.put(.trust(pair: pair), batch.trust[pair], where: isThere)
      for component in 0..<batch.components {
        writer.put(.residual(component: component, pair: pair), batch.residuals[component][pair], where: isThere)
      }
    }
  }

  static let lanes = WideLanes.scalarCount

  private func limits(_ block: PairDisplacements) -> MotionLimits {
    // Above this the roughest bend of the whole series is already held down a hundredfold; below, each knot is free.
    let stiffest = max(1, Double(basis.splines * basis.splines) * Double(basis.splines * basis.splines) / 50)
    return MotionLimits(
      smoothness: 1e-6...stiffest, seasonality: 1e-6...1e4, iterations: parameters.iterations,
      tolerance: parameters.tolerance, belief: block.statesSigmas ? 2 : 0)
  }

  // MARK: - Reading a batch

  private func read(_ batch: MotionBatch, put: (MotionLayer, WideLanes) -> Void) {
    put(.wrongShare, batch.estimate.wrongShare)
    put(.wrongSigma, batch.estimate.wrongVariance.squareRoot())
    let step = basis.spacing / daysPerYear
    for component in 0..<batch.components {
      let solution = batch.solution[component], covariance = batch.covariance[component]
      for row in days.indices {
        put(.displacement(component: component, day: row), dayRows.value(row, of: solution))
        put(.displacementSigma(component: component, day: row), dayRows.variance(row, of: covariance).deviation)
      }
      for (row, interval) in intervals.enumerated() {
        let scale = WideLanes(repeating: 1 / interval.years)
        put(.velocity(component: component, interval: row), intervalRows.value(row, of: solution) * scale)
        let deviation = intervalRows.variance(row, of: covariance).deviation
        put(.velocitySigma(component: component, interval: row), deviation * scale)
      }
      for (harmonic, unknowns) in system.seasons.enumerated() {
        let strength = batch.estimate.seasonality[component][harmonic]
        // The derivative of a sine is a cosine, that of a cosine the negative sine.
        for (part, unknown) in unknowns.enumerated() {
          let factor = part == 0 ? 2 * Double.pi : -2 * Double.pi
          // Without its own prior, which draws a season that the data hardly show to nothing, and its error with it.
          let variance = covariance[system.layout.place(unknown, unknown)], own = 1 - strength * variance
          put(.season(component: component, harmonic: harmonic, part: part), solution[unknown] / own * factor)
          let deviation = (variance / own).deviation * abs(factor)
          put(.seasonSigma(component: component, harmonic: harmonic, part: part), deviation)
        }
      }
      put(.noise(component: component), batch.estimate.noise[component].squareRoot())
      let walk = 1 / (batch.estimate.smoothness[component] * (step * step * step))
      put(.walk(component: component), walk.squareRoot())
      put(.misclosure(component: component), batch.misclosure(component))
    }
  }
}
