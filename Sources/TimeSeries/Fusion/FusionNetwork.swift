// SPDX-License-Identifier: Apache-2.0

/// The pairs of a network in the form that the arithmetic of a point needs.
struct FusionNetwork: Sendable {
  struct Pair: Sendable {
    /// Time between the scenes, yr.
    let years: Double
    /// −1 for a backward pair.
    let sign: Double
    let earlier, later: Int
    /// Which two scenes, whatever the direction: forward and backward matches see the same images and noise.
    let couple: Int
  }

  let pairs: [Pair]
  let sceneCount, coupleCount: Int
  let loops: [ClosureLoop]

  init(_ network: PairNetwork) {
    var pairs: [Pair] = [], couple = -1
    for (index, pair) in network.pairs.enumerated() {
      let before = index > 0 ? network.pairs[index - 1] : nil
      if before?.earlier != pair.earlier || before?.later != pair.later { couple += 1 }
      pairs.append(
        Pair(
          years: pair.separation / daysPerYear, sign: pair.isBackward ? -1 : 1, earlier: pair.earlier,
          later: pair.later, couple: couple))
    }
    self.pairs = pairs
    sceneCount = network.scenes.count
    coupleCount = couple + 1
    loops = network.closureLoops
  }
}
