// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

/// Displacements at the dates of a network of redundant pairs, by weighted least squares, robust or not.
///
/// Each pair says how far two dates lie apart; the displacement at the first date is 0. The normal matrix is a weighted
/// Laplacian of the network, factored within its envelope. Dates that the pairs of a pixel do not tie to the first one are
/// missing (or bridged). O(pixels × (pairs + dates × band²)); where a block has one weight for each pair and none is
/// missing, one factor serves all pixels. Every pixel is worked out by itself, so threads and blocks change no bit.
///
/// Source: Berardino et al. 2002 (SBAS) in displacements in place of velocities; Holland & Welsch 1977 for the reweighting.
/// Checked by: `NetworkSolverTests`.
public struct NetworkSolver: Sendable {
  public let times: PairTimes
  public let minimumPairs: Int
  public let parameters: Parameters
  /// From each date to the next.
  public let intervals: [DayInterval]

  let system: NetworkSystem
  let norm: NetworkNorm
  private let intervalRows: SparseRows

  /// - Parameter minimumPairs: fewest pairs at a pixel for which a series is given.
  /// - Throws: `ParameterError`.
  public init(_ times: PairTimes, minimumPairs: Int = 2, parameters: Parameters = Parameters()) throws {
    let norm: NetworkNorm =
      switch parameters.norm {
      case .leastSquares: .leastSquares
      case .leastAbsolute: .leastAbsolute
      case .tukey: .biweight
      }
    try self.init(times, minimumPairs, parameters, norm: norm, smoothing: 0)
  }

  /// - Parameter smoothing: weight of the bends of the series over that of a pair; 0 for none.
  init(_ times: PairTimes, _ minimumPairs: Int, _ parameters: Parameters, norm: NetworkNorm, smoothing: Double) throws
  {
    try parameters.check()
    self.times = times
    self.minimumPairs = minimumPairs
    self.parameters = parameters
    self.norm = norm
    let dates = times.dates
    intervals = zip(dates, dates.dropFirst()).map { DayInterval(from: $0, to: $1) }
    let reach = smoothing > 0 ? DateBends.reach : 1
    var first = (1..<dates.count).map { max(1, $0 - reach) }
    for pair in 0..<times.count {
      let low = max(1, times.earlierDate[pair]), high = times.laterDate[pair]
      first[high - 1] = min(first[high - 1], low)
    }
    let layout = EnvelopeLayout(first: first.map { $0 - 1 })
    func row(_ earlier: Int, _ later: Int) -> [SparseRows.Entry] {
      (earlier > 0 ? [.init(earlier - 1, -1)] : []) + [.init(later - 1, 1)]
    }
    intervalRows = SparseRows(intervals.indices.map { row($0, $0 + 1) }, in: layout)
    system = NetworkSystem(
      layout: layout,
      pairs: SparseRows((0..<times.count).map { row(times.earlierDate[$0], times.laterDate[$0]) }, in: layout),
      pairSpans: (0..<times.count).map(times.separation), bridges: intervalRows,
      bridgeSpans: intervals.map { $0.to - $0.from },
      smoothing: smoothing > 0 ? SparseRows(DateBends.rows(dates), in: layout) : nil,
      smoothingWeight: smoothing * smoothing)
  }

  /// Bytes that one pixel of a block takes, its pairs not counted.
  public var bytesPerPixel: Int { 16 * (times.dates.count + intervals.count + 3) }

  /// Solves a block; the result has the dates of the pairs as its days, and the time from each to the next as its
  /// intervals.
  ///
  /// - Throws: `TimeSeriesError.gridMismatch` for a block of other pairs.
  public func invert(_ block: PairDisplacements, threads: Int = 1) throws -> MotionSeries {
    guard block.pairs == times.count else {
      throw TimeSeriesError(.gridMismatch, "a block of \(block.pairs) pairs was given for dates of \(times.count)")
    }
    let shape = MotionSeries.Shape(
      pixels: block.pixels, components: block.components.count, days: times.dates, intervals: intervals, harmonics: 0,
      pairs: 0)
    let stretches = (block.pixels + NetworkPanel.stretch - 1) / NetworkPanel.stretch
    let common = CommonNetwork(self, block)
    // Neighbouring stretches lie on the same pages of each layer: on several threads these would be touched first by all
    // of them at once, which takes longer than all else.
    let run = max(1, stretches / (Self.runsPerThread * threads))
    return MotionSeries(shape) { target in
      parallelFor(
        count: (stretches + run - 1) / run, threads: threads, scratch: { Worker(self, common) },
        body: { index, worker in
          for stretch in index * run..<min(stretches, (index + 1) * run) {
            solve(stretch, of: block, with: worker, shape, target)
          }
        })
    }
  }

  /// Enough for threads that meet harder pixels to leave some to the others.
  private static let runsPerThread = 4

  private func solve(
    _ stretch: Int, of block: PairDisplacements, with worker: Worker, _ shape: MotionSeries.Shape,
    _ target: SharedBuffer<Float>
  ) {
    let rest = worker.solveTogether(block, from: stretch * NetworkPanel.stretch, shape, target)
    for start in stride(from: 0, to: rest.count, by: SmoothMotion.lanes) {
      let pixels = Array(rest[start..<min(start + SmoothMotion.lanes, rest.count)])
      worker.solve(LaneLoader(block, pixels: pixels), shape, target)
    }
  }

  // MARK: - Weights

  /// What a pair counts by its time span alone.
  func spanWeight(_ pair: Int) -> Double {
    let years = times.separation(pair) / daysPerYear
    return switch parameters.weighting {
    case .none, .inverseVariance, .correlation: 1
    case .shortSeparation: 1 / ((1 + years * years) * (1 + years * years))
    case .longSeparation: years * years
    }
  }

  /// Whether weights are in the unit of the data, so that their size says how good a pair is.
  func statesSigmas(_ block: PairDisplacements) -> Bool {
    parameters.weighting == .inverseVariance && block.statesSigmas
  }

  // MARK: - Reading

  func read(_ batch: NetworkBatch, _ variance: WideLanes, _ component: Int, put: (MotionLayer, WideLanes) -> Void) {
    let zero = WideLanes(repeating: 0), scale = variance.squareRoot()
    put(.displacement(component: component, day: 0), zero)
    put(.displacementSigma(component: component, day: 0), zero)
    for unknown in 0..<system.layout.order {
      put(.displacement(component: component, day: unknown + 1), batch.solution[unknown])
      let own = batch.covariance[system.layout.place(unknown, unknown)].deviation
      put(.displacementSigma(component: component, day: unknown + 1), own * scale)
    }
    for (row, interval) in intervals.enumerated() {
      let years = WideLanes(repeating: 1 / interval.years)
      put(.velocity(component: component, interval: row), intervalRows.value(row, of: batch.solution) * years)
      let own = intervalRows.variance(row, of: batch.covariance).deviation
      put(.velocitySigma(component: component, interval: row), own * scale * years)
    }
    put(.noise(component: component), scale)
    put(.misclosure(component: component), batch.misclosure)
  }

  func intervalDeviation(_ row: Int, of covariance: UnsafePointer<WideLanes>) -> Double {
    intervalRows.variance(row, of: covariance).deviation[0]
  }
}
