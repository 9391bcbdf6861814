// SPDX-License-Identifier: Apache-2.0
import Grids
import Simulation
import Testing
import TimeSeries

@Suite("Pair sigma model")
struct PairSigmaModelTests {
  /// Offsets of all pairs at some points, whose true variance follows a model; motion and scene errors close.
  private func fitted(
    _ truth: PairSigmaModel, points: Int = 4000, blunders: Double = 0, network: PairNetwork
  ) -> PairSigmaModel? {
    var fit = PairSigmaFit(network: network)
    var random = SeededRandom(seed: 5)
    for _ in 0..<points {
      let scenes = network.scenes.map { _ in random.normalPair() }
      let quality = random.uniform()
      fit.add(
        network.pairs.map { pair in
          let ncc = Float(0.3 + 0.69 * min(1, quality * 0.7 + 0.3 * random.uniform()))
          let stated = Float(0.02 + 0.1 * random.uniform()), sigma = Double(truth.sigma(stated: stated, ncc: ncc))
          let noise = random.normalPair(), sign = pair.isBackward ? -1.0 : 1
          let jump = random.uniform() < blunders ? 20 * (random.uniform() - 0.5) : 0
          let x = 3 + scenes[pair.later].0 - scenes[pair.earlier].0 + sigma * noise.0 + jump - 3
          let y = scenes[pair.later].1 - scenes[pair.earlier].1 + sigma * noise.1
          return .init(dx: Float(sign * x), dy: Float(sign * y), dxSigma: stated, dySigma: stated, ncc: ncc)
        })
    }
    return fit.model()
  }

  @Test(
    "finds the sigmas of pairs within 10 % from what loops do not close by, whatever the scenes' own errors",
    arguments: [
      PairSigmaModel(base: 0, decorrelation: 0.05, factor: 0),
      PairSigmaModel(base: 0.002, decorrelation: 0, factor: 4),
      PairSigmaModel(base: 0.001, decorrelation: 0.03, factor: 1),
    ])
  func recovered(truth: PairSigmaModel) throws {
    let found = try #require(fitted(truth, network: SimulatedStack.network()))
    for (stated, ncc) in [(Float(0.03), Float(0.9)), (0.1, 0.9), (0.03, 0.5), (0.1, 0.5)] {
      let ratio = found.sigma(stated: stated, ncc: ncc) / truth.sigma(stated: stated, ncc: ncc)
      #expect(abs(ratio - 1) < 0.1, "\(stated) \(ncc): \(ratio), \(found)")
    }
  }

  @Test("one match in fifty that is wrong by pixels changes the sigmas by less than 15 %")
  func blunders() throws {
    let truth = PairSigmaModel(base: 0.001, decorrelation: 0.03, factor: 1)
    let found = try #require(fitted(truth, blunders: 0.02, network: SimulatedStack.network()))
    #expect(abs(found.sigma(stated: 0.05, ncc: 0.8) / truth.sigma(stated: 0.05, ncc: 0.8) - 1) < 0.15, "\(found)")
  }

  @Test("backward pairs, whose offsets run against time, close too")
  func backward() throws {
    let truth = PairSigmaModel(base: 0.01, decorrelation: 0, factor: 0)
    let forward = try SimulatedStack.network()
    let turned = PairNetwork(
      scenes: forward.scenes,
      pairs: forward.pairs.enumerated().map { index, pair in
        ScenePair(
          earlier: pair.earlier, later: pair.later, isBackward: index % 3 == 0, separation: pair.separation)
      })
    let found = try #require(fitted(truth, network: turned))
    #expect(abs(found.sigma(stated: 0.05, ncc: 0.8) / 0.1 - 1) < 0.1, "\(found)")
  }

  @Test("without loops nothing is said")
  func noLoops() throws {
    let truth = PairSigmaModel(base: 0.01, decorrelation: 0, factor: 0)
    #expect(fitted(truth, network: try SimulatedStack.network(12, ["maximumRange": 1])) == nil)
  }
}
