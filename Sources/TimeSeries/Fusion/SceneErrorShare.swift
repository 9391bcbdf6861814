// SPDX-License-Identifier: Apache-2.0
import Grids

/// What the errors of a stack are like, as far as a sigma needs to know: one case, or two of which the larger sigma
/// counts where the scenes' share is not known.
struct ErrorModel: Sendable {
  struct Case: Sendable {
    /// Scenes' share of the error variance.
    let share: Double
    /// What the pairs' variances must be multiplied by on the whole raster, for points with stated sigmas and for
    /// points without (whose variance is 1 m²); nil where too little was measured.
    let statedFactor, unstatedFactor: Double?
    /// Degrees of freedom of the scatter over the count that `FusionMoments.freedom` gives.
    let freedomScale: Double
  }

  let cases: [Case]
  var share: Double? { cases.count == 1 ? cases[0].share : nil }
}

/// Finds which share of the pairs' error variance comes from the scenes, and by how much the stated variances are wrong.
///
/// Around a loop of the network motion and the errors of the scenes cancel: what a loop does not close by is the pairs'
/// own error. With c the mean of closure² / Σσ² and Q the normalised scatter about the mean velocity, whose expected
/// value is f² E(s) = f² [(1 − s) E₀ + s E₁] with f² the factor by which the stated variances are wrong, two equations
/// follow, c = f² (1 − s) and Q = f² E(s), and from them s = (Q − c E₀) / (Q − c E₀ + c E₁). Medians over points keep
/// blunders and moving ground out. Our own derivation; checked by `FusionCalibrationTests`.
struct SceneErrorShare {
  /// Values of points whose variances are of one kind.
  private struct Values {
    var closures: [Double] = [], scatters: [Double] = [], own: [Double] = [], scene: [Double] = []
  }

  private let network: FusionNetwork
  private let weighting: PairWeighting
  private var stated = Values(), unstated = Values()
  private var slots: [Int]

  init(network: FusionNetwork, weighting: PairWeighting) {
    (self.network, self.weighting) = (network, weighting)
    slots = Array(repeating: -1, count: network.pairs.count)
  }

  /// Fewest values that anything is taken from.
  private static let fewest = 50

  /// Adds a point that has been gathered.
  mutating func add(_ pixel: inout PixelFusion) {
    guard pixel.samples.count >= 2 else { return }
    let moments = pixel.moments(of: .velocity), closure = closure(pixel)
    guard moments.couples >= 2 else { return }
    for component in 0..<2 {
      let values = pixel.hasSigmas ? \SceneErrorShare.stated : \SceneErrorShare.unstated
      if let closure { self[keyPath: values].closures.append(closure[component]) }
      self[keyPath: values].scatters.append(moments.scatter[component])
      self[keyPath: values].own.append(moments.ownScatter[component])
      self[keyPath: values].scene.append(moments.sceneScatter[component])
    }
  }

  /// Mean of closure² over variance of the loops that are complete; nil when none is.
  private mutating func closure(_ pixel: PixelFusion) -> Components? {
    for (place, sample) in pixel.samples.enumerated() { slots[sample.index] = place }
    defer {
      for sample in pixel.samples { slots[sample.index] = -1 }
    }
    var closure = Components.zero, loops = 0.0
    for loop in network.loops where loop.pairs.allSatisfy({ slots[$0] >= 0 }) {
      var sum = Components.zero, variance = Components.zero
      for (pair, sign) in zip(loop.pairs, loop.signs) {
        let sample = pixel.samples[slots[pair]]
        sum += sign * sample.displacement
        variance += sample.sigma * sample.sigma
      }
      closure += sum * sum / variance
      loops += 1
    }
    return loops > 0 ? closure / loops : nil
  }

  /// The model that the points ask for; a given share is kept.
  func model(share given: Double?) -> ErrorModel {
    let share = given ?? found(stated.scatters.count >= unstated.scatters.count ? stated : unstated)
    return ErrorModel(
      cases: (share.map { [$0] } ?? [0, 1]).map { share in
        let freedom = network.scatterFreedom(share: share, weighting: weighting)
        return ErrorModel.Case(
          share: share, statedFactor: factor(stated, share, freedom),
          unstatedFactor: factor(unstated, share, freedom),
          freedomScale: freedom / max(1e-9, network.freedom(share: share)))
      })
  }

