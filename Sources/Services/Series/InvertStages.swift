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
  let checksums: ChecksumCache

  struct Outcome: Sendable {
    let layers: TiledUnits
    let keys: [UnitKey]
    let shifts: [PairShift]?
    /// Nil where nobody asked about the sun.
    let sun: SunFinding?
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
    let plan = plan
    let (corrections, found) = try corrections(plan)
    let stage = StageIdentity("series-invert", version: 3, parameters: identity)
    let keys = (0..<plan.count).map {
      stage.key(reading: [source] + [corrections.checksum].compactMap { $0 }, window: plan[$0])
    }
    let units = keys.indices.map {
      StageUnit("inversion, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    // Pixels of a tile run on all threads, so that few large tiles keep them busy, and memory is that of one tile.
    let alone = StageRunner(
      threads: 1, store: runner.store, cancellation: runner.cancellation, progress: runner.progress, log: runner.log)
    let outcomes = try alone.run("invert", unit: "pixels", units) { index in
      let sun = try corrections.sun?.block(plan[index])
      let block = try input.read(plan[index], corrections.shifts, sun: sun)
      let series = try model.invert(block, threads: runner.threads)
      return UnitArrays(fields(series, block, plan[index]) + Self.fields(sun, pairs: block.pairs, plan[index]))
    }
    if let failure = outcomes.firstFailure { throw failure }
    var sun = found
    if corrections.sun != nil { sun?.tally = try tally(keys) }
    return Outcome(
      layers: TiledUnits(plan, keys: keys, in: runner.store), keys: keys, shifts: corrections.shifts, sun: sun,
      closures: try closures(keys))
  }

  /// From stable ground, where it was given.
  private func corrections(_ plan: TilePlan) throws -> (PairCorrections, SunFinding?) {
    guard let area = parameters.pairs.stableTerrain else { return (.none, nil) }
    let ground = StableReadings(input: input, area: area.text, plan: plan, runner: runner)
    return try SunStage(parameters: parameters, input: input, ground: ground, checksums: checksums).run()
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

  private static func fields(_ sun: SunBlock?, pairs: Int, _ window: Window) -> [UnitArrays.Field] {
    guard let sun else { return [] }
    let numbers = SunTally(sun, pairs: pairs).numbers.map { JSONValue.number($0) }
    return [
      .init(SeriesLayer.illumination, Grid(rows: window.rows, columns: window.columns, cells: sun.swings)),
      .init(SeriesLayer.illuminationTally, text: JSONValue.array(numbers).text(.canonical)),
    ]
  }

  private func tally(_ keys: [UnitKey]) throws -> SunTally {
    var out = SunTally(pairs: input.chosen.count)
    for key in keys {
      let name = SeriesLayer.illuminationTally
      let text = try runner.store.load(key, rows: nil, names: [name]).text(name) ?? "[]"
      let numbers = try JSONValue(parsing: Array(text.utf8), named: "a stored unit").arrayValue ?? []
      out.add(numbers.compactMap { $0.doubleValue })
    }
    return out
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
