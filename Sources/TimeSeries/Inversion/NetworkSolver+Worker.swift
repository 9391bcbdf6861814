// SPDX-License-Identifier: Apache-2.0
import Grids
import Kernels

extension NetworkSolver {
  /// What one thread needs to solve pixels.
  final class Worker {
    private let solver: NetworkSolver
    private let common: CommonNetwork
    private let batch: NetworkBatch
    private let panels: [NetworkPanel]
    private var parts: PartFinder

    init(_ solver: NetworkSolver, _ common: CommonNetwork) {
      self.solver = solver
      self.common = common
      batch = NetworkBatch(solver.system)
      panels = common.factors.indices.map {
        NetworkPanel(layout: solver.system.layout, factor: common.factors[$0], inverse: common.inverses[$0])
      }
      parts = PartFinder(solver.times)
    }

    deinit { for panel in panels { panel.deallocate() } }

    // MARK: - All pixels with one factor

    /// Gives all layers of a stretch.
    ///
    /// - Returns: the pixels that have to be solved by themselves, all of whose layers are missing as yet.
    func solveTogether(
      _ block: PairDisplacements, from first: Int, _ shape: MotionSeries.Shape, _ cells: SharedBuffer<Float>
    ) -> [Int] {
      let count = min(NetworkPanel.stretch, block.pixels - first)
      guard let weights = common.weights, block.pairs >= solver.minimumPairs else {
        LayerWriter.erase(shape, cells, first..<first + count)
        return Array(first..<first + count)
      }
      func row(_ layer: MotionLayer) -> UnsafeMutablePointer<Float> {
        cells.base + shape.place(of: layer) * shape.pixels
      }
      for (index, component) in block.components.enumerated() {
        let misfit = row(.misclosure(component: index))
        component.values.withUnsafeBufferPointer { data in
          panels[index].solve(
            data.baseAddress!, pixels: block.pixels, first: first, count: count, earlier: solver.times.earlierDate,
            later: solver.times.laterDate, weights: weights[index], pairs: block.pairs,
            into: row(.displacement(component: index, day: 1)), misfit: misfit)
        }
      }
      let own = (first..<first + count).filter { pixel in
        block.components.indices.contains { !row(.misclosure(component: $0))[pixel].isFinite }
      }
      for index in block.components.indices { complete(first..<first + count, index, block, row) }
      row(.count).advanced(by: first).update(repeating: Float(block.pairs), count: count)
      row(.parts).advanced(by: first).update(repeating: 1, count: count)
      for layer in [.wrongShare, .wrongSigma] + block.components.indices.map({ MotionLayer.walk(component: $0) }) {
        row(layer).advanced(by: first).update(repeating: .nan, count: count)
      }
      for pixel in own { LayerWriter.erase(shape, cells, pixel..<pixel + 1) }
      return own
    }

    /// Velocities, sigmas and scatter from the displacements and the misfit that the panel has left.
    ///
    /// Plain loops over neighbouring pixels: there are four layers a date, and all else is bound by memory.
    private func complete(
      _ pixels: Range<Int>, _ component: Int, _ block: PairDisplacements,
      _ row: (MotionLayer) -> UnsafeMutablePointer<Float>
    ) {
      let layout = solver.system.layout, covariance = common.covariances[component]
      let total = common.weights![component].reduce(0, +)
      let belief = solver.statesSigmas(block) ? NetworkSolver.belief : 0
      let free = max(0, Double(block.pairs - layout.order)) + belief
      let noise = row(.noise(component: component)), misclosure = row(.misclosure(component: component))
      for pixel in pixels {
        noise[pixel] = free > 0 ? Float(((Double(misclosure[pixel]) + belief) / free).squareRoot()) : .nan
        misclosure[pixel] = Float((Double(misclosure[pixel]) / total).squareRoot())
      }
      for layer in [
        MotionLayer.displacement(component: component, day: 0), .displacementSigma(component: component, day: 0),
      ] { row(layer).advanced(by: pixels.lowerBound).update(repeating: 0, count: pixels.count) }
      for unknown in 0..<layout.order {
        let own = Float(covariance[layout.place(unknown, unknown)].deviation[0])
        let target = row(.displacementSigma(component: component, day: unknown + 1))
        for pixel in pixels { target[pixel] = own * noise[pixel] }
      }
      for (index, interval) in solver.intervals.enumerated() {
        let low = row(.displacement(component: component, day: index))
        let high = row(.displacement(component: component, day: index + 1))
        let velocity = row(.velocity(component: component, interval: index))
        let sigma = row(.velocitySigma(component: component, interval: index))
        let rate = Float(1 / interval.years)
        let own = Float(solver.intervalDeviation(index, of: covariance)) * rate
        for pixel in pixels {
          velocity[pixel] = (high[pixel] - low[pixel]) * rate
          sigma[pixel] = own * noise[pixel]
        }
      }
    }

