// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Simulation

/// A simulated field: motion, artefacts of known size and noise, each kept apart.
struct ArtefactScene {
  enum Motion: CaseIterable { case none, glacier, fault }
  enum Artefact: CaseIterable { case ramp, height, stripes, jitter }

  let rows = 480, columns = 560
  /// m.
  let cellSize = 10.0
  /// Degrees clockwise from up: a descending orbit.
  let trackDirection = 194.0
  let motion: OffsetGrids
  var artefacts: [Artefact: OffsetGrids] = [:]
  let isStill: Mask
  let height: Grid<Float>
  let detector: Grid<Int32>
  private let noise: OffsetGrids

  init(_ kind: Motion, noiseSigma: Double = 0.1, seed: UInt64 = 1) {
    let rows = self.rows, columns = self.columns, track = trackDirection * .pi / 180
    func grid(_ value: (Double, Double) -> Double) -> Grid<Float> {
      var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
      for r in 0..<rows { for c in 0..<columns { out[r, c] = Float(value(Double(r), Double(c))) } }
      return out
    }
    let u: (Double, Double) -> Double = { r, c in
      switch kind {
      case .none: return 0
      case .glacier:
        let q = (c - 280 - 0.3 * (r - 240)) / 70
        return abs(q) < 1 ? 2 * (1 - q * q * q * q) : 0
      case .fault: return r - 240 > 0.7 * (c - 280) ? 0.4 : -0.4
      }
    }
    motion = OffsetGrids(dx: grid(u), dy: grid { -0.6 * u($0, $1) })
    isStill = motion.dx.map { kind != .fault && $0 == 0 }
    height = grid { r, c in
      1500 + 500 * sin(r / 37) * cos(c / 53) + 300 * sin(c / 19 + r / 90) + 0.8 * c
    }
    detector = grid { r, c in 1 + ((cos(track) * c + sin(track) * r + 1000) / 95).rounded(.down) }.map { Int32($0) }
    let levels: [Double] = [
      0.12, -0.15, 0.06, 0.2, -0.1, 0.15, -0.2, 0.02, 0.11, -0.05, 0.18, -0.13, 0.1, 0, 0.2, -0.2,
    ]
    let numbers = detector
    artefacts[.ramp] = OffsetGrids(
      dx: grid { 0.3 * $1 / 560 - 0.4 * $0 / 480 - 0.1 }, dy: grid { 0.5 * $0 / 480 + 0.2 * $1 / 560 - 0.3 })
    artefacts[.height] = OffsetGrids(
      dx: height.map { ($0 - 1700) * 0.0004 }, dy: height.map { ($0 - 1700) * -0.0002 })
    artefacts[.stripes] = OffsetGrids(
      dx: numbers.map { Float(levels[Int($0) % 16]) }, dy: numbers.map { Float(0.7 * levels[Int($0 + 5) % 16]) })
    let wave: (Double, Double) -> Double = { r, c in
      let along = sin(track) * c - cos(track) * r
      return sin(2 * .pi * along / 193 + 1) + 0.4 * sin(2 * .pi * along / 260)
    }
    artefacts[.jitter] = OffsetGrids(dx: grid { 0.25 * wave($0, $1) }, dy: grid { 0.1 * wave($0, $1) })
    var random = SeededRandom(seed: seed)
    var x = Grid<Float>(rows: rows, columns: columns, filledWith: 0), y = x
    for index in x.cells.indices {
      let (a, b) = random.normalPair()
      (x.cells[index], y.cells[index]) = (Float(noiseSigma * a), Float(noiseSigma * b))
      // One vector in twenty is missing, one in fifty is wrong.
      let draw = random.uniform()
      if draw < 0.05 {
        (x.cells[index], y.cells[index]) = (.nan, .nan)
      } else if draw < 0.07 {
        (x.cells[index], y.cells[index]) = (Float(a) * 4, Float(b) * 4)
      }
    }
    noise = OffsetGrids(dx: x, dy: y)
  }

  /// The scene with some artefacts.
  func scene(_ kinds: [Artefact], knowsGround: Bool) -> CorrectionScene {
    var field = noise
    for part in [motion] + kinds.map({ artefacts[$0]! }) {
      for index in field.dx.cells.indices {
        field.dx.cells[index] += part.dx.cells[index]
        field.dy.cells[index] += part.dy.cells[index]
      }
    }
    var parameters = CorrectionScene.Parameters()
    // Enough for the tolerances, in less time.
    parameters.maximumSamples = 10_000
    return CorrectionScene(
      field: field, isStable: knowsGround ? isStill : nil, height: height, detector: detector,
      trackDirection: trackDirection, cellSize: cellSize,
      parameters: parameters)
  }

  /// Standard deviation of what a model leaves of artefacts, over the whole scene, and of the artefacts themselves.
  ///
  /// A constant is not counted: without known ground nobody can tell it from motion.
  func left(_ kinds: [Artefact], by model: OffsetGrids, _ component: KeyPath<OffsetGrids, Grid<Float>>)
    -> (rest: Double, amplitude: Double)
  {
    var truth = [Double](repeating: 0, count: rows * columns)
    for kind in kinds {
      for index in truth.indices { truth[index] += Double(artefacts[kind]![keyPath: component].cells[index]) }
    }
    let rest = truth.indices.map { truth[$0] - Double(model[keyPath: component].cells[$0]) }
    return (Self.deviation(rest), Self.deviation(truth))
  }

  /// What a model changes the step across the fault by, over bands of 60 cells on either side.
  func stepError(_ kinds: [Artefact], _ model: OffsetGrids, _ component: KeyPath<OffsetGrids, Grid<Float>>) -> Double
  {
    var sums = (below: 0.0, above: 0.0), counts = (below: 0.0, above: 0.0)
    for r in 0..<rows {
      for c in 0..<columns {
        let distance = Double(r - 240) - 0.7 * Double(c - 280)
        guard abs(distance) < 60 else { continue }
        let rest =
          kinds.reduce(0) { $0 + Double(artefacts[$1]![keyPath: component][r, c]) }
          - Double(model[keyPath: component][r, c])
        if distance > 0 {
          sums.below += rest
          counts.below += 1
        } else {
          sums.above += rest
          counts.above += 1
        }
      }
    }
    return sums.below / counts.below - sums.above / counts.above
  }

  static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  static func correction(of artefact: Artefact) -> any FieldCorrection {
    switch artefact {
    case .ramp: PolynomialCorrection()
    case .height: HeightCorrection()
    case .stripes: StripeCorrection()
    case .jitter: JitterCorrection()
    }
  }
}
