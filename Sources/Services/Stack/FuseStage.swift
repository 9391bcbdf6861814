// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import TimeSeries

/// The stage `fuse`: one mean motion with its quality from the corrected offsets of all pairs.
struct FuseStage {
  let context: StackContext
  let network: StackNetwork
  let clouds: CloudStage.Outcome
  let corrected: CorrectStage.Outcome
  let sigmas: PairSigmaModel?
  /// What a pixel is on the ground; nil where nobody knows, and motion is then in px.
  let ground: GroundScale?

  struct Outcome: Sendable {
    /// One field for each layer that the fusion gives (`FusedLayer.all`), under its name.
    let layers: TiledUnits
    let keys: [UnitKey]
    let summary: PairFusion.Summary
    /// What masks and filters took out of each pair, in the order of the pairs.
    let tallies: [[FilterTally]]
  }

  private static let talliesField = "filters"

  func run() throws -> Outcome {
    let pairs = corrected.pairs
    guard !pairs.isEmpty else {
      throw ServiceError(.nothingMeasured, "no pair could be matched and corrected: there is nothing to fuse")
    }
    let used = PairNetwork(
      scenes: network.network.scenes, pairs: pairs.map { network.network.pairs[$0.matched.place] },
      leftOut: network.network.leftOut)
    let fusion = try PairFusion(
      network: used, parameters: context.parameters.fusion, isEvent: context.parameters.network.splitDate != nil)
    let lattice = context.plan.lattice,
      whole = Window(row: 0, column: 0, rows: lattice.rows, columns: lattice.columns)
    let reader = PairReader(self)
    let calibration = try fusion.calibration(whole) { try reader.layers(pairs[$0], used.pairs[$0], $1, nil) }
    let side = tileSide(fusion)
    let plan = TilePlan(rows: lattice.rows, columns: lattice.columns, tileRows: side, tileColumns: side)
    let stage = StageIdentity("stack-fuse", version: 4, parameters: parameters(used))
    let shared = pairs.map(\.checksum)
    let keys = (0..<plan.count).map { index in
      stage.key(reading: shared + cloudKeys(plan[index]), window: plan[index])
    }
    let units = keys.indices.map {
      StageUnit("fusion, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    let outcomes = try context.runner.run("fuse", unit: "points", units) { index in
      let window = plan[index], steps = reader.steps(window)
      var tallies = pairs.map { _ in [FilterTally]() }
      let motion = try fusion.fuse(window, by: calibration) { pair, part in
        try reader.layers(pairs[pair], used.pairs[pair], part, steps) { tallies[pair].add($0) }
      }
      let text = JSONValue.array(tallies.map { .array($0.map(\.json)) }).text(.canonical)
      return UnitArrays(
        FusedLayer.all(ofEvents: fusion.isEvent).map { .init($0.rawValue, motion[$0]) } + [
          .init(Self.talliesField, text: text)
        ])
    }
    if let failure = outcomes.firstFailure { throw failure }
    return Outcome(
      layers: TiledUnits(plan, keys: keys, in: context.store), keys: keys, summary: calibration.summary,
      tallies: try tallies(keys))
  }

  private func tallies(_ keys: [UnitKey]) throws -> [[FilterTally]] {
    var out = corrected.pairs.map { _ in [FilterTally]() }
    for key in keys {
      let text = try context.store.load(key, rows: nil, names: [Self.talliesField]).text(Self.talliesField) ?? "[]"
      let pairs = try JSONValue(parsing: Array(text.utf8), named: "a stored unit").arrayValue ?? []
      for (pair, own) in pairs.enumerated() where pair < out.count {
        out[pair].add((own.arrayValue ?? []).compactMap(FilterTally.init))
      }
    }
    return out
  }

  /// Square tiles, so that margins are small, of what the memory for pairs allows; anchored to the image.
  private func tileSide(_ fusion: PairFusion) -> Int {
    let side = Int((context.parameters.fusion.blockMemory * 1e6 / fusion.bytesPerPoint).squareRoot())
    return max(32, min(512, side / 32 * 32))
  }

  private func cloudKeys(_ window: Window) -> [Checksum] {
    guard let plan = clouds.weights?.plan else { return [] }
    return plan.indices(in: context.plan.pixels(ofTile: window)).map { clouds.keys[$0].checksum }
  }

  private func parameters(_ used: PairNetwork) -> JSONObject {
    var fusion = context.parameters.fusion.json
    // How much is in memory at a time changes no bit.
    fusion["blockMemory"] = nil
    let scenes = used.scenes.map { JSONValue.string("\($0.id) \($0.date)") }
    let pairs = used.pairs.map { JSONValue.string("\($0.earlier) \($0.later) \($0.isBackward)") }
    return [
      "fusion": .object(fusion), "filters": .object(CorrectedOffsets(context, sigmas: sigmas).parameters),
      "scenes": .array(scenes),
      "pairs": .array(pairs), "pixelSize": JSONValue(context.parameters.images.pixelSize),
      "isEvent": .bool(context.parameters.network.splitDate != nil),
      "spacing": .integer(context.plan.lattice.spacing), "clarity": .bool(clouds.weights != nil),
    ]
  }
}

/// Gives what one pair measured, on the ground.
private struct PairReader: Sendable {
  private let offsets: CorrectedOffsets
  private let stage: FuseStage

