// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import Synchronization

/// The match of two images from opening them to the report.
struct MatchRun {
  let parameters: MatchParameters
  /// Parameters that the user has set.
  let given: Set<String>
  let version: String
  let progress: ProgressReporter
  let cancellation: Cancellation

  private var threads: Int { parameters.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// What the command prints at the end.
  struct Outcome {
    let folder: String
    let measured: Int
    let asked: Int
    let lines: [String]
    let notices: [String]
  }

  func run() throws -> Outcome {
    let begin = Date()
    let pair = try ImagePair(parameters)
    let dates = try PairDates(pair, parameters)
    let plan = try MatchPlan(pair, parameters)
    let folder = try RunFolder(at: parameters.out.path, for: "match", neededBytes: Self.bytes(plan))
    do {
      return try run(pair, dates, plan, folder, begin)
    } catch {
      folder.discardIfEmpty()
      throw error
    }
  }

  /// What a match will take.
  static func estimate(_ parameters: MatchParameters) throws -> CommandEstimate {
    let plan = try MatchPlan(try ImagePair(parameters), parameters)
    return MatchCost(
      parameters, plan, threads: parameters.threads ?? ProcessInfo.processInfo.activeProcessorCount
    ).estimate
  }

  /// What a run writes at most: rasters, stored tiles and products not yet written for each point, arrows for some,
  /// and a report.
  private static func bytes(_ plan: MatchPlan) -> Int {
    let points = plan.lattice.rows * plan.lattice.columns
    return 490 * points + 650 * min(points, MatchWriter.mostVectors) + 1_500_000
  }

  private func run(
    _ pair: ImagePair, _ dates: PairDates, _ plan: MatchPlan, _ folder: RunFolder, _ begin: Date
  ) throws -> Outcome {
    let inputs = try Processing.InputFile.read(
      inputPaths, threads: threads, cancellation: cancellation)
    let record = RunRecord(command: "match", version: version, inputs: inputs, parameters: parameters.json)
    let coarse = try CoarseStage(pair, parameters, threads: threads, cancellation: cancellation)
    try folder.remember(JobFile(process: "match", inputs: asked))
    let log = try RunLog(folder)
    log.write("start", "\(parameters.reference.path) to \(parameters.secondary.path)")
    let field =
      try plan.points.map { try matchPoints($0, pair, coarse) } ?? matchTiles(pair, plan, coarse, folder, record)
    let result = try evaluate(field, pair, dates, plan, coarse, inputs, begin, folder)
    progress.begin("files", total: 2, unit: "steps")
    defer { progress.end() }
    try write(result, folder)
    progress.advance()
    try MatchDocuments(result, folder: folder).write(record)
    log.write("done", "\(result.quality.measured) of \(result.quality.asked) points measured")
    try folder.finish()
    progress.advance()
    return result.outcome(folder.path)
  }

  /// Tests, checks and what follows from the offsets.
  private func evaluate(
    _ field: MatchedField, _ pair: ImagePair, _ dates: PairDates, _ plan: MatchPlan, _ coarse: CoarseStage,
    _ inputs: [Processing.InputFile], _ begin: Date, _ folder: RunFolder
  ) throws -> MatchResult {
    let marks = try PointMarks(pair, plan, parameters)
    let ground = try GroundScale(pair, plan, pixelSize: parameters.pixelSize)
    let found = try MatchEvaluation(
      field, marks: marks, parameters: parameters, ground: ground, separation: dates.separation,
      folder: folder, runner: TileRunner(threads: threads, cancellation: cancellation, progress: progress)
    ).run()
    let spreads = try parallelMap(found.products.entries, threads: threads) { try Spread($0.file.stream) }
    return MatchResult(
      pair: pair, dates: dates, plan: plan, coarse: coarse, found: found, quality: try MatchQuality(found),
      spreads: spreads, ground: ground, stableSource: marks.stableSource,
      inputs: inputs, parameters: parameters, given: given,
      version: version, seconds: Date().timeIntervalSince(begin),
      transform: MatchWriter.transform(of: plan.lattice, in: pair.georeference))
  }

  /// Rasters, vectors and quicklooks, or the table of points.
  private func write(_ result: MatchResult, _ folder: RunFolder) throws {
    if let points = result.plan.points {
      let writer = PointsWriter(
        folder: folder, points: points, georeference: result.pair.georeference, flags: try result.allFlags)
      let products = try result.allProducts.products
      try writer.writeTable(products)
      return try writer.writeVectors(products, cancellation: cancellation)
    }
    try MatchWriter(
      folder: folder, lattice: result.plan.lattice, georeference: result.pair.georeference, threads: threads,
      cancellation: cancellation
    ).write(result.found)
  }

  /// What was given, to be asked for again.
  private var asked: JSONObject {
    let all = parameters.json
    return JSONObject(given.sorted().compactMap { name in all[name].map { (name, $0) } })
  }

  private var inputPaths: [String] {
    var paths = [parameters.reference.path, parameters.secondary.path]
    if let points = parameters.points { paths.append(points.path) }
    for area in [parameters.area, parameters.mask, parameters.stableTerrain, parameters.moving] {
      if case .polygons(let file) = area { paths.append(file.path) }
    }
    return paths
  }

  private func matchPoints(
    _ points: [Matching.PixelPoint], _ pair: ImagePair, _ coarse: CoarseStage
  ) throws -> MatchedField {
    let groups = PointMatcher.groups(points, in: pair.scene)
    let matcher = PointMatcher(pair: pair, coarse: coarse, parameters: parameters)
    let layers = Mutex(MatchLayers(rows: points.count, columns: 1, flag: .offImage))
    let runner = TileRunner(
      threads: max(1, min(threads, groups.count)), cancellation: cancellation, progress: progress)
    try runner.run(
      TilePlan(rows: groups.count, columns: 1, tileRows: 1, tileColumns: 1), stage: "match", unit: "groups",
      compute: { window in try matcher.match(groups[window.row], of: points) },
      deliver: { window, part in
        layers.withLock { layers in
          for (row, index) in groups[window.row].members.enumerated() {
            let line = Window(row: row, column: 0, rows: 1, columns: 1)
            layers.insert(part.cropped(to: line), atRow: index, column: 0)
          }
        }
      })
    return MatchedField(layers.withLock { $0 })
  }

  /// Tiles are stored as they are found: for resuming, and because a large scene has no room for them elsewhere.
  private func matchTiles(
    _ pair: ImagePair, _ plan: MatchPlan, _ coarse: CoarseStage, _ folder: RunFolder, _ record: RunRecord
  ) throws -> MatchedField {
    let tiles = plan.tiles
    let matcher = TileMatcher(pair: pair, plan: plan, coarse: coarse, parameters: parameters)
    let hasBackward = parameters.forwardBackward
    // Both directions of a tile are pieces of work of their own, so that even a single tile keeps two threads busy.
    let directions: [TileMatcher.Direction] = hasBackward ? [.forward, .backward] : [.forward]
    let keys = directions.map {
      record.key(stage: "match-tile-\($0)", stageVersion: TileResult.version, relevant: relevant)
    }
    let count = tiles.count * directions.count
    let runner = TileRunner(threads: min(threads, count), cancellation: cancellation, progress: progress)
    try runner.run(
      TilePlan(rows: count, columns: 1, tileRows: 1, tileColumns: 1), stage: "match", unit: "tiles",
      store: folder.units, key: { keys[$0.row % directions.count](tiles[$0.row / directions.count]) },
      compute: { window in
        let result = try matcher.match(
          tiles[window.row / directions.count], directions[window.row % directions.count])
        let isForward = directions[window.row % directions.count] == .forward
        return (isForward ? TileResult.forward(result) : .backward(result.offsets)).arrays
      },
      deliver: { _, arrays in
        if TileResult(arrays) == nil { throw MatchedField.incomplete(folder.units) }
      })
    let stored = tiles.map {
      MatchedField.StoredTile(window: $0, forward: keys[0]($0), backward: hasBackward ? keys[1]($0) : nil)
    }
    return MatchedField(stored, in: folder.units, region: plan.region)
  }

  /// The parameters that a tile's result depends on: all but those of which it is known that only later stages read
  /// them. They may change between a run and its resumption.
  private var relevant: JSONObject {
    var out = parameters.json
    for key in [
      "out", "preset", "referenceDate", "secondaryDate", "pixelSize", "area", "points", "stableTerrain", "moving",
      "medianThreshold", "smoothing", "material", "gaugeLength", "threads", "quiet",
    ] {
      out[key] = nil
    }
    return out
  }
}