    // MARK: - Pixels by themselves

    func solve(_ loader: LaneLoader, _ shape: MotionSeries.Shape, _ cells: SharedBuffer<Float>) {
      let writer = LayerWriter(shape, cells, loader.pixels), block = loader.block
      let isWhole = (0..<block.pairs).map { pair in
        block.components.map { loader.load($0, pair).precision .> WideLanes(repeating: 0) }
          .reduce(SIMDMask<SIMD8<Int64>>(repeating: true)) { $0 .& $1 }
      }
      var counts = WideLanes(repeating: 0), ties = [[Bool]](), partCounts = WideLanes(repeating: 0)
      for mask in isWhole { counts += WideLanes(repeating: 0).replacing(with: 1, where: mask) }
      for lane in loader.pixels.indices {
        let found = parts.parts { isWhole[$0][lane] }
        partCounts[lane] = Double(found.count)
        ties.append(found.isTied)
      }
      writer.put(.count, counts)
      writer.put(.parts, partCounts)
      let enough = counts .>= WideLanes(repeating: Double(max(1, solver.minimumPairs)))
      for (index, component) in block.components.enumerated() {
        for pair in 0..<block.pairs {
          let (value, precision) = loader.load(component, pair)
          let weight = solver.parameters.weighting.usesSigmas ? precision : WideLanes(repeating: 1)
          batch.data[pair] = value.replacing(with: 0, where: .!isWhole[pair])
          batch.precision[pair] = (weight * solver.spanWeight(pair)).replacing(with: 0, where: .!isWhole[pair])
        }
        let variance = batch.run(solver.norm, belief: solver.statesSigmas(block) ? NetworkSolver.belief : 0)
        solver.read(batch, variance, index) { layer, value in
          writer.put(layer, value, where: enough .& tied(layer, ties))
        }
      }
    }

    /// Lanes in which the dates of a layer are tied to the first one.
    private func tied(_ layer: MotionLayer, _ ties: [[Bool]]) -> SIMDMask<SIMD8<Int64>> {
      var out = SIMDMask<SIMD8<Int64>>(repeating: true)
      guard !solver.parameters.bridgesGaps else { return out }
      switch layer {
      case .displacement(_, let day), .displacementSigma(_, let day):
        for lane in ties.indices { out[lane] = ties[lane][day] }
      case .velocity(_, let interval), .velocitySigma(_, let interval):
        for lane in ties.indices { out[lane] = ties[lane][interval] && ties[lane][interval + 1] }
      default: break
      }
      return out
    }
  }

  /// How many pairs' worth the stated variances are believed.
  static let belief = 2.0
}

/// Which dates the pairs of a pixel tie to the first one.
private struct PartFinder {
  private let times: PairTimes
  private var root: [Int]

  init(_ times: PairTimes) {
    self.times = times
    root = Array(times.dates.indices)
  }

  mutating func parts(where isThere: (Int) -> Bool) -> (count: Int, isTied: [Bool]) {
    for date in root.indices { root[date] = date }
    var count = root.count
    for pair in 0..<times.count where isThere(pair) {
      let a = find(times.earlierDate[pair]), b = find(times.laterDate[pair])
      guard a != b else { continue }
      root[max(a, b)] = min(a, b)
      count -= 1
    }
    let first = find(0)
    return (count, root.indices.map { find($0) == first })
  }

  private mutating func find(_ date: Int) -> Int {
    var at = date
    while root[at] != at {
      root[at] = root[root[at]]
      at = root[at]
    }
    return at
  }
}
