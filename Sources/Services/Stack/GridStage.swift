// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import Products
import RasterIO

/// The stage `grid`: each date on the common grid, kept as tiles, with what is masked taken out.
///
/// A date has as many partners as the network is wide; decoding and resampling it once is cheaper than that often.
struct GridStage {
  let context: StackContext
  let input: StackInput

  struct Outcome: Sendable {
    /// Image of each date, by its place in the input; nil for those that could not be read.
    let images: [TiledUnits?]
    /// Keys of the tiles of each date.
    let keys: [[UnitKey]]
    let problems: [StackProblem]
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
    var keys: [[UnitKey]] = [], units: [StageUnit] = []
    for date in input.dates {
      let stage = StageIdentity("stack-grid", version: 1, parameters: recipe(date))
      let files = try date.files.map { try cache.checksum(ofInput: $0, cancellation: cancellation) } + maskFiles
      let own = (0..<plan.count).map { stage.key(reading: files, window: plan[$0]) }
      keys.append(own)
      for (tile, key) in own.enumerated() {
        units.append(
          StageUnit("\(date.pass.id), tile \(tile + 1)", key: key, work: plan[tile].rows * plan[tile].columns))
      }
    }
    try cache.save()
    let dates = input.dates, rejected = Set(context.parameters.masks.leaveOut.map(\.surface))
    // A date whose classes cannot be read fails by itself, in its first unit.
    var options = PassClasses.Options()
    options.addsCloudShadows = rejected.contains(.shadow)
    let classes = dates.map { date in
      Result { rejected.isEmpty ? nil : try PassClasses.find(date.pass, grid: input.grid, options: options) }
    }
    let outcomes = try context.runner.run("grid", unit: "px", units) { index in
      let date = dates[index / plan.count], window = plan[index % plan.count]
      var image = try date.image.read(window)
      if let mask, !mask.bounds.intersection(window).isEmpty {
        let isOut = try mask.read(window)
        for index in image.cells.indices where isOut.cells[index] { image.cells[index] = .nan }
      }
      if let found = try classes[index / plan.count].get()?.read(window) {
        for index in image.cells.indices where rejected.contains(found.cells[index]) { image.cells[index] = .nan }
      }
      return UnitArrays([.init(Self.field, image, as: date.precision)])
    }
    return gathered(outcomes, keys)
  }

  private func gathered(_ outcomes: [UnitOutcome], _ keys: [[UnitKey]]) -> Outcome {
    let plan = context.plan.sceneTiles
    var images: [TiledUnits?] = [], problems: [StackProblem] = []
    for index in input.dates.indices {
      let own = outcomes[index * plan.count..<(index + 1) * plan.count]
      if let failure = own.firstFailure {
        problems.append(StackProblem(what: input.dates[index].pass.id, cause: "\(failure)"))
        images.append(nil)
      } else {
        images.append(TiledUnits(plan, keys: keys[index], in: context.store))
      }
    }
    return Outcome(images: images, keys: keys, problems: problems)
  }

  private func recipe(_ date: StackInput.Date) -> JSONObject {
    let choices = context.parameters.masks
    var out: JSONObject = [
      "pixels": .string(date.recipe), "precision": .string("\(date.precision)"), "mask": choices.mask?.json ?? .null,
      "leftOut": .array(choices.leaveOut.map { .string($0.rawValue) }),
    ]
    if choices.leaveOut.contains(.shadow) { out["cloudShadows"] = .integer(1) }
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