  init(_ stage: FuseStage) {
    offsets = CorrectedOffsets(stage.context, sigmas: stage.sigmas)
    self.stage = stage
  }

  /// What pixels are on the ground in a window: the same for all pairs.
  func steps(_ window: Window) -> Grid<GroundStep> {
    let plain = GroundStep(rightEast: 1, rightNorth: 0, downEast: 0, downNorth: -1)
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: plain)
    guard let ground = stage.ground else { return out }
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        out[row, column] = ground.step(row: window.row + row, column: window.column + column)
      }
    }
    return out
  }

  func layers(
    _ pair: CorrectStage.Pair, _ link: ScenePair, _ window: Window, _ known: Grid<GroundStep>?,
    count: ([FilterTally]) -> Void = { _ in }
  ) throws -> PairLayers {
    let values = try offsets.values(pair, window)
    count(values.tallies)
    let field = values.offsets, steps = known ?? steps(window)
    var east = field.dx, north = field.dx, eastSigma = field.dx, northSigma = field.dx
    for index in steps.cells.indices {
      let step = steps.cells[index], dx = Double(field.dx.cells[index]), dy = Double(field.dy.cells[index])
      let motion = step.displacement(dx: dx, dy: dy)
      (east.cells[index], north.cells[index]) = (Float(motion.east), Float(motion.north))
      let sx = Double(field.dxSigma?.cells[index] ?? .nan), sy = Double(field.dySigma?.cells[index] ?? .nan)
      eastSigma.cells[index] = Float(Self.length(step.rightEast * sx, step.downEast * sy))
      northSigma.cells[index] = Float(Self.length(step.rightNorth * sx, step.downNorth * sy))
    }
    return PairLayers(
      east: east, north: north, sigmas: (eastSigma, northSigma), ncc: values.ncc, clarity: try clarity(link, window))
  }

  private static func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }

  /// How clearly both dates of a pair were seen: the product of their weights.
  private func clarity(_ link: ScenePair, _ window: Window) throws -> Grid<Float>? {
    guard let weights = stage.clouds.weights else { return nil }
    let lattice = stage.context.plan.lattice.part(window), pixels = lattice.pixels
    let dates = [stage.network.dates[link.earlier], stage.network.dates[link.later]]
    let bytes = try dates.map { try weights.bytes(CloudStage.field($0), pixels, outside: CloudStage.missing) }
    var out = Grid<Float>(rows: window.rows, columns: window.columns, filledWith: 0)
    for row in 0..<window.rows {
      for column in 0..<window.columns {
        let r = row * lattice.spacing, c = column * lattice.spacing
        out[row, column] = Float(bytes[0][r, c]) * Float(bytes[1][r, c]) / 65_025
      }
    }
    return out
  }
}
