// SPDX-License-Identifier: Apache-2.0

/// East and north of a quantity.
typealias Components = SIMD2<Double>

/// What is taken as the same in all pairs of a point.
enum FusedQuantity {
  /// Displacement over the time between the scenes, m/yr.
  case velocity
  /// Displacement, m, whatever the time: an event that all pairs span.
  case displacement
}

/// What a mean and the deviations from it say about its error; see `PixelFusion.moments`.
struct FusionMoments {
  /// Mean velocity, m/yr, or displacement, m.
  var mean = Components.zero
  /// Variance of the mean if all error were the pairs' own, and if all came from the scenes.
  var ownVariance = Components.zero, sceneVariance = Components.zero
  /// Sum of the squared normalised deviations, and what it should be in the two cases.
  var scatter = Components.zero, ownScatter = Components.zero, sceneScatter = Components.zero
  /// Scenes and pairs of scenes behind the mean.
  var scenes = 0, couples = 0

  /// Degrees of freedom of the scatter, roughly: errors of the scenes have as many as there are scenes, less one for
  /// their common level and one for the velocity.
  static func freedom(couples: Int, scenes: Int, share: Double) -> Double {
    max(0, (1 - share) * Double(couples - 1) + share * Double(scenes - 2))
  }
}

/// The arithmetic of one point: gathers what pairs measured and forms the means.
///
/// Errors of displacements are modelled as e = η − ε(earlier) + ε(later): an error η of the pair's own and an error of
/// each scene, which comes back in every pair that uses it. With s the scenes' share of the variance and b = ∓1 for the
/// earlier and later scene of a pair, the covariance of two pairs is
///
///     C(k, l) = σ(k) σ(l) [(1 − s) δ(couple k, couple l) + s/2 Σ over scenes b(k) b(l)].
///
/// The mean velocity is linear in the displacements, v = Σ a d, so its variance is aᵀ C a: linear in s.
struct PixelFusion {
  /// One accepted match.
  struct Sample {
    var pair: FusionNetwork.Pair
    var index: Int
    /// Displacement along time, m, and its sigma (1 where the sigmas are not known).
    var displacement, sigma: Components
    var weight: Components
  }

  let network: FusionNetwork
  let parameters: PairFusion.Parameters
  /// Whether all pairs span one event, whose displacement is wanted as well.
  let isEvent: Bool
  // Copies of parameters: reading one through its wrapper for every match would cost as much as the arithmetic.
  private let threshold: Float
  private let weighting: PairWeighting
  private let weighsByClarity: Bool
  private(set) var samples: [Sample] = []
  /// Whether all samples have sigmas.
  private(set) var hasSigmas = false
  private(set) var aboveThreshold = 0
  private(set) var hasCorrelations = false
  private var sceneSums: [Components]
  private var coupleSums: [Components]
  /// Number of the visit at which a scene was last counted.
  private var stamps: [Int]
  private var stamp = 0

  init(network: FusionNetwork, parameters: PairFusion.Parameters, isEvent: Bool = false) {
    (self.network, self.parameters, self.isEvent) = (network, parameters, isEvent)
    threshold = Float(parameters.minimumCorrelation)
    (weighting, weighsByClarity) = (parameters.pairWeighting, parameters.weighsByClarity)
    sceneSums = Array(repeating: .zero, count: network.sceneCount)
    coupleSums = Array(repeating: .zero, count: network.coupleCount)
    stamps = Array(repeating: 0, count: network.sceneCount)
    samples.reserveCapacity(network.pairs.count)
  }

  /// Gathers the matches of one point from a block of values.
  mutating func gather(_ block: PairBlock, at pixel: Int) {
    samples.removeAll(keepingCapacity: true)
    (hasSigmas, hasCorrelations, aboveThreshold) = (true, false, 0)
    for index in network.pairs.indices {
      let values = block.values(ofPair: index, at: pixel)
      let isMeasured = !values.east.isNaN && !values.north.isNaN
      if block.hasCorrelation[index] {
        hasCorrelations = true
        guard isMeasured, values.ncc >= threshold else { continue }
        aboveThreshold += 1
      }
      let pair = network.pairs[index]
      let clarity = weighsByClarity && !values.clarity.isNaN ? Double(max(0, values.clarity)) : 1
      guard isMeasured, clarity > 0 else { continue }
      let sigma = Components(Double(values.eastSigma), Double(values.northSigma))
      let isKnown = sigma.x > 0 && sigma.y > 0 && sigma.x.isFinite && sigma.y.isFinite
      var weight = Components(repeating: clarity)
      switch weighting {
      case .none: break
      case .inverseVariance:
        guard isKnown else { continue }
        weight *= pair.years * pair.years / (sigma * sigma)
      case .correlation:
        guard !block.hasCorrelation[index] || values.ncc > 0 else { continue }
        weight *= block.hasCorrelation[index] ? Double(values.ncc) : 1
      }
      hasSigmas = hasSigmas && isKnown
      let displacement = pair.sign * Components(Double(values.east), Double(values.north))
      samples.append(Sample(pair: pair, index: index, displacement: displacement, sigma: sigma, weight: weight))
    }
    if !hasSigmas {
      for place in samples.indices { samples[place].sigma = .one }
    }
  }

  /// The mean with what is needed for its sigma. O(pairs).
  mutating func moments(of quantity: FusedQuantity) -> FusionMoments {
    func time(_ sample: Sample) -> Double { quantity == .velocity ? sample.pair.years : 1 }
    var m = FusionMoments()
    var total = Components.zero, sum = Components.zero
    for sample in samples {
      total += sample.weight
      sum += sample.weight * sample.displacement / time(sample)
    }
    m.mean = sum / total
    for sample in samples {
      (sceneSums[sample.pair.earlier], sceneSums[sample.pair.later]) = (.zero, .zero)
      coupleSums[sample.pair.couple] = .zero
    }
    for sample in samples {
      let share = sample.weight / (time(sample) * total) * sample.sigma
      sceneSums[sample.pair.earlier] -= share
      sceneSums[sample.pair.later] += share
      coupleSums[sample.pair.couple] += share
    }
    addVariances(to: &m)
    for sample in samples {
      let t = time(sample), variance = sample.sigma * sample.sigma
      let own = sample.sigma * coupleSums[sample.pair.couple]
      let scene = 0.5 * sample.sigma * (sceneSums[sample.pair.later] - sceneSums[sample.pair.earlier])
      let deviation = sample.displacement - m.mean * t
      m.scatter += deviation * deviation / variance
      m.ownScatter += 1 - (2 * t * own - t * t * m.ownVariance) / variance
      m.sceneScatter += 1 - (2 * t * scene - t * t * m.sceneVariance) / variance
    }
    return m
  }

  /// Sums over the scenes and couples that occur, each once.
  private mutating func addVariances(to m: inout FusionMoments) {
    var lastCouple = -1
    stamp += 1
    for sample in samples {
      if sample.pair.couple != lastCouple {  // pairs of one couple stand side by side
        lastCouple = sample.pair.couple
        m.couples += 1
        m.ownVariance += coupleSums[lastCouple] * coupleSums[lastCouple]
      }
      add(scene: sample.pair.earlier, to: &m)
      add(scene: sample.pair.later, to: &m)
    }
  }

  private mutating func add(scene: Int, to m: inout FusionMoments) {
    guard stamps[scene] != stamp else { return }
    stamps[scene] = stamp
    m.scenes += 1
    m.sceneVariance += 0.5 * sceneSums[scene] * sceneSums[scene]
  }
}
