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
  package private(set) var estimate: MotionHyperparameters

  /// Rounds that the slowest pixel took.
  package private(set) var rounds = 0

  private let weights: UnsafeMutablePointer<WideLanes>
  private let normal, factor: UnsafeMutablePointer<WideLanes>
  private let right, inverse, scratch: UnsafeMutablePointer<WideLanes>
  /// Whether all components have the same stated variances, so that one matrix serves them.
  private var sharesMatrix = false
  private var active = SIMDMask<SIMD8<Int64>>(repeating: true)
  /// Effective number of unknowns, for each component.
  private var freedom: [WideLanes]

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
      smoothness: one, seasonality: one.map { Array(repeating: $0, count: system.seasons.count) }, noise: one,
      wrongShare: WideLanes(repeating: 0),
      wrongVariance: WideLanes(repeating: 1))
    freedom = one
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
  private lazy var unit: [WideLanes] = Array(repeating: WideLanes(repeating: 1), count: components)
  private lazy var settled: [SIMDMask<SIMD8<Int64>>] = Array(repeating: .init(repeating: false), count: components)

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
      for element in system.roughness {
        factor[element.place].addProduct(element.value, estimate.smoothness[component])
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

  /// One step of the strengths up the evidence.
  private func strengthen(_ component: Int, _ limits: MotionLimits, mayStop: Bool) {
    let values = solution[component], spread = covariance[component]
    var square = WideLanes(repeating: 0), trace = square
    for element in system.roughness {
      trace.addProduct(element.whole, spread[element.place])
    }
    square = roughness(of: values)
    let least = WideLanes(repeating: 1e-3)
    var change = WideLanes(repeating: 0)
    var used = WideLanes(repeating: Double(system.layout.order - 1))
    func step(
      _ strength: inout WideLanes, _ rank: Int, _ trace: WideLanes, _ square: WideLanes, _ range: ClosedRange<Double>
    ) {
      let taken = strength * trace
      used -= taken
      let free = (WideLanes(repeating: Double(rank)) - taken).greater(least)
      let aim = free / square.greater(WideLanes(repeating: 1e-300))
      let ratio = (aim / strength).logarithm * limits.relaxation
      let bounded = ratio.greater(WideLanes(repeating: -3)).lesser(WideLanes(repeating: 3))
      let next = (strength * bounded.exponential)
        .greater(unit[component] * range.lowerBound).lesser(unit[component] * range.upperBound)
      let moved = (next / strength).logarithm
      change = change.greater(moved).greater(-moved)
      strength.replace(with: next, where: active)
    }
    step(&estimate.smoothness[component], system.roughnessRank, trace, square, limits.smoothness)
    for (harmonic, unknowns) in system.seasons.enumerated() {
      var square = WideLanes(repeating: 0), trace = square
      for unknown in unknowns {
        square.addProduct(values[unknown], values[unknown])
        trace += spread[system.layout.place(unknown, unknown)]
      }
      step(&estimate.seasonality[component][harmonic], unknowns.count, trace, square, limits.seasonality)
    }
    freedom[component] = used
    settled[component] = mayStop ? change .< WideLanes(repeating: limits.tolerance) : .init(repeating: false)
  }

  private func roughness(of values: UnsafePointer<WideLanes>) -> WideLanes {
    // Second differences, not the quadratic form of the matrix: that one loses all digits for smooth motion.
    var sum = WideLanes(repeating: 0)
    for knot in 1..<max(1, system.roughnessRank + 1) {
      let bend = values[knot - 1] - 2 * values[knot] + values[knot + 1]
      sum.addProduct(bend, bend)
    }
    return sum
  }

  /// RMS of the pairs about the model, each weighted by the probability that it is right.
  package func misclosure(_ component: Int) -> WideLanes {
    var squares = WideLanes(repeating: 0), sum = squares
    for pair in 0..<system.pairs.count {
      squares.addProduct(residuals[component][pair] * residuals[component][pair], trust[pair])
      sum += trust[pair]
    }
    return (squares / sum.greater(WideLanes(repeating: 1e-300))).squareRoot()
  }

  // MARK: - Weights

  private func heavyTailed(isFirst: Bool) {
    let zero = WideLanes(repeating: 0), pairs = system.pairs.count, count = Double(components)
    var scale = zero, present = zero
    for component in 0..<components { scale += estimate.noise[component] }
    scale /= count
    func square(_ pair: Int) -> WideLanes {
      var sum = zero
      for component in 0..<components {
        sum.addProduct(residuals[component][pair] * residuals[component][pair], precision[component][pair])
      }
      return sum
    }
    if isFirst {
      // The mean of logarithms hardly feels wrong pairs; of a squared normal error it is 0.562 (two components: 1.123)
      // of the variance (times their count).
      var sum = zero
      for pair in 0..<pairs {
        let has = precision[0][pair] .> zero
        sum += zero.replacing(with: square(pair).greater(WideLanes(repeating: 1e-12)).logarithm, where: has)
        present += zero.replacing(with: 1, where: has)
      }
      scale = (sum / present.greater(WideLanes(repeating: 1))).exponential / (components == 1 ? 0.281 : 1.123)
    }
    var weighted = zero
    present = zero
    for pair in 0..<pairs {
      let has = precision[0][pair] .> zero
      let own = square(pair)
      let weight = (2 + count) / (2 + own / scale)
      weighted += zero.replacing(with: weight * own, where: has)
      present += zero.replacing(with: 1, where: has)
      trust[pair] = zero.replacing(with: weight, where: has)
    }
    let next = (weighted / (count * present.greater(WideLanes(repeating: 1)))).greater(WideLanes(repeating: 1e-12))
    for component in 0..<components { estimate.noise[component] = next }
    // Wrong ones are far off: where they are is found by the mixture.
    var variance = zero
    for component in 0..<components {
      var sum = zero
      for pair in 0..<pairs { sum += precision[component][pair] }
      variance += next * present / sum.greater(WideLanes(repeating: 1e-300))
    }
    estimate.wrongVariance = 400 * variance / count
  }

  private func mixture(_ belief: Double) {
    let zero = WideLanes(repeating: 0), one = WideLanes(repeating: 1)
    let odds = estimate.wrongShare / (one - estimate.wrongShare)
    let wrongPrecision = one / estimate.wrongVariance
    var good = zero, present = zero, wrongSum = zero
    var goodSums = Array(repeating: zero, count: components), variances = goodSums
    let noise = estimate.noise
    for pair in 0..<system.pairs.count {
      let has = precision[0][pair] .> zero
      var ratio = odds, exponent = zero, square = zero
      for component in 0..<components {
        let residual = residuals[component][pair], own = residual * residual
        let stated = precision[component][pair].replacing(with: 1, where: .!has)
        ratio *= (noise[component] / stated * wrongPrecision).squareRoot()
        exponent += own * (stated / noise[component] - wrongPrecision)
        square += own
      }
      let probability = zero.replacing(with: one / (one + ratio * (0.5 * exponent).exponential), where: has)
      for component in 0..<components {
        let residual = residuals[component][pair]
        goodSums[component].addProduct(probability * residual * residual, precision[component][pair])
        variances[component] += zero.replacing(
          with: probability * noise[component] / precision[component][pair].replacing(with: 1, where: .!has),
          where: has)
      }
      good += probability
      present += zero.replacing(with: 1, where: has)
      wrongSum += zero.replacing(with: (one - probability) * square / Double(components), where: has)
      trust[pair].replace(with: probability, where: active)
    }
    var worst = zero
    for component in 0..<components {
      // The unknowns take their share of the scatter.
      let free = (good - freedom[component]).greater(0.25 * good) + belief
      estimate.noise[component].replace(
        with: ((goodSums[component] + belief) / free.greater(WideLanes(repeating: 1e-9))).greater(
          WideLanes(repeating: 1e-12)), where: active)
      worst = worst.greater(variances[component] / good.greater(one))
    }
    let wrong = present - good
    let share = ((wrong + 0.5) / (present + 10)).greater(WideLanes(repeating: 0.002)).lesser(
      WideLanes(repeating: 0.6))
    estimate.wrongShare.replace(with: share, where: active)
    estimate.wrongVariance.replace(
      with: ((wrongSum + 400 * worst) / (wrong + 1)).greater(25 * worst), where: active)
  }
}
