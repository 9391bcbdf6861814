// SPDX-License-Identifier: Apache-2.0

/// Displacements at the dates of a network for eight pixels and one direction of motion, one pixel a lane.
package final class NetworkBatch {
  package let system: NetworkSystem
  /// Displacement of each pair, 0 where missing, and its weight, 0 where missing.
  package let data, precision: UnsafeMutablePointer<WideLanes>
  package let solution, covariance, residuals: UnsafeMutablePointer<WideLanes>
  /// What a pair counts in the end over what was stated.
  package let trust: UnsafeMutablePointer<WideLanes>

  private let weights, bridgeData, bridgeWeights, scratch, inverse, factor: UnsafeMutablePointer<WideLanes>
  private var present = WideLanes(repeating: 0)
  /// What single precision has taken from the data, in units of their sigma: less than that tells no pair from another.
  private var rounding = WideLanes(repeating: 0)

  package init(_ system: NetworkSystem) {
    func buffer(_ size: Int) -> UnsafeMutablePointer<WideLanes> {
      let out = UnsafeMutablePointer<WideLanes>.allocate(capacity: max(1, size))
      out.initialize(repeating: WideLanes(repeating: 0), count: max(1, size))
      return out
    }
    self.system = system
    let pairs = system.pairs.count, order = system.layout.order
    data = buffer(pairs)
    precision = buffer(pairs)
    residuals = buffer(pairs)
    trust = buffer(pairs)
    weights = buffer(max(pairs, system.smoothing?.count ?? 0))
    bridgeData = buffer(system.bridges.count)
    bridgeWeights = buffer(system.bridges.count)
    solution = buffer(order)
    inverse = buffer(order)
    scratch = buffer(2 * order)
    factor = buffer(system.layout.count)
    covariance = buffer(system.layout.count)
  }

  deinit {
    for pointer in [
      data, precision, solution, covariance, residuals, trust, weights, bridgeData, bridgeWeights, scratch, inverse,
      factor,
    ] { pointer.deallocate() }
  }

  /// Solves for `data` and `precision`.
  ///
  /// - Returns: the variance of a pair of weight 1 as the residuals tell it, with `belief` pairs' worth of 1.
  package func run(_ norm: NetworkNorm, belief: Double) -> WideLanes {
    let zero = WideLanes(repeating: 0), one = WideLanes(repeating: 1)
    present = zero
    var squares = zero
    for pair in 0..<system.pairs.count {
      let isThere = precision[pair] .> zero
      trust[pair] = zero.replacing(with: one, where: isThere)
      present += trust[pair]
      squares.addProduct(data[pair] * data[pair], precision[pair])
    }
    rounding = (squares / present.greater(one)).squareRoot() * 1e-6 + 1e-12
    bridge()
    solve()
    switch norm {
    case .leastSquares: break
    case .leastAbsolute: for _ in 0..<Self.absoluteRounds { again(absolute) }
    case .biweight:
      for _ in 0..<Self.absoluteRounds / 2 { again(absolute) }
      for _ in 0..<Self.biweightRounds { again(biweight) }
    case .published(let scale, let limit, let mostShare): again { self.published(scale, limit, mostShare) }
    }
    let layout = system.layout
    layout.invert(factor, inverse: inverse, into: covariance, scratch: scratch)
    var counted = zero
    squares = zero
    for pair in 0..<system.pairs.count {
      squares.addProduct(residuals[pair] * residuals[pair], precision[pair] * trust[pair])
      counted += trust[pair].lesser(one)
    }
    let free = (counted - Double(layout.order)).greater(zero) + belief
    return ((squares + belief) / free).replacing(with: .nan, where: free .<= zero)
  }

  /// Rounds after which absolute residuals change by less than a hundredth of their scatter.
  private static let absoluteRounds = 16
  private static let biweightRounds = 10

  private func again(_ reweight: () -> Void) {
    reweight()
    solve()
  }

  /// RMS of the residuals by their final weights.
  package var misclosure: WideLanes {
    var squares = WideLanes(repeating: 0), sum = squares
    for pair in 0..<system.pairs.count {
      let weight = precision[pair] * trust[pair]
      squares.addProduct(residuals[pair] * residuals[pair], weight)
      sum += weight
    }
    return (squares / sum.greater(WideLanes(repeating: 1e-300))).squareRoot()
  }

  // MARK: - Linear system

  /// Bridges carry the mean velocity of the pixel over gaps.
  private func bridge() {
    var along = WideLanes(repeating: 1e-300), square = along, sum = along
    for pair in 0..<system.pairs.count {
      let weighted = precision[pair] * system.pairSpans[pair]
      along.addProduct(weighted, data[pair])
      square.addProduct(system.pairSpans[pair], weighted)
      sum += precision[pair]
    }
    let velocity = along / square
    let weight = sum / present.greater(WideLanes(repeating: 1)) * NetworkSystem.bridgeWeight
    for index in 0..<system.bridges.count {
      bridgeData[index] = velocity * system.bridgeSpans[index]
      bridgeWeights[index] = weight.greater(WideLanes(repeating: 1e-200))
    }
  }

  private func solve() {
    let layout = system.layout, pairs = system.pairs
    for pair in 0..<pairs.count { weights[pair] = precision[pair] * trust[pair] }
    factor.update(repeating: WideLanes(repeating: 0), count: layout.count)
    solution.update(repeating: WideLanes(repeating: 0), count: layout.order)
    pairs.add(weights: weights, to: factor)
    pairs.add(weights: weights, data: data, to: solution)
    system.bridges.add(weights: bridgeWeights, to: factor)
    system.bridges.add(weights: bridgeWeights, data: bridgeData, to: solution)
    if let smoothing = system.smoothing {
      let weight = bridgeWeights[0] * (system.smoothingWeight / NetworkSystem.bridgeWeight)
      for row in 0..<smoothing.count { weights[row] = weight }
      smoothing.add(weights: weights, to: factor)
    }
    layout.factor(factor, inverse: inverse)
    layout.forward(factor, inverse: inverse, solution)
    layout.backward(factor, inverse: inverse, solution)
    for pair in 0..<pairs.count { residuals[pair] = data[pair] - pairs.value(pair, of: solution) }
  }

  // MARK: - Weights

  private func absolute() {
    let least = spread() * 0.01
    for pair in 0..<system.pairs.count where !all(precision[pair] .== WideLanes(repeating: 0)) {
      let size = standardised(pair).greater(least)
      trust[pair] = WideLanes(repeating: 0).replacing(with: least / size * 100, where: precision[pair] .> 0)
    }
  }

  private func biweight() {
    let width = spread() * Self.biweightWidth
    for pair in 0..<system.pairs.count {
      let ratio = standardised(pair) / width, rest = 1 - ratio * ratio
      let isNear = (ratio .< WideLanes(repeating: 1)) .& (precision[pair] .> 0)
      trust[pair] = WideLanes(repeating: 0).replacing(with: rest * rest, where: isNear)
    }
  }

  /// Keeps 95 % of the efficiency of least squares with normal errors (Holland & Welsch 1977).
  private static let biweightWidth = 4.685

  private func published(_ scale: Double, _ limit: Double, _ mostShare: Double) {
    // Up to a share of the pairs may go; the residual at that share is the limit where more would.
    let bound = quantile(
      1 - mostShare, of: { self.residuals[$0].replacing(with: -self.residuals[$0], where: self.residuals[$0] .< 0) }
    )
    .greater(WideLanes(repeating: limit))
    for pair in 0..<system.pairs.count {
      let size = residuals[pair].replacing(with: -residuals[pair], where: residuals[pair] .< 0)
      let isKept = (size .<= bound) .& (precision[pair] .> 0)
      trust[pair] = WideLanes(repeating: 0).replacing(
        with: (scale * scale) / (residuals[pair] * residuals[pair] + scale * scale), where: isKept)
    }
  }

  /// Size of a residual in units of its stated sigma.
  @inline(__always)
  private func standardised(_ pair: Int) -> WideLanes {
    (residuals[pair] * residuals[pair] * precision[pair]).squareRoot()
  }

  /// Scatter of the residuals, by their median.
  private func spread() -> WideLanes {
    (quantile(0.5, of: standardised) / 0.6745).greater(rounding)
  }

  /// What a share of the pairs that are there does not exceed, by halving: the same work for every lane.
  private func quantile(_ share: Double, of size: (Int) -> WideLanes) -> WideLanes {
    let zero = WideLanes(repeating: 0), one = WideLanes(repeating: 1)
    var low = zero, high = zero
    for pair in 0..<system.pairs.count {
      high = high.greater(zero.replacing(with: size(pair), where: precision[pair] .> 0))
    }
    let wanted = present * share
    for _ in 0..<Self.halvings {
      let middle = (low + high) * 0.5
      var count = zero
      for pair in 0..<system.pairs.count {
        count += zero.replacing(with: one, where: (size(pair) .<= middle) .& (precision[pair] .> 0))
      }
      let isEnough = count .>= wanted
      high.replace(with: middle, where: isEnough)
      low.replace(with: middle, where: .!isEnough)
    }
    return high
  }

  private static let halvings = 26
}
