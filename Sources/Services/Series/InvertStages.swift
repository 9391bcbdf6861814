// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import RasterIO
import TimeSeries

/// The stages of an inversion: `stable`, what each pair reads where the ground stands still, and `invert`, the series of
/// all pixels by tiles.
struct InvertStages {
  let parameters: InvertParameters
  let input: SeriesInput
  let model: SeriesModel
  let runner: StageRunner
  /// What the pairs are read from.
  let source: Checksum

  struct Outcome: Sendable {
    let layers: TiledUnits
    let keys: [UnitKey]
    let shifts: [PairShift]?
    /// Σ of squared residuals of the good pairs, weighted by how likely each is right, and Σ of the weights; one a pair.
    let closures: [PairClosure]
  }

  /// How well a pair fits the series, over all pixels.
  struct PairClosure: Sendable {
    var squares = 0.0, weight = 0.0, measured = 0.0
    /// Metres.
    var misclosure: Double { weight > 0 ? (squares / weight).squareRoot() : .nan }
    /// Share of the pixels at which the pair is held right.
    var rightShare: Double { measured > 0 ? weight / measured : .nan }
  }

  /// Pixels of a tile are a whole number of stored blocks; never dependent on threads.
  var plan: TilePlan {
    let tiling = input.cube.tiling(memory: Int(parameters.run.memory * 1e6) / 4)
    let isWhole = input.window == input.cube.window
    return TilePlan(
      rows: input.window.rows, columns: input.window.columns,
      tileRows: isWhole ? tiling.tileRows : min(tiling.tileRows, input.window.rows),
      tileColumns: isWhole ? tiling.tileColumns : min(tiling.tileColumns, input.window.columns))
  }

