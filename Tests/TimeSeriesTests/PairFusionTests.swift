// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Testing
import TimeSeries

@Suite("Pair fusion")
struct PairFusionTests {
  private func fuse(
    _ network: PairNetwork, _ layers: [PairLayers], _ overrides: JSONObject = [:], threads: Int = 1
  ) throws -> FusedMotion {
    try PairFusion(network: network, parameters: PairFusion.Parameters(overrides: overrides))
      .fuse(layers, threads: threads)
  }

  /// One point per pair, from (east, north) displacements in metres.
  private func points(_ values: [(Float, Float)], sigmas: [Float]? = nil, ncc: [Float]? = nil) -> [PairLayers] {
    func one(_ value: Float) -> Grid<Float> { Grid(rows: 1, columns: 1, cells: [value]) }
    return values.enumerated().map { index, value in
      PairLayers(
        east: one(value.0), north: one(value.1), sigmas: sigmas.map { (one($0[index]), one($0[index])) },
        ncc: ncc.map { one($0[index]) })
    }
  }

  /// Scenes a year apart, so that metres are metres per year.
  private func yearly(_ ends: [(Int, Int, Bool)]) -> PairNetwork {
    let dated = (0..<5).map { DatedScene(id: "s\($0)", date: CalendarDate(dayNumber: 1461 * $0 / 4)) }
    return PairNetwork(
      scenes: dated,
      pairs: ends.map {
        ScenePair(earlier: $0.0, later: $0.1, isBackward: $0.2, separation: 365.25 * Double($0.1 - $0.0))
      })
  }

  private func value(_ fused: FusedMotion, _ layer: FusedLayer) -> Double { Double(fused[layer].cells[0]) }

