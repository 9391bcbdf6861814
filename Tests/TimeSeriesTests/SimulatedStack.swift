// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Simulation
import TimeSeries

/// Displacements of all pairs of a network over ground of constant velocity, with errors that scenes hand on to every
/// pair with them and errors of the pairs' own.
struct SimulatedStack {
  var network: PairNetwork
  var rows = 40, columns = 50
  /// Velocity, m/yr.
  var east = 12.0, north = -5.0
  /// Standard deviation of a pair's displacement, m, and the share of its variance that comes from the scenes.
  var sigma = 1.0, sceneShare = 0.0
  /// What the stated sigmas are times the true ones; nil for none.
  var statedFactor: Double? = 1
  var missingShare = 0.0
  /// Share of matches that are blunders of up to 100 m.
  var blunderShare = 0.0
  var seed: UInt64 = 1

  /// Scenes on irregular days.
  static func network(_ count: Int = 12, _ overrides: JSONObject = [:]) throws -> PairNetwork {
    let days = (0..<count).map { 12 * $0 + ($0 * 7) % 5 }
    let start = CalendarDate("2020-01-01")!.dayNumber
    let dated = days.enumerated().map { DatedScene(id: "s\($0)", date: CalendarDate(dayNumber: start + $1)) }
    return try PairSelection(PairSelection.Parameters(overrides: overrides)).network(of: dated)
  }

  func layers() -> [PairLayers] {
    let scenes = network.scenes.indices.map { noise(stream: UInt64($0), deviation: (sceneShare / 2).squareRoot()) }
    return network.pairs.indices.map { index in
      let pair = network.pairs[index], years = pair.separation / 365.25
      // Forward and backward matches see the same two images: they share the error.
      let own = noise(
        stream: UInt64(1000 + pair.earlier * 100 + pair.later), deviation: (1 - sceneShare).squareRoot())
      var random = SeededRandom(seed: seed &+ 77 &* UInt64(index + 1))
      var out = PairLayers(east: empty, north: empty)
      let sign: Float = pair.isBackward ? -1 : 1
      for cell in 0..<rows * columns {
        let isMissing = random.uniform() < missingShare, isBlunder = random.uniform() < blunderShare
        let jump = isBlunder ? 200 * (random.uniform() - 0.5) : 0
        let error = own[cell] + scenes[pair.later][cell] - scenes[pair.earlier][cell]
        guard !isMissing else { continue }
        out.east.cells[cell] = sign * Float(east * years + error.x + jump)
        out.north.cells[cell] = sign * Float(north * years + error.y - jump)
      }
      if let statedFactor {
        let stated = Grid(rows: rows, columns: columns, filledWith: Float(sigma * statedFactor))
        (out.eastSigma, out.northSigma) = (stated, stated)
      }
      return out
    }
  }

  private var empty: Grid<Float> { Grid(rows: rows, columns: columns, filledWith: .nan) }

  private func noise(stream: UInt64, deviation: Double) -> [SIMD2<Double>] {
    (0..<rows * columns).map { cell in
      var random = SeededRandom(seed: seed, stream: stream, row: cell / columns, column: cell % columns)
      let pair = random.normalPair()
      return sigma * deviation * SIMD2(pair.0, pair.1)
    }
  }
}

extension FusedMotion {
  /// Root mean square of error over sigma of both components of the velocity.
  func errorOverSigma(_ stack: SimulatedStack) -> Double {
    let values =
      zip(self[.eastVelocity].cells, self[.eastSigma].cells).map { (Double($0) - stack.east) / Double($1) }
      + zip(self[.northVelocity].cells, self[.northSigma].cells).map { (Double($0) - stack.north) / Double($1) }
    let finite = values.filter(\.isFinite)
    return (finite.reduce(0) { $0 + $1 * $1 } / Double(finite.count)).squareRoot()
  }
}