  /// The medians of sums of squares depend on their degrees of freedom, these on the share: a few rounds settle both.
  private func found(_ values: Values) -> Double? {
    guard values.closures.count >= Self.fewest else { return nil }
    let c = median(values.closures) / Self.medianOfChiSquared(network.closureFreedom)
    let own = median(values.own), scene = median(values.scene)
    var share = 0.5
    for _ in 0..<4 {
      let freedom = network.scatterFreedom(share: share, weighting: weighting)
      let rest = median(values.scatters) / Self.medianOfChiSquared(freedom) - c * own
      guard rest > 0, freedom > 0 else { return 0 }
      share = min(1, rest / (rest + c * scene))
    }
    return share
  }

  private func factor(_ values: Values, _ share: Double, _ freedom: Double) -> Double? {
    let expected = (1 - share) * median(values.own) + share * median(values.scene)
    guard values.scatters.count >= Self.fewest, expected > 1e-3, freedom > 0.1 else { return nil }
    return median(values.scatters) / Self.medianOfChiSquared(freedom) / expected
  }

  /// Median of a mean of n squared normal deviates (Wilson & Hilferty 1931); the table's value for one.
  private static func medianOfChiSquared(_ freedom: Double) -> Double {
    let root = 1 - 2 / (9 * max(1, freedom))
    return max(0.4549, root * root * root)
  }
}

// MARK: - Degrees of freedom

extension FusionNetwork {
  /// Rough degrees of freedom of the scatter of the whole network; see `FusionMoments.freedom`.
  func freedom(share: Double) -> Double {
    let used = Set(pairs.flatMap { [$0.earlier, $0.later] }).count
    return FusionMoments.freedom(couples: coupleCount, scenes: used, share: share)
  }

  /// Degrees of freedom 2 E² / Var of the sum of squared deviations from the mean of all pairs (Satterthwaite 1946),
  /// for equal sigmas: (tr M)² / tr M² with M the covariance of the deviations. O(pairs²).
  func scatterFreedom(share: Double, weighting: PairWeighting) -> Double {
    let count = pairs.count
    let weights = pairs.map { weighting == .inverseVariance ? $0.years * $0.years : 1 }
    let total = weights.reduce(0, +)
    let linear = zip(weights, pairs).map { $0 / ($1.years * total) }
    func covariance(_ k: Int, _ l: Int) -> Double {
      let a = pairs[k], b = pairs[l]
      var common = 0.0
      if a.earlier == b.earlier { common += 1 }
      if a.later == b.later { common += 1 }
      if a.earlier == b.later { common -= 1 }
      if a.later == b.earlier { common -= 1 }
      return (1 - share) * (a.couple == b.couple ? 1 : 0) + share / 2 * common
    }
    let mean = (0..<count).map { k in (0..<count).reduce(0.0) { $0 + covariance(k, $1) * linear[$1] } }
    let variance = zip(linear, mean).reduce(0.0) { $0 + $1.0 * $1.1 }
    var trace = 0.0, squares = 0.0
    for k in 0..<count {
      let t = pairs[k].years
      for l in 0..<count {
        let u = pairs[l].years
        let m = covariance(k, l) - t * mean[l] - u * mean[k] + t * u * variance
        if k == l { trace += m }
        squares += m * m
      }
    }
    return trace > 1e-9 ? trace * trace / squares : 0
  }

  /// The same of the sum of the squared closures, in which loops that share pairs are correlated.
  var closureFreedom: Double {
    var squares = 0.0
    let signs = loops.map { Dictionary(uniqueKeysWithValues: zip($0.pairs, $0.signs)) }
    for a in loops.indices {
      for b in loops.indices {
        let common = zip(loops[a].pairs, loops[a].signs).reduce(0.0) { $0 + $1.1 * signs[b][$1.0, default: 0] }
        squares += common * common / Double(loops[a].pairs.count * loops[b].pairs.count)
      }
    }
    return Double(loops.count * loops.count) / max(1, squares)
  }
}
