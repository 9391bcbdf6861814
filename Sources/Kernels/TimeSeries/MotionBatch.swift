// SPDX-License-Identifier: Apache-2.0

/// Motion of eight pixels from their pairs, with its covariance, by a model whose strengths are found by evidence.
///
/// Every lane is worked out by itself and stops by itself: what shares a batch with it has no influence.
package final class MotionBatch {
  package let system: MotionSystem
  package let components: Int

  /// One a component: displacement of each pair, 0 where missing, and 1 / its stated variance, 0 where missing.
  package let data: [UnsafeMutablePointer<WideLanes>]
  package let precision: [UnsafeMutablePointer<WideLanes>]
  /// One a component: unknowns, and their covariances in the envelope.
  package let solution: [UnsafeMutablePointer<WideLanes>]
  package let covariance: [UnsafeMutablePointer<WideLanes>]
  /// Probability that a pair is not wrong.
  package let trust: UnsafeMutablePointer<WideLanes>
  /// One a component: data less model.
  package let residuals: [UnsafeMutablePointer<WideLanes>]
  package internal(set) var estimate: MotionHyperparameters

  /// Rounds that the slowest pixel took.
  package private(set) var rounds = 0

  private let weights: UnsafeMutablePointer<WideLanes>
  private let normal, factor: UnsafeMutablePointer<WideLanes>
  private let right, inverse, scratch: UnsafeMutablePointer<WideLanes>
  /// Whether all components have the same stated variances, so that one matrix serves them.
  private var sharesMatrix = false
  var active = SIMDMask<SIMD8<Int64>>(repeating: true)
  /// Effective number of unknowns, for each component.
  var freedom: [WideLanes]
  /// Of each stretch, what the covariances and the solution hold of its roughness.
  var stretchTraces, stretchSquares: [WideLanes]

  package init(_ system: MotionSystem, components: Int) {
    self.system = system
    self.components = components
    let pairs = system.pairs.count, order = system.layout.order, places = system.layout.count
    func buffers(_ size: Int) -> [UnsafeMutablePointer<WideLanes>] { (0..<components).map { _ in Self.buffer(size) } }
    data = buffers(pairs)
    precision = buffers(pairs)
    solution = buffers(order)
    covariance = buffers(places)
    residuals = buffers(pairs)
    trust = Self.buffer(pairs)
    weights = Self.buffer(pairs)
    normal = Self.buffer(places)
    factor = Self.buffer(places)
    right = Self.buffer(order)
    inverse = Self.buffer(order)
    scratch = Self.buffer(2 * order)
    let one = Array(repeating: WideLanes(repeating: 1), count: components)
    estimate = MotionHyperparameters(
      smoothness: one, steadiness: one.map { Array(repeating: $0, count: system.stretches.count) },
      seasonality: one.map { Array(repeating: $0, count: system.seasons.count) }, noise: one,
      wrongShare: WideLanes(repeating: 0),
      wrongVariance: WideLanes(repeating: 1))
    freedom = one
    let none = Array(repeating: WideLanes(repeating: 0), count: system.stretches.count)
    stretchTraces = none
    stretchSquares = none
  }

  deinit {
    for pointer in data + precision + solution + covariance + residuals { pointer.deallocate() }
    for pointer in [trust, weights, normal, factor, right, inverse, scratch] { pointer.deallocate() }
  }

  private static func buffer(_ size: Int) -> UnsafeMutablePointer<WideLanes> {
    let out = UnsafeMutablePointer<WideLanes>.allocate(capacity: max(1, size))
    out.initialize(repeating: WideLanes(repeating: 0), count: max(1, size))
    return out
  }

  /// Estimates strengths, weights, unknowns and covariances from `data` and `precision`.
  ///
  /// The strengths climb the evidence by MacKay's fixed point (1992, Neural Computation 4, 415, eq. 4.9), a step of it
  /// for each round of weights. Weights are at first those of a heavy-tailed error (Student, two degrees of freedom), which
  /// finds the majority from any start; then the probabilities of a mixture of good pairs and wrong ones (Aitkin & Wilson
  /// 1980, Technometrics 22, 325), which lose wrong pairs wholly.
  ///
  /// - Parameter sharesPrecision: whether `precision` is the same for all components.
  package func run(_ limits: MotionLimits, sharesPrecision: Bool) {
    sharesMatrix = sharesPrecision
    active = .init(repeating: true)
    start(limits)
    for iteration in 0..<limits.iterations {
      solve { component in self.strengthen(component, limits, mayStop: iteration >= Self.heavyRounds + 2) }
      if iteration < Self.heavyRounds { heavyTailed(isFirst: iteration == 0) } else { mixture(limits.belief) }
      settle()
      rounds = iteration + 1
      if !any(active) { break }
    }
    solve { _ in }
  }

  private static let heavyRounds = 3
  /// Where λ stands first, over the mean weight of an unknown: supple, so that no motion is taken for an error.
  private static let firstSmoothness = 0.2
  private static let firstSeasonality = 0.05

  private func start(_ limits: MotionLimits) {
    let zero = WideLanes(repeating: 0)
    for component in 0..<components {
      var sum = zero
      for pair in 0..<system.pairs.count { sum += precision[component][pair] }
      // Strengths are in units of the data's own weight.
      unit[component] = (sum / Double(system.layout.order)).greater(WideLanes(repeating: 1e-30))
      estimate.smoothness[component] = unit[component] * Self.firstSmoothness
      for stretch in system.stretches.indices {
        estimate.steadiness[component][stretch] = WideLanes(repeating: 1)
      }
      for harmonic in system.seasons.indices {
        estimate.seasonality[component][harmonic] = unit[component] * Self.firstSeasonality
      }
      estimate.noise[component] = WideLanes(repeating: 1)
    }
    estimate.wrongShare = WideLanes(repeating: 0.05)
    for pair in 0..<system.pairs.count {
      trust[pair] = zero.replacing(with: 1, where: precision[0][pair] .> zero)
    }
    settled = Array(repeating: .init(repeating: false), count: components)
  }

  /// Mean weight of an unknown by the stated variances, for each component.
  lazy var unit: [WideLanes] = Array(repeating: WideLanes(repeating: 1), count: components)
  lazy var settled: [SIMDMask<SIMD8<Int64>>] = Array(repeating: .init(repeating: false), count: components)

  private func settle() {
    var done = settled[0]
    for mask in settled.dropFirst() { done = done .& mask }
    active = active .& .!done
  }

  // MARK: - Linear system

  /// Unknowns, covariances and residuals of all components for the weights and strengths at hand.
  private func solve(_ then: (Int) -> Void) {
    let layout = system.layout, pairs = system.pairs
    for component in 0..<components {
      for pair in 0..<pairs.count { weights[pair] = precision[component][pair] * trust[pair] }
      if component == 0 || !sharesMatrix {
        normal.update(repeating: WideLanes(repeating: 0), count: layout.count)
        pairs.add(weights: weights, to: normal)
      }
      right.update(repeating: WideLanes(repeating: 0), count: layout.order)
      pairs.add(weights: weights, data: data[component], to: right)
      let scale = 1 / estimate.noise[component]
      for place in 0..<layout.count { factor[place] = normal[place] * scale }
      for unknown in 0..<layout.order { solution[component][unknown] = right[unknown] * scale }
      for (stretch, bends) in system.stretches.enumerated() {
        let strength = estimate.smoothness[component] * estimate.steadiness[component][stretch]
        for element in system.elements(of: bends) {
          factor[element.place].addProduct(element.value, strength)
        }
      }
      for (harmonic, unknowns) in system.seasons.enumerated() {
        for unknown in unknowns {
          factor[layout.place(unknown, unknown)] += estimate.seasonality[component][harmonic]
        }
      }
      for element in system.anchor {
        factor[element.place].addProduct(element.value, unit[component] * Self.anchorWeight)
      }
      layout.factor(factor, inverse: inverse)
      layout.forward(factor, inverse: inverse, solution[component])
      layout.backward(factor, inverse: inverse, solution[component])
      layout.invert(factor, inverse: inverse, into: covariance[component], scratch: scratch)
      for pair in 0..<pairs.count {
        residuals[component][pair] = data[component][pair] - pairs.value(pair, of: solution[component])
      }
      then(component)
    }
  }

  /// How much the first date outweighs a mean unknown: far above 1, far below what rounding loses.
  private static let anchorWeight = 1e4

  /// RMS of the pairs about the model, each weighted by the probability that it is right.
  package func misclosure(_ component: Int) -> WideLanes {
    var squares = WideLanes(repeating: 0), sum = squares
    for pair in 0..<system.pairs.count {
      squares.addProduct(residuals[component][pair] * residuals[component][pair], trust[pair])
      sum += trust[pair]
    }
    return (squares / sum.greater(WideLanes(repeating: 1e-300))).squareRoot()
  }
}
