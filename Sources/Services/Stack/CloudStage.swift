// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import Products

/// The stage `clouds`: how far each pixel of each date can be trusted, from the whole series of its place.
struct CloudStage {
  let context: StackContext
  let input: StackInput
  let grid: GridStage.Outcome

  struct Outcome: Sendable {
    /// Weights as bytes, 255 being fully trusted, of each date by its place in the input; nil where none are made.
    let weights: TiledUnits?
    let keys: [UnitKey]
    /// Share of the valid pixels of each date under cloud; nil where nobody has looked.
    let cloudShares: [Double?]

    static func none(_ count: Int) -> Outcome {
      Outcome(weights: nil, keys: [], cloudShares: Array(repeating: nil, count: count))
    }
  }

  static func field(_ date: Int) -> String { "weight-\(date)" }
  /// Below this weight a pixel counts as cloud.
  private static let cloud: Float = 0.25
  /// Stands for a pixel without data.
  static let missing: UInt8 = 0

  func run() throws -> Outcome {
    let choices = context.parameters.masks
    let dates = input.dates.indices.filter { grid.images[$0] != nil }
    guard !input.cloudBands.isEmpty, dates.count >= choices.clouds.minimumDates else {
      return .none(input.dates.count)
    }
    // All dates of a tile are in memory at once.
    let side = dates.count > 40 ? 256 : 512
    let plan = TilePlan(rows: input.grid.rows, columns: input.grid.columns, tileRows: side, tileColumns: side)
    let clouds = try StackClouds(
      dates.map { input.dates[$0].pass }, bands: input.cloudBands, grid: input.grid,
      parameters: choices.clouds)
    let stage = StageIdentity(
      "stack-clouds", version: 2,
      parameters: choices.clouds.json.merged(with: ["bands": .array(clouds.bands.map { .string($0.rawValue) })]))
    let keys = (0..<plan.count).map { index in
      let touched = context.plan.sceneTiles.indices(in: plan[index].grown(by: clouds.margin))
      let reads = dates.flatMap { date in
        ([grid.keys[date]] + grid.others[date].map(\.keys)).flatMap { keys in touched.map { keys[$0].checksum } }
      }
      return stage.key(reading: reads, window: plan[index])
    }
    let units = keys.indices.map {
      StageUnit("clouds, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    let outcomes = try context.runner.run("clouds", unit: "px", units) { try weights(dates, plan[$0], clouds) }
    if let failure = outcomes.firstFailure { throw failure }
    return Outcome(
      weights: TiledUnits(plan, keys: keys, in: context.store), keys: keys,
      cloudShares: try shares(dates, keys))
  }

  /// A band of a date in a window, as it was gridded.
  private func band(_ name: BandName, _ date: Int, _ window: Window) throws -> Grid<Float> {
    let image = name == input.band ? grid.images[date] : grid.others[date].first { $0.band == name }?.image
    guard let image else { preconditionFailure("clouds are looked for in a band that was not gridded") }
    return try image.floats([GridStage.field], window)[0]
  }

  private func weights(_ dates: [Int], _ window: Window, _ clouds: StackClouds) throws -> UnitArrays {
    let found = try clouds.weights(window) { try band($1, dates[$0], $2) }
    var fields: [UnitArrays.Field] = [], counts: [JSONValue] = []
    for (date, weights) in zip(dates, found) {
      // What is masked or black fill has no pixel, whatever it looks like.
      let image = try grid.images[date]?.floats([GridStage.field], window)[0]
      var own = weights
      for index in own.cells.indices where image?.cells[index].isNaN ?? true { own.cells[index] = .nan }
      var valid = 0, cloudy = 0
      for weight in own.cells where !weight.isNaN {
        valid += 1
        if weight < Self.cloud { cloudy += 1 }
      }
      counts.append([.integer(valid), .integer(cloudy)])
      fields.append(
        .init(Self.field(date), own.map { $0.isNaN ? Self.missing : UInt8(max(1, min(255, ($0 * 255).rounded()))) }))
    }
    fields.append(.init("counts", text: JSONValue.array(counts).text(.canonical)))
    return UnitArrays(fields)
  }

  private func shares(_ dates: [Int], _ keys: [UnitKey]) throws -> [Double?] {
    var valid = Array(repeating: 0, count: dates.count), cloudy = valid
    for key in keys {
      let text = try context.store.load(key, rows: nil, names: ["counts"]).text("counts") ?? "[]"
      let counts = try JSONValue(parsing: Array(text.utf8), named: "a stored unit").arrayValue ?? []
      for (place, count) in counts.enumerated() where place < dates.count {
        valid[place] += count[0]?.intValue ?? 0
        cloudy[place] += count[1]?.intValue ?? 0
      }
    }
    var out = Array(repeating: Double?.none, count: input.dates.count)
    for (place, date) in dates.enumerated() where valid[place] > 0 {
      out[date] = Double(cloudy[place]) / Double(valid[place])
    }
    return out
  }
}
