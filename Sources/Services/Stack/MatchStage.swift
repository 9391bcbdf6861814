// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Processing
import TimeSeries

/// The stage `match`: offsets of every pair, tile by tile, kept in ten bytes a point.
struct MatchStage {
  let context: StackContext
  let network: StackNetwork
  let grid: GridStage.Outcome

  /// What is known of a pair when it has been matched.
  struct Pair: Sendable {
    /// Place in the network.
    let place: Int
    let name: String
    /// The fields `MatchStage.fields` on the lattice.
    let offsets: TiledUnits
    let keys: [UnitKey]
  }

  struct Outcome: Sendable {
    let pairs: [Pair]
    let problems: [StackProblem]
    /// Tiles that were matched now, and not taken from an earlier run.
    let computed: Int
  }

  static let fields = ["dx", "dy", "dx-sigma", "dy-sigma", "ncc"]
  /// A tenth of the best standard deviation, px.
  private static let offsetStep: Float = 0.002

  func run() throws -> Outcome {
    let tiles = context.plan.tiles, names = network.names()
    var keys: [[UnitKey]] = [], units: [StageUnit] = []
    for (place, pair) in network.network.pairs.enumerated() {
      let matcher = context.matcher(of: pair)
      let stage = StageIdentity(
        "stack-match-\(matcher.name)", version: matcher.version,
        parameters: matcher.parameters.merged(with: ["spacing": .integer(context.plan.lattice.spacing)]))
      let own = (0..<tiles.count).map { key(stage, pair, tiles[$0], margin: matcher.margin) }
      keys.append(own)
      for (tile, key) in own.enumerated() {
        units.append(
          StageUnit("\(names[place]), tile \(tile + 1)", key: key, work: tiles[tile].rows * tiles[tile].columns))
      }
    }
    let pairs = network.network.pairs
    let outcomes = try context.runner.run("match", unit: "points", units) { index in
      try match(pairs[index / tiles.count], tiles[index % tiles.count])
    }
    var found: [Pair] = [], problems: [StackProblem] = []
    for place in pairs.indices {
      if let failure = outcomes[place * tiles.count..<(place + 1) * tiles.count].firstFailure {
        problems.append(StackProblem(what: "pair \(names[place])", cause: "\(failure)"))
        continue
      }
      found.append(
        Pair(
          place: place, name: names[place], offsets: TiledUnits(tiles, keys: keys[place], in: context.store),
          keys: keys[place]))
    }
    let computed = outcomes.count {
      if case .computed = $0 { true } else { false }
    }
    return Outcome(pairs: found, problems: problems, computed: computed)
  }

  private func key(_ stage: StageIdentity, _ pair: ScenePair, _ tile: Window, margin: Int) -> UnitKey {
    let block = context.plan.pixels(ofTile: tile).grown(by: margin)
    let images = network.images(of: pair), touched = context.plan.sceneTiles.indices(in: block)
    let reads = [images.reference, images.secondary].flatMap { date in touched.map { grid.keys[date][$0].checksum } }
    return stage.key(reading: reads, window: tile)
  }

  private func match(_ pair: ScenePair, _ tile: Window) throws -> UnitArrays {
    let matcher = context.matcher(of: pair)
    let window = context.plan.pixels(ofTile: tile), block = window.grown(by: matcher.margin)
    let images = network.images(of: pair)
    func read(_ date: Int) throws -> Grid<Float> {
      guard let image = grid.images[date] else { preconditionFailure("a pair names a date that could not be read") }
      return try image.floats([GridStage.field], block)[0]
    }
    let reference = try read(images.reference), secondary = try read(images.secondary)
    guard reference.cells.contains(where: \.isFinite), secondary.cells.contains(where: \.isFinite) else {
      return Self.arrays(PairTile(missing: tile))
    }
    let found = matcher.match(
      TilePair(
        reference: reference, secondary: secondary, block: block, window: window, scene: context.plan.grid.window,
        points: context.plan.lattice.part(tile)))
    return Self.arrays(found)
  }

  private static func arrays(_ tile: PairTile) -> UnitArrays {
    let missing = tile.offsets.dx.map { _ in Float.nan }
    return UnitArrays([
      .init("dx", tile.offsets.dx, as: .steps(offsetStep)), .init("dy", tile.offsets.dy, as: .steps(offsetStep)),
      .init("dx-sigma", tile.offsets.dxSigma ?? missing, as: .half),
      .init("dy-sigma", tile.offsets.dySigma ?? missing, as: .half),
      .init("ncc", tile.ncc, as: .byteSteps(1 / 127)), .init("flags", tile.flags.map(\.rawValue)),
    ])
  }
}

extension PairTile {
  /// A tile without a pixel.
  fileprivate init(missing tile: Window) {
    let nothing = Grid<Float>(rows: tile.rows, columns: tile.columns, filledWith: .nan)
    offsets = OffsetGrids(dx: nothing, dy: nothing, dxSigma: nothing, dySigma: nothing)
    ncc = nothing
    flags = Grid(rows: tile.rows, columns: tile.columns, filledWith: .masked)
  }
}
