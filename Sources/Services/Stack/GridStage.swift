// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import Products
import RasterIO

/// The stage `grid`: the bands of each date on the common grid, kept as tiles; what is masked is taken out of the band
/// that is matched.
///
/// A date has as many partners as the network is wide, and clouds are told from all dates of a place at once: decoding and
/// resampling each band once is cheaper than that often.
struct GridStage {
  let context: StackContext
  let input: StackInput

  struct Outcome: Sendable {
    /// Image of each date, by its place in the input; nil for those that could not be read.
    let images: [TiledUnits?]
    /// Keys of the tiles of each date.
    let keys: [[UnitKey]]
    /// The bands of each date that only clouds are told by, as `StackInput.Date.others`.
    let others: [[Tiles]]
    let problems: [StackProblem]

    var allKeys: [UnitKey] { keys.joined() + others.joined().flatMap(\.keys) }
  }

  /// A band of a date.
  struct Tiles: Sendable {
    let band: BandName
    let image: TiledUnits
    let keys: [UnitKey]
  }

  /// A band of a date to be gridded.
  private struct Job {
    let date: Int
    let layer: StackInput.Layer
    let isMatched: Bool
    let keys: [UnitKey]
  }

  static let field = "image"

  func run() throws -> Outcome {
    let plan = context.plan.sceneTiles, cancellation = context.runner.cancellation
    let cache = context.folder.checksums
    let mask = try context.parameters.masks.mask.map { try MaskSource.open($0.text, on: input.grid.georeference) }
    var maskFiles: [Checksum] = []
    if case .polygons(let file)? = context.parameters.masks.mask {
      maskFiles = [try cache.checksum(ofInput: file.path, cancellation: cancellation)]
    }
    var jobs: [Job] = [], units: [StageUnit] = []
    for (index, date) in input.dates.enumerated() {
      for (place, layer) in ([date.matched] + date.others).enumerated() {
        let stage = StageIdentity("stack-grid", version: 1, parameters: recipe(layer, isMatched: place == 0))
        let files = try layer.files.map { try cache.checksum(ofInput: $0, cancellation: cancellation) }
        let reads = files + (place == 0 ? maskFiles : [])
        let own = (0..<plan.count).map { stage.key(reading: reads, window: plan[$0]) }
        jobs.append(Job(date: index, layer: layer, isMatched: place == 0, keys: own))
        for (tile, key) in own.enumerated() {
          units.append(
            StageUnit(
              "\(date.pass.id), \(layer.band.rawValue), tile \(tile + 1)", key: key,
              work: plan[tile].rows * plan[tile].columns))
        }
      }
    }
    try cache.save()
    let dates = input.dates, rejected = Set(context.parameters.masks.leaveOut.map(\.surface)), all = jobs
    // A date whose classes cannot be read fails by itself, in its first unit.
    var options = PassClasses.Options()
    options.addsCloudShadows = rejected.contains(.shadow)
    let classes = dates.map { date in
      Result { rejected.isEmpty ? nil : try PassClasses.find(date.pass, grid: input.grid, options: options) }
    }
    let outcomes = try context.runner.run("grid", unit: "px", units) { index in
      let job = all[index / plan.count], window = plan[index % plan.count]
      var image = try job.layer.image.read(window)
      if job.isMatched, let mask, !mask.bounds.intersection(window).isEmpty {
        let isOut = try mask.read(window)
        for index in image.cells.indices where isOut.cells[index] { image.cells[index] = .nan }
      }
      if job.isMatched, let found = try classes[job.date].get()?.read(window) {
        for index in image.cells.indices where rejected.contains(found.cells[index]) { image.cells[index] = .nan }
      }
      return UnitArrays([.init(Self.field, image, as: job.layer.precision)])
    }
    return gathered(outcomes, jobs)
  }

  private func gathered(_ outcomes: [UnitOutcome], _ jobs: [Job]) -> Outcome {
    let plan = context.plan.sceneTiles
    var images: [TiledUnits?] = [], others: [[Tiles]] = [], problems: [StackProblem] = []
    for (index, date) in input.dates.enumerated() {
      let own = jobs.indices.filter { jobs[$0].date == index }
      if let failure = own.lazy.compactMap({ outcomes[$0 * plan.count..<($0 + 1) * plan.count].firstFailure }).first {
        problems.append(StackProblem(what: date.pass.id, cause: "\(failure)"))
        images.append(nil)
        others.append([])
      } else {
        let tiles = own.map { place in
          Tiles(
            band: jobs[place].layer.band, image: TiledUnits(plan, keys: jobs[place].keys, in: context.store),
            keys: jobs[place].keys)
        }
        images.append(tiles[0].image)
        others.append(Array(tiles.dropFirst()))
      }
    }
    return Outcome(images: images, keys: jobs.filter(\.isMatched).map(\.keys), others: others, problems: problems)
  }

  private func recipe(_ layer: StackInput.Layer, isMatched: Bool) -> JSONObject {
    let masks = context.parameters.masks
    var out: JSONObject = [
      "pixels": .string(layer.recipe), "precision": .string("\(layer.precision)"),
      "mask": isMatched ? masks.mask?.json ?? .null : .null,
      "leftOut": .array(isMatched ? masks.leaveOut.map { .string($0.rawValue) } : []),
    ]
    if isMatched, masks.leaveOut.contains(.shadow) { out["cloudShadows"] = .integer(1) }
    return input.grid.identity.merged(with: out)
  }
}

extension SceneGrid {
  /// What makes it the same as another.
  var identity: JSONObject {
    var out: JSONObject = [
      "rows": .integer(rows), "columns": .integer(columns), "crs": crs.map { .string($0.description) } ?? .null,
    ]
    if let t = transform {
      out["transform"] = .array(
        [t.originEast, t.eastPerColumn, t.eastPerRow, t.originNorth, t.northPerColumn, t.northPerRow].map {
          .number($0)
        })
    }
    return out
  }
}

extension Sequence where Element == UnitOutcome {
  /// The error of the first unit that failed.
  var firstFailure: (any Error)? {
    for outcome in self {
      if case .failed(let error) = outcome { return error }
    }
    return nil
  }
}
