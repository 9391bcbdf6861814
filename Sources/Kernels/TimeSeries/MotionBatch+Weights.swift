// SPDX-License-Identifier: Apache-2.0

/// How much each pair counts.
extension MotionBatch {
  func heavyTailed(isFirst: Bool) {
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

  func mixture(_ belief: Double) {
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
