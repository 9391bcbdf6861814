// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Testing
import TimeSeries

@Suite("Fusion calibration")
struct FusionCalibrationTests {
  /// The summary and layers of a simulated stack.
  static func fuse(
    _ stack: SimulatedStack, _ overrides: JSONObject = [:]
  ) throws -> (summary: PairFusion.Summary, fused: FusedMotion) {
    let fusion = try PairFusion(network: stack.network, parameters: PairFusion.Parameters(overrides: overrides))
    let layers = stack.layers()
    var out = FusedMotion(rows: stack.rows, columns: stack.columns)
    let summary = try fusion.fuse(
      Window(row: 0, column: 0, rows: stack.rows, columns: stack.columns), threads: 2,
      read: { pair, window in
        var part = PairLayers(
          east: layers[pair].east.cropped(to: window), north: layers[pair].north.cropped(to: window))
        part.eastSigma = layers[pair].eastSigma?.cropped(to: window)
        part.northSigma = layers[pair].northSigma?.cropped(to: window)
        return part
      }, write: { part, window in out.insert(part, atRow: window.row) })
    return (summary, out)
  }

  @Test(
    "error over sigma is 1 within 5 % whatever the scenes' share of the errors, which is found within 0.06",
    arguments: [0.0, 0.5, 1], [PairWeighting.none, .inverseVariance])
  func calibrated(share: Double, weighting: PairWeighting) throws {
    var stack = SimulatedStack(network: try SimulatedStack.network())
    stack.sceneShare = share
    let (found, fused) = try Self.fuse(stack, ["pairWeighting": .string(weighting.rawValue)])
    let estimate = try #require(found.sceneErrorShare)
    #expect(abs(estimate - share) < 0.06, "share \(estimate)")
    let ratio = fused.errorOverSigma(stack)
    #expect(abs(ratio - 1) < 0.05, "error over sigma \(ratio)")
  }

  @Test("taking pairs for independent where the scenes err makes sigma wrong by more than a third")
  func independentIsWrong() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(12, ["maximumRange": 2]))
    stack.sceneShare = 1
    let naive: JSONObject = ["sceneErrorShare": 0, "sigmaSource": "pairs"]
    let adjacent = try Self.fuse(stack, naive).fused.errorOverSigma(stack)
    #expect(adjacent < 0.67, "\(adjacent)")
    let allowed = try Self.fuse(stack).fused.errorOverSigma(stack)
    #expect(abs(allowed - 1) < 0.05, "\(allowed)")
  }

  @Test("with 30 % missing, backward twins and a split network error over sigma stays 1 within 7 %")
  func networks() throws {
    var twins = SimulatedStack(network: try SimulatedStack.network(10, ["pairDirection": "both"]))
    (twins.sceneShare, twins.missingShare) = (0.6, 0.3)
    let ratio = try Self.fuse(twins).fused.errorOverSigma(twins)
    #expect(abs(ratio - 1) < 0.07, "\(ratio)")
    var split = SimulatedStack(network: try SimulatedStack.network(6, ["splitDate": "2020-02-03"]))
    split.sceneShare = 0.7
    #expect(split.network.triplets == 0)
    let across = try Self.fuse(split).fused.errorOverSigma(split)
    #expect(abs(across - 1) < 0.07, "\(across)")
  }

  @Test("stated sigmas wrong by a factor of 2 are mended by the scatter: within 8 %, and the factor is told")
  func wrongSigmas() throws {
    for factor in [0.5, 2] {
      var stack = SimulatedStack(network: try SimulatedStack.network(20))
      (stack.statedFactor, stack.sceneShare) = (factor, 0.5)
      let (summary, fused) = try Self.fuse(stack)
      let found = try #require(summary.sigmaFactor)
      #expect(abs(found * factor - 1) < 0.05, "\(found)")
      let combined = fused.errorOverSigma(stack)
      #expect(abs(combined - 1) < 0.08, "\(factor): \(combined)")
      let pairs = try Self.fuse(stack, ["sigmaSource": "pairs"]).fused.errorOverSigma(stack)
      #expect(abs(pairs * factor - 1) < 0.1, "\(factor): \(pairs)")
    }
  }

  @Test("without stated sigmas the scatter alone gives error over sigma of 1 within 10 %, and the share is found too")
  func scatterOnly() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(20))
    (stack.statedFactor, stack.sceneShare) = (nil, 0.5)
    let (summary, fused) = try Self.fuse(stack)
    let found = try #require(summary.sceneErrorShare)
    #expect(abs(found - 0.5) < 0.06 && summary.sigmaFactor == nil)
    let ratio = fused.errorOverSigma(stack)
    #expect(abs(ratio - 1) < 0.1, "\(ratio)")
  }

  @Test("on still ground the mean of absolutes is 0.8 times a pair's noise, the signed mean is 0 within its error")
  func absoluteBias() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(8, ["minimumRange": 1, "maximumRange": 1]))
    (stack.east, stack.north) = (0, 0)
    let fused = try Self.fuse(stack).fused
    let noise = stack.network.pairs.map { 365.25 / $0.separation }.reduce(0, +) / Double(stack.network.pairs.count)
    let absolute = fused[.eastMeanAbsolute].cells.reduce(0) { $0 + Double($1) } / 2000
    #expect(abs(absolute / noise - (2 / Double.pi).squareRoot()) < 0.02)
    let signed = fused[.eastVelocity].cells.reduce(0) { $0 + Double($1) } / 2000
    #expect(abs(signed) < 0.03 * noise)
  }

  @Test("one blunder in five moves the mean by many times what it moves the median")
  func blunders() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(20))
    stack.blunderShare = 0.2
    let fused = try Self.fuse(stack).fused
    func error(_ layer: FusedLayer) -> Double {
      (fused[layer].cells.reduce(0) { $0 + pow(Double($1) - 12, 2) } / 2000).squareRoot()
    }
    #expect(error(.eastMedian) < 0.2 * error(.eastVelocity))
  }
}