  @Test("without noise every mean is the truth within 1e-6 of it, forward and backward pairs alike")
  func exact() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(6, ["pairDirection": "both"]), rows: 3, columns: 4)
    stack.sigma = 0
    stack.statedFactor = nil
    let fused = try fuse(stack.network, stack.layers())
    for (layer, truth) in [
      (FusedLayer.eastVelocity, 12.0), (.northVelocity, -5), (.eastMedian, 12), (.northMedian, -5), (.speed, 13),
      (.eastMeanAbsolute, 12), (.northMeanAbsolute, 5), (.vectorCoherence, 1), (.unitVectorCoherence, 1),
      (.count, Double(stack.network.pairs.count)), (.eastSpread, 0),
    ] {
      #expect(
        fused[layer].cells.allSatisfy { abs(Double($0) - truth) < 1e-5 * max(1, abs(truth)) }, "\(layer.rawValue)")
    }
    let years = stack.network.pairs.map(\.separation).reduce(0, +) / Double(stack.network.pairs.count) / 365.25
    #expect(abs(value(fused, .eastDisplacement) - 12 * years) < 1e-5)
    #expect(abs(value(fused, .meanDisplacement) - 13 * years) < 1e-5)
    #expect(fused[.qualityIndex].cells.allSatisfy { $0.isNaN })  // nobody gave correlations
  }

  @Test("means, coherences and spread of three vectors are those of the formulas")
  func formulas() throws {
    let net = yearly([(0, 1, false), (1, 2, false), (2, 3, false)])
    let fused = try fuse(net, points([(3, 4), (0, -10), (0, 0)]))
    #expect(abs(value(fused, .eastVelocity) - 1) < 1e-6 && abs(value(fused, .northVelocity) + 2) < 1e-6)
    #expect(abs(value(fused, .northMeanAbsolute) - 14.0 / 3) < 1e-6)
    #expect(abs(value(fused, .meanDisplacement) - 5) < 1e-6)
    #expect(value(fused, .northMedian) == 0)
    // |(3, −6)| over 5 + 10 + 0, and |(0.6, 0.8) + (0, −1)| over the two vectors that have a direction.
    #expect(abs(value(fused, .vectorCoherence) - 45.0.squareRoot() / 15) < 1e-6)
    #expect(abs(value(fused, .unitVectorCoherence) - 0.4.squareRoot() / 2) < 1e-6)
    #expect(abs(value(fused, .eastSpread) - 3.0.squareRoot()) < 1e-6)
  }

  @Test("a pair below the threshold counts in no mean but in the quality index")
  func threshold() throws {
    let net = yearly([(0, 1, false), (1, 2, false), (2, 3, false), (3, 4, false)])
    let fused = try fuse(net, points([(1, 0), (3, 0), (90, 0), (.nan, 0)], ncc: [0.2, 0.9, 0.1, 0.9]))
    #expect(value(fused, .eastVelocity) == 2 && value(fused, .count) == 2 && value(fused, .qualityIndex) == 0.5)
  }

  @Test("weights: 1/sigma² of the velocity, correlation, clarity")
  func weights() throws {
    let net = yearly([(0, 1, false), (0, 2, false)])
    let layers = points([(1, 0), (4, 0)], sigmas: [1, 1], ncc: [0.9, 0.3])  // velocities 1 and 2
    let inverse = try fuse(net, layers, ["pairWeighting": "inverse-variance"])
    #expect(abs(value(inverse, .eastVelocity) - (1 + 4 * 2) / 5.0) < 1e-6)
    let correlation = try fuse(net, layers, ["pairWeighting": "correlation"])
    #expect(abs(value(correlation, .eastVelocity) - (0.9 + 0.6) / 1.2) < 1e-6)
    var cloudy = layers
    cloudy[1].clarity = Grid(rows: 1, columns: 1, cells: [0.25])
    let dimmed = try fuse(net, cloudy), ignored = try fuse(net, cloudy, ["weighsByClarity": false])
    #expect(abs(value(dimmed, .eastVelocity) - 1.5 / 1.25) < 1e-6)
    #expect(abs(value(ignored, .eastVelocity) - 1.5) < 1e-6)
    cloudy[1].clarity = Grid(rows: 1, columns: 1, cells: [0])
    let hidden = try fuse(net, cloudy)
    #expect(value(hidden, .count) == 1)
  }

  @Test("sigma of a chain: own errors average out, those of the scenes cancel but for the ends")
  func chain() throws {
    let net = yearly([(0, 1, false), (1, 2, false), (2, 3, false), (3, 4, false)])
    let layers = points([(1, 0), (1, 0), (1, 0), (1, 0)], sigmas: [2, 2, 2, 2])
    for (share, expected) in [(0.0, 1.0), (1, 0.5), (0.5, (0.625).squareRoot())] {
      let fused = try fuse(net, layers, ["sigmaSource": "pairs", "sceneErrorShare": .number(share)])
      #expect(abs(value(fused, .eastSigma) - expected) < 1e-6)
    }
    // Without a loop the share is not known: the larger one.
    let unknown = try fuse(net, layers, ["sigmaSource": "pairs"])
    #expect(abs(value(unknown, .eastSigma) - 1) < 1e-6)
  }

  @Test("sigma of a star: the error of the scene that all pairs share stays, and backward twins are no new evidence")
  func star() throws {
    let net = yearly([(0, 1, false), (0, 2, false)])
    let layers = points([(1, 0), (2, 0)], sigmas: [1, 1])
    // v = (d1 + d2/2) / 2; scene errors have variance 1/2: ((3/4)² + (1/2)² + (1/4)²) / 2.
    let fused = try fuse(net, layers, ["sigmaSource": "pairs", "sceneErrorShare": 1])
    #expect(abs(value(fused, .eastSigma) - 0.4375.squareRoot()) < 1e-6)
    let twins = yearly([(0, 1, false), (0, 1, true), (0, 2, false), (0, 2, true)])
    let both = points([(1, 0), (-1, 0), (2, 0), (-2, 0)], sigmas: [1, 1, 1, 1])
    for share: JSONValue in [0, 1] {
      let overrides: JSONObject = ["sigmaSource": "pairs", "sceneErrorShare": share]
      let one = try fuse(net, layers, overrides), two = try fuse(twins, both, overrides)
      #expect(abs(value(one, .eastSigma) - value(two, .eastSigma)) < 1e-6)
    }
  }

  @Test("a single pair has the sigma of its velocity and no spread; no pair has nothing but a count of 0")
  func single() throws {
    let net = yearly([(0, 2, false), (1, 2, false)])
    let fused = try fuse(net, points([(1, 0), (.nan, 1)], sigmas: [3, 3]))
    #expect(abs(value(fused, .eastSigma) - 1.5) < 1e-6 && value(fused, .eastSpread).isNaN)
    let none = try fuse(net, points([(.nan, 0), (1, .nan)], ncc: [0.9, 0.9]))
    #expect(value(none, .count) == 0 && value(none, .qualityIndex) == 0)
    #expect(FusedLayer.allCases.filter { !value(none, $0).isNaN } == [.count, .qualityIndex])
    let three = try fuse(net, points([(1, 0), (1, 0)]), ["minimumPairs": 3])
    #expect(value(three, .count) == 2 && value(three, .eastVelocity).isNaN)
  }

  @Test(
    "an event that all pairs span: displacement whatever the time between, and the sigma of its mean",
    arguments: [0.0, 1])
  func event(share: Double) throws {
    let factor = share == 0 ? 0.5 : 0.5.squareRoot()
    let net = yearly([(0, 2, false), (0, 3, false), (1, 2, false), (1, 3, false)])
    let layers = points(Array(repeating: (3, -4), count: 4), sigmas: [2, 2, 2, 2])
    var parameters = PairFusion.Parameters()
    (parameters.sceneErrorShare, parameters.sigmaSource) = (share, .pairs)
    let fused = try PairFusion(network: net, parameters: parameters, isEvent: true).fuse(layers)
    #expect(value(fused, .displacement) == 5 && value(fused, .eastDisplacement) == 3)
    // Four pairs: own errors are averaged over four, errors of scenes over two before and two after.
    #expect(abs(value(fused, .eastDisplacementSigma) - 2 * factor) < 1e-6)
    #expect(abs(value(fused, .northDisplacementSigma) - 2 * factor) < 1e-6)
    let plain = try PairFusion(network: net, parameters: parameters).fuse(layers)
    #expect(value(plain, .displacement).isNaN && value(plain, .eastDisplacementSigma).isNaN)
  }

  @Test("doubling all displacements doubles what has a unit and leaves the rest; mirroring changes signs")
  func units() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(7), rows: 6, columns: 7)
    (stack.missingShare, stack.sceneShare) = (0.2, 0.4)
    let layers = stack.layers()
    var scaled = layers, mirrored = layers
    for index in layers.indices {
      for grid in [\PairLayers.east, \.north] {
        scaled[index][keyPath: grid] = layers[index][keyPath: grid].map { 2 * $0 }
      }
      scaled[index].eastSigma = layers[index].eastSigma?.map { 2 * $0 }
      scaled[index].northSigma = layers[index].northSigma?.map { 2 * $0 }
      mirrored[index].east = layers[index].east.map { -$0 }
    }
    let base = try fuse(stack.network, layers), twice = try fuse(stack.network, scaled)
    let mirror = try fuse(stack.network, mirrored)
    for layer in FusedLayer.allCases {
      let factor: Float = layer.unit.isEmpty ? 1 : 2
      #expect(same(twice[layer], base[layer].map { factor * $0 }), "\(layer.rawValue) times 2")
      let sign: Float = [.eastVelocity, .eastMedian, .eastDisplacement].contains(layer) ? -1 : 1
      #expect(same(mirror[layer], base[layer].map { sign * $0 }), "\(layer.rawValue) mirrored")
    }
  }

  @Test("the error of a length is that of the component along it, and the larger one where there is no length")
  func lengthSigma() {
    #expect(VectorLength.sigma(3, 0, 0.5, 2) == 0.5)
    #expect(abs(VectorLength.sigma(3, -4, 0.5, 1) - (2.25 + 16).squareRoot() / 5) < 1e-12)
    #expect(VectorLength.sigma(0, 0, 0.5, 2) == 2)
    #expect(VectorLength.sigma(.nan, 1, 1, 1).isNaN && VectorLength.sigma(0, 0, .nan, 1).isNaN)
    #expect(VectorLength.sigma(1, 1, .nan, 1).isNaN)
  }

  @Test("the order in which pairs and scenes are given changes nothing beyond rounding")
  func order() throws {
    let ends = [(0, 1, false), (0, 2, false), (1, 2, true), (1, 3, false), (2, 3, false)]
    let net = yearly(ends), reversed = yearly(ends.reversed())
    #expect(net.pairs == reversed.pairs)
    let backwards = yearly(ends.map { ($0.0, $0.1, !$0.2) })
    let values: [(Float, Float)] = [(1, 2), (3, 1), (-1, -2), (2.5, 2), (0.5, 1.5)]
    let plain = try fuse(net, points(values)), turned = try fuse(backwards, points(values.map { (-$0.0, -$0.1) }))
    for layer in FusedLayer.allCases { #expect(same(plain[layer], turned[layer])) }
  }

  @Test("blocks of any height and any number of threads give the same bits, and the reader sees every window once")
  func blocks() throws {
    var stack = SimulatedStack(network: try SimulatedStack.network(8), rows: 37, columns: 41)
    (stack.missingShare, stack.sceneShare) = (0.1, 0.5)
    let layers = stack.layers(), whole = try fuse(stack.network, layers, threads: 2)
    var parameters = PairFusion.Parameters()
    parameters.blockMemory = 0.1  // four rows of all pairs
    var windows: [Window] = [], out = FusedMotion(rows: 37, columns: 41)
    let fusion = try PairFusion(network: stack.network, parameters: parameters)
    _ = try fusion.fuse(Window(row: 100, column: 7, rows: 37, columns: 41), threads: 1) { pair, window in
      var part = PairLayers(east: layers[pair].east, north: layers[pair].north)
      let local = Window(row: window.row - 100, column: 0, rows: window.rows, columns: 41)
      part.east = layers[pair].east.cropped(to: local)
      part.north = layers[pair].north.cropped(to: local)
      part.eastSigma = layers[pair].eastSigma?.cropped(to: local)
      part.northSigma = layers[pair].northSigma?.cropped(to: local)
      return part
    } write: { part, window in
      windows.append(window)
      out.insert(part, atRow: window.row - 100)
    }
    #expect(windows.count > 5 && windows.map(\.rows).reduce(0, +) == 37 && windows.allSatisfy { $0.column == 7 })
    for layer in FusedLayer.allCases {
      #expect(zip(out[layer].cells, whole[layer].cells).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  @Test("wrong input: grids that differ, too few grids, no pair")
  func wrongInput() throws {
    let net = yearly([(0, 1, false), (1, 2, false)])
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "no error"
    }
    var layers = points([(1, 0), (1, 0)])
    layers[1].north = Grid(rows: 1, columns: 2, filledWith: 0)
    #expect(
      message { _ = try fuse(net, layers) }
        == "pair 1 has a grid of 1 × 2, the first pair one of 1 × 1; all pairs of a fusion must be on one grid")
    #expect(message { _ = try fuse(net, [layers[0]]) } == "1 pairs were given for a network of 2")
    #expect(message { _ = try fuse(yearly([]), []) } == "there is nothing to fuse: the network has no pair")
    let wide = Window(row: 0, column: 0, rows: 1, columns: 3)
    let fusion = try PairFusion(network: net)
    #expect(
      message { _ = try fusion.fuse(wide, read: { pair, _ in layers[pair] }, write: { _, _ in }) }
        .hasPrefix("pair 0 gives 1 × 1 values where 1 × 3 are needed"))
  }

  /// Equal within rounding, with the same gaps.
  private func same(_ a: Grid<Float>, _ b: Grid<Float>) -> Bool {
    zip(a.cells, b.cells).allSatisfy { $0.isNaN && $1.isNaN || abs($0 - $1) <= 2e-5 * max(1e-3, abs($1)) }
  }

  @Test("every layer of a fusion has a place of its own, in their order")
  func places() {
    var motion = FusedMotion(rows: 1, columns: 2), whole = FusedMotion(rows: 2, columns: 2)
    for (index, layer) in FusedLayer.allCases.enumerated() {
      motion[layer] = Grid(rows: 1, columns: 2, filledWith: Float(index))
    }
    whole.insert(motion, atRow: 1)
    for (index, layer) in FusedLayer.allCases.enumerated() {
      #expect(motion[layer].cells == [Float(index), Float(index)])
      #expect(whole[layer].cells.suffix(2) == [Float(index), Float(index)], "\(layer)")
    }
  }
}