  func run() throws -> Outcome {
    let shifts = try stableShifts()
    let plan = plan
    let shiftSum = shifts.map { SHA256.checksum(of: $0.map { "\($0.east) \($0.north)" }.joined(separator: "\n")) }
    let stage = StageIdentity("series-invert", version: 2, parameters: identity)
    let keys = (0..<plan.count).map { stage.key(reading: [source] + [shiftSum].compactMap { $0 }, window: plan[$0]) }
    let units = keys.indices.map {
      StageUnit("inversion, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    // Pixels of a tile run on all threads, so that few large tiles keep them busy, and memory is that of one tile.
    let alone = StageRunner(
      threads: 1, store: runner.store, cancellation: runner.cancellation, progress: runner.progress, log: runner.log)
    let outcomes = try alone.run("invert", unit: "pixels", units) { index in
      let block = try input.read(plan[index], shifts: shifts)
      let series = try model.invert(block, threads: runner.threads)
      return UnitArrays(fields(series, block, plan[index]))
    }
    if let failure = outcomes.firstFailure { throw failure }
    return Outcome(
      layers: TiledUnits(plan, keys: keys, in: runner.store), keys: keys, shifts: shifts, closures: try closures(keys)
    )
  }

  // MARK: - Units

  private static let closureField = "closures"

  private func fields(_ series: MotionSeries, _ block: PairDisplacements, _ window: Window) -> [UnitArrays.Field] {
    let layers = SeriesLayer.all(model, components: block.components.count)
    let closures = PairClosures(series, block, input.times).values
    return layers.map { layer in
      UnitArrays.Field(
        layer.name, Grid(rows: window.rows, columns: window.columns, cells: Array(series[layer.motion])))
    } + [
      .init(
        Self.closureField,
        text: JSONValue.array(
          closures.map { .array([.number($0.squares), .number($0.weight), .number($0.measured)]) }
        )
        .text(.canonical))
    ]
  }

  private func closures(_ keys: [UnitKey]) throws -> [PairClosure] {
    var out = Array(repeating: PairClosure(), count: input.chosen.count)
    for key in keys {
      let text = try runner.store.load(key, rows: nil, names: [Self.closureField]).text(Self.closureField) ?? "[]"
      let pairs = try JSONValue(parsing: Array(text.utf8), named: "a stored unit").arrayValue ?? []
      for (pair, value) in pairs.enumerated() where pair < out.count {
        let numbers = (value.arrayValue ?? []).compactMap { $0.doubleValue }
        guard numbers.count == 3 else { continue }
        out[pair].squares += numbers[0]
        out[pair].weight += numbers[1]
        out[pair].measured += numbers[2]
      }
    }
    return out
  }

  /// What the units depend on beside the data.
  private var identity: JSONObject {
    let p = parameters
    let chosen = input.chosen.map { "\($0)" }.joined(separator: " ")
    var out: JSONObject = [
      "method": .string(p.method.rawValue), "minimumPairs": .integer(p.output.minimumPairs),
      "pairs": .string(SHA256.checksum(of: chosen).hexadecimal), "pairParameters": .object(p.pairs.json),
      "window": .string("\(input.window.row) \(input.window.column)"),
    ]
    switch p.method {
    case .smooth:
      out["smooth"] = .object(p.smooth.json)
      out["days"] = .array(model.days.map { .number($0) })
    case .network: out["network"] = .object(p.network.json)
    case .tio: out["tio"] = .object(p.tio.json)
    }
    return out
  }

  // MARK: - Stable ground

  /// Most stable pixels whose medians are taken.
  private static let mostStable = 20_000

  /// Medians of each pair on stable ground; nil where none was given.
  private func stableShifts() throws -> [PairShift]? {
    guard let area = parameters.pairs.stableTerrain else { return nil }
    let place = try input.georeference
    let mask = try MaskSource.open(area.text, on: place)
    let plan = plan
    var east = Array(repeating: [Float](), count: input.chosen.count), north = east
    runner.progress.begin("stable", total: plan.count, unit: "tiles")
    defer { runner.progress.end() }
    // Every n-th row of pixels, so that no more are held than are needed.
    let share = max(1, input.window.rows * input.window.columns / (8 * Self.mostStable))
    for index in 0..<plan.count {
      try runner.cancellation.check()
      let window = plan[index], isStable = try mask.read(window)
      let pixels = isStable.cells.indices.filter { isStable.cells[$0] && $0 % share == 0 }
      if !pixels.isEmpty {
        let block = try input.read(window, shifts: nil)
        for pair in 0..<input.chosen.count {
          for pixel in pixels {
            let e = block.components[0].values[pair * block.pixels + pixel]
            if e.isFinite { east[pair].append(e) }
            guard block.components.count > 1 else { continue }
            let n = block.components[1].values[pair * block.pixels + pixel]
            if n.isFinite { north[pair].append(n) }
          }
        }
      }
      runner.progress.advance()
    }
    guard east.contains(where: { !$0.isEmpty }) else {
      throw ServiceError(
        .noData, "no pair has a value on the stable ground \(area.text): check that it lies on the data")
    }
    return east.indices.map {
      PairShift(
        east: east[$0].isEmpty ? .nan : median(east[$0]), north: north[$0].isEmpty ? .nan : median(north[$0]))
    }
  }
}

/// How well pairs fit the series that were made from them.
private struct PairClosures {
  let values: [InvertStages.PairClosure]

  init(_ series: MotionSeries, _ block: PairDisplacements, _ times: PairTimes) {
    var out = Array(repeating: InvertStages.PairClosure(), count: block.pairs)
    for pair in 0..<block.pairs {
      let trust: [Float]? = series.shape.pairs > 0 ? Array(series[.trust(pair: pair)]) : nil
      for component in 0..<block.components.count {
        let residuals = Self.residuals(series, block, times, pair, component)
        for pixel in 0..<block.pixels where residuals[pixel].isFinite {
          let weight = Double(trust?[pixel] ?? 1), residual = Double(residuals[pixel])
          guard weight.isFinite else { continue }
          out[pair].squares += weight * residual * residual
          out[pair].weight += weight
          out[pair].measured += 1
        }
      }
    }
    values = out
  }

  private static func residuals(
    _ series: MotionSeries, _ block: PairDisplacements, _ times: PairTimes, _ pair: Int, _ component: Int
  ) -> [Float] {
    if series.shape.pairs > 0 { return Array(series[.residual(component: component, pair: pair)]) }
    guard let earlier = series.shape.days.firstIndex(of: times.earlier[pair]),
      let later = series.shape.days.firstIndex(of: times.later[pair])
    else { return Array(repeating: .nan, count: block.pixels) }
    let low = Array(series[.displacement(component: component, day: earlier)])
    let high = Array(series[.displacement(component: component, day: later)])
    let values = block.components[component].values
    return (0..<block.pixels).map { values[pair * block.pixels + $0] - (high[$0] - low[$0]) }
  }
}
