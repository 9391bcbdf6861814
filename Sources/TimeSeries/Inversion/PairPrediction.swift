// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a model expects a pair to measure, with its error: most pairs are good, some are wrong.
public struct PairPrediction: Hashable, Sendable {
  /// Displacement between the two dates, m, and its standard deviation in the model.
  public let value, modelSigma: Double
  /// Standard deviation of a good pair about the truth, and of a wrong one, m.
  public let goodSigma, wrongSigma: Double
  /// Probability that a pair is wrong.
  public let wrongShare: Double

  public init(value: Double, modelSigma: Double, goodSigma: Double, wrongSigma: Double, wrongShare: Double) {
    self.value = value
    self.modelSigma = modelSigma
    self.goodSigma = goodSigma
    self.wrongSigma = wrongSigma
    self.wrongShare = wrongShare
  }

  /// Half the width of the interval about `value` that a pair lies in with a probability, m.
  public func halfWidth(probability: Double) -> Double {
    let good = (modelSigma * modelSigma + goodSigma * goodSigma).squareRoot()
    let wrong = (modelSigma * modelSigma + wrongSigma * wrongSigma).squareRoot()
    guard good.isFinite, wrong.isFinite else { return .nan }
    var low = 0.0, high = 10 * max(good, wrong)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let inside =
        (1 - wrongShare) * erf(middle / (good * 2.0.squareRoot())) + wrongShare
        * erf(middle / (wrong * 2.0.squareRoot()))
      if inside < probability { low = middle } else { high = middle }
    }
    return high
  }
}