/// The figures of `docs/results/fusion.md`. Not a check: run only when `OGIVE_MEASURE` is set.
@Suite(
  "Fusion measurements",
  .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to anything"),
  .serialized)
struct FusionMeasurements {
  private static let networks: [(name: String, scenes: Int, rules: JSONObject)] = [
    ("ranges 1 to 5", 12, [:]), ("range 1 to 2", 12, ["maximumRange": 2]),
    ("both directions", 12, ["pairDirection": "both"]), ("across a split", 8, ["splitDate": "2020-02-15"]),
    ("4 scenes, all pairs", 4, [:]), ("next scene only", 12, ["maximumRange": 1]),
  ]

  private static func text(_ value: Double) -> String { String(format: "%.2f", value) }

  @Test("calibration of the mean velocity's sigma")
  func calibration() throws {
    print("| network | share | found | combined | pairs | larger | independent |\n|---|---|---|---|---|---|---|")
    for network in Self.networks {
      for share in [0.0, 0.5, 1] {
        var stack = SimulatedStack(network: try SimulatedStack.network(network.scenes, network.rules), rows: 100)
        stack.sceneShare = share
        let combined = try FusionCalibrationTests.fuse(stack)
        let others = try [
          ["sigmaSource": "pairs"], ["sigmaSource": "larger"], ["sceneErrorShare": 0, "sigmaSource": "pairs"],
        ].map { Self.text(try FusionCalibrationTests.fuse(stack, $0).fused.errorOverSigma(stack)) }
        print(
          "| \(network.name), \(stack.network.pairs.count) pairs | \(share) | "
            + "\(combined.summary.sceneErrorShare.map(Self.text) ?? "no loop") | \(Self.text(combined.fused.errorOverSigma(stack))) | "
            + others.joined(separator: " | ") + " |")
      }
    }
  }

  @Test("stated sigmas that are wrong, or absent")
  func wrongSigmas() throws {
    print("| stated / true | scenes | combined | scatter |\n|---|---|---|---|")
    for factor in [0.5, 2, nil] as [Double?] {
      for scenes in [5, 12, 30] {
        var stack = SimulatedStack(network: try SimulatedStack.network(scenes), rows: 60)
        (stack.sceneShare, stack.statedFactor) = (0.5, factor)
        let ratios = try ["combined", "scatter"].map {
          Self.text(try FusionCalibrationTests.fuse(stack, ["sigmaSource": .string($0)]).fused.errorOverSigma(stack))
        }
        print("| \(factor.map { "\($0)" } ?? "none") | \(scenes) | \(ratios.joined(separator: " | ")) |")
      }
    }
  }

  @Test("time per point and pair")
  func time() throws {
    for scenes in [12, 60] {
      var stack = SimulatedStack(network: try SimulatedStack.network(scenes), rows: 200, columns: 200)
      stack.sceneShare = 0.5
      let layers = stack.layers(), fusion = try PairFusion(network: stack.network)
      var best = Double.infinity
      for _ in 0..<3 {
        let start = clock()
        _ = try fusion.fuse(layers)
        best = min(best, Double(clock() - start) / Double(CLOCKS_PER_SEC))
      }
      let values = Double(stack.network.pairs.count * 40_000)
      print("\(stack.network.pairs.count) pairs: \(Self.text(best / values * 1e9)) ns per point and pair")
    }
  }
}
