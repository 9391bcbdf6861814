// SPDX-License-Identifier: Apache-2.0
import Grids

/// Finds which share of the pairs' error variance comes from the scenes.
///
/// Around a loop of the network motion and the errors of the scenes cancel: what a loop does not close by is the pairs'
/// own error. With c the mean of closure² / Σσ² and Q the normalised scatter about the mean velocity, whose expected
/// value is E(s) = (1 − s) E₀ + s E₁ times the factor f² by which the stated variances are wrong, two equations follow,
/// c = f² (1 − s) and Q = f² E(s), and from them s = (Q − c E₀) / (Q − c E₀ + c E₁). Medians over points keep blunders
/// and moving ground out. Our own derivation; checked by `FusionCalibrationTests`.
struct SceneErrorShare {
  private var closures: [Double] = [], scatters: [Double] = []
  private var own: [Double] = [], scene: [Double] = []
  private var slots: [Int]

  init(pairs: Int) { slots = Array(repeating: -1, count: pairs) }

  /// Fewest values that a share is taken from.
  private static let fewest = 50

  /// Adds a point that has been gathered.
  mutating func add(_ pixel: inout PixelFusion) {
    guard pixel.samples.count >= 3 else { return }
    for (place, sample) in pixel.samples.enumerated() { slots[sample.index] = place }
    defer {
      for sample in pixel.samples { slots[sample.index] = -1 }
    }
    var closure = Components.zero, loops = 0.0
    for loop in pixel.network.loops {
      var sum = Components.zero, variance = Components.zero, isComplete = true
      for (pair, sign) in zip(loop.pairs, loop.signs) {
        guard slots[pair] >= 0 else {
          isComplete = false
          break
        }
        let sample = pixel.samples[slots[pair]]
        sum += sign * sample.displacement
        variance += sample.sigma * sample.sigma
      }
      guard isComplete else { continue }
      closure += sum * sum / variance
      loops += 1
    }
    guard loops > 0 else { return }
    let moments = pixel.moments()
    guard moments.scenes > 2 else { return }
    for component in 0..<2 {
      closures.append(closure[component] / loops / Self.medianOfChiSquared(loops))
      scatters.append(moments.scatter[component] / Self.medianOfChiSquared(Double(moments.scenes - 1)))
      own.append(moments.ownScatter[component])
      scene.append(moments.sceneScatter[component])
    }
  }

  /// The share, 0…1; nil when too few points have loops.
  var value: Double? {
    guard closures.count >= Self.fewest else { return nil }
    let c = median(closures), q = median(scatters), rest = q - c * median(own)
    guard rest > 0 else { return 0 }
    return min(1, rest / (rest + c * median(scene)))
  }

  /// Median of a mean of n squared normal deviates (Wilson & Hilferty 1931).
  private static func medianOfChiSquared(_ freedom: Double) -> Double {
    let root = 1 - 2 / (9 * freedom)
    return root * root * root
  }
}
