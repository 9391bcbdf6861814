// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import Processing
import RasterIO

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
    let folder = try RunFolder(at: parameters.out.path, neededBytes: Self.bytes(plan))
    do {
      return try run(pair, dates, plan, folder, begin)
    } catch {
      folder.discardIfEmpty()
      throw error
    }
  }

  /// What a run writes at most: rasters and stored tiles for each point, arrows for some, and a report.
  private static func bytes(_ plan: MatchPlan) -> Int {
    let points = plan.lattice.rows * plan.lattice.columns
    return 270 * points + 650 * min(points, MatchWriter.mostVectors) + 1_500_000
  }

  private func run(
    _ pair: ImagePair, _ dates: PairDates, _ plan: MatchPlan, _ folder: RunFolder, _ begin: Date
  ) throws -> Outcome {
    let inputs = try Processing.InputFile.read(
      inputPaths, threads: threads, cancellation: cancellation)
    let record = RunRecord(command: "match", version: version, inputs: inputs, parameters: parameters.json)
    let coarse = try CoarseStage(pair, parameters, threads: threads, cancellation: cancellation)
    let log = try RunLog(folder)
    log.write("start", "\(parameters.reference.path) to \(parameters.secondary.path)")
    let field =
      try plan.points.map { try matchPoints($0, pair, coarse) } ?? matchTiles(pair, plan, coarse, folder, record)
    progress.begin("products", total: 3, unit: "steps")
    defer { progress.end() }
    let result = try evaluate(field, pair, dates, plan, coarse, inputs, begin)
    progress.advance()
    try write(result, folder)
    progress.advance()
    try MatchDocuments(result, folder: folder).write(record)
    log.write("done", "\(result.quality.measured) of \(result.quality.asked) points measured")
    try folder.finish()
    progress.advance()
    return result.outcome(folder.path)
  }

  /// Filters, checks and what follows from the offsets.
  private func evaluate(
    _ field: MatchedField, _ pair: ImagePair, _ dates: PairDates, _ plan: MatchPlan, _ coarse: CoarseStage,
    _ inputs: [Processing.InputFile], _ begin: Date
  ) throws -> MatchResult {
    var layers = field.takeLayers()
    let isAsked = try mask(plan.area, plan)
    MatchFilters(parameters: parameters, spacing: plan.scene.spacing, hasNeighbours: plan.points == nil)
      .apply(to: &layers, backward: field.backward)
    if let isAsked { layers.clear(outside: isAsked) }
    let stable = try stableMask(pair, plan)
    let quality = MatchQuality(
      layers, backward: field.backward, isAsked: isAsked, isStable: stable.mask, spacing: plan.scene.spacing)
    let ground = try GroundScale(pair, plan, pixelSize: parameters.pixelSize)
    let products = MotionProducts(
      layers, ground: ground, separation: dates.separation, parameters: parameters, spacing: plan.scene.spacing)
    return MatchResult(
      pair: pair, dates: dates, plan: plan, coarse: coarse, layers: layers, products: products, quality: quality,
      ground: ground, flags: layers.flags.map(\.rawValue).replacing(MatchWriter.notAsked, outside: isAsked),
      stableSource: stable.source, isStable: stable.mask, inputs: inputs, parameters: parameters, given: given,
      version: version, seconds: Date().timeIntervalSince(begin),
      transform: MatchWriter.transform(of: plan.lattice, in: pair.georeference))
  }

  /// Rasters, vectors and quicklooks, or the table of points.
  private func write(_ result: MatchResult, _ folder: RunFolder) throws {
    if let points = result.plan.points {
      let writer = PointsWriter(
        folder: folder, points: points, georeference: result.pair.georeference, flags: result.flags)
      try writer.writeTable(result.products.products)
      return try writer.writeVectors(result.products.products, cancellation: cancellation)
    }
    try MatchWriter(
      folder: folder, lattice: result.plan.lattice, georeference: result.pair.georeference, threads: threads,
      cancellation: cancellation
    ).write(result.products.products, flags: result.flags)
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
    let field = MatchedField(
      region: Window(row: 0, column: 0, rows: points.count, columns: 1), hasBackward: false)
    let runner = TileRunner(
      threads: max(1, min(threads, groups.count)), cancellation: cancellation, progress: progress)
    try runner.run(
      TilePlan(rows: groups.count, columns: 1, tileRows: 1, tileColumns: 1), stage: "match", unit: "groups",
      compute: { window in try matcher.match(groups[window.row].map { points[$0] }) },
      deliver: { window, part in field.insert(part, at: groups[window.row]) })
    return field
  }

  private func matchTiles(
    _ pair: ImagePair, _ plan: MatchPlan, _ coarse: CoarseStage, _ folder: RunFolder, _ record: RunRecord
  ) throws -> MatchedField {
    let tiles = plan.tiles
    let matcher = TileMatcher(pair: pair, plan: plan, coarse: coarse, parameters: parameters)
    let hasBackward = parameters.forwardBackward && parameters.method.search == nil
    let field = MatchedField(region: plan.region, hasBackward: hasBackward)
    // Both directions of a tile are pieces of work of their own, so that even a single tile keeps two threads busy.
    let directions: [TileMatcher.Direction] = hasBackward ? [.forward, .backward] : [.forward]
    let count = tiles.count * directions.count
    let compute: @Sendable (Window) throws -> TileResult = { window in
      let result = try matcher.match(tiles[window.row / directions.count], directions[window.row % directions.count])
      return directions[window.row % directions.count] == .forward ? .forward(result) : .backward(result.offsets)
    }
    let runner = TileRunner(threads: min(threads, count), cancellation: cancellation, progress: progress)
    let list = TilePlan(rows: count, columns: 1, tileRows: 1, tileColumns: 1)
    if tiles.count == 1 {
      // Nothing to resume in a run of one tile.
      try runner.run(list, stage: "match", unit: "tiles", compute: compute) { window, result in
        field.insert(result, tile: tiles[0])
      }
      return field
    }
    let keys = directions.map {
      record.key(stage: "match-tile-\($0)", stageVersion: TileResult.version, relevant: relevant)
    }
    try runner.run(
      list, stage: "match", unit: "tiles", store: folder.units,
      key: { keys[$0.row % directions.count](tiles[$0.row / directions.count]) },
      compute: { try compute($0).arrays },
      deliver: { window, arrays in
        guard let result = TileResult(arrays) else {
          throw ServiceError(
            .storedTile, "a stored tile of an earlier run is incomplete; delete \(folder.path) and run again")
        }
        field.insert(result, tile: tiles[window.row / directions.count])
      })
    return field
  }

  /// The parameters that a tile's result depends on; others may change between a run and its resumption.
  private var relevant: JSONObject {
    var out = JSONObject()
    let all = parameters.json
    for key in [
      "band", "nodata", "mask", "method", "templateWindow", "searchRadius", "spacing", "precisionLimit",
      "minimumCorrelation", "forwardBackward", "transformation", "interpolation",
    ] {
      out[key] = all[key]
    }
    return out
  }

  /// Where a mask is true among the points.
  private func mask(_ source: MaskSource?, _ plan: MatchPlan) throws -> Mask? {
    guard let source else { return nil }
    let lattice = plan.lattice
    if let points = plan.points {
      let cells = try points.map { point in
        guard isInside(point, window: 1, plan.sceneWindow) else { return false }
        return try source.read(
          Window(row: Int(point.row.rounded()), column: Int(point.column.rounded()), rows: 1, columns: 1))[0, 0]
      }
      return Mask(rows: points.count, columns: 1, cells: cells)
    }
    var out = Mask(rows: lattice.rows, columns: lattice.columns, filledWith: false)
    for row in 0..<lattice.rows {
      let line = try source.read(
        Window(
          row: lattice.row + row * lattice.spacing, column: lattice.column, rows: 1, columns: lattice.pixels.columns))
      for column in 0..<lattice.columns { out[row, column] = line.cells[column * lattice.spacing] }
    }
    return out
  }

  private func stableMask(_ pair: ImagePair, _ plan: MatchPlan) throws -> (mask: Mask?, source: String) {
    if let area = parameters.stableTerrain {
      return (try mask(try MaskSource.open(area.text, on: pair.georeference), plan), "given as stable: \(area.text)")
    }
    if let area = parameters.moving {
      let moving = try mask(try MaskSource.open(area.text, on: pair.georeference), plan)
      return (moving?.map { !$0 }, "everything outside \(area.text)")
    }
    return (nil, "")
  }
}

extension MatchLayers {
  /// NaN in every layer outside a mask.
  fileprivate mutating func clear(outside mask: Mask) {
    for layer in Layer.allCases {
      for index in mask.cells.indices where !mask.cells[index] { self[layer].cells[index] = .nan }
    }
  }
}

extension Grid where Element == UInt8 {
  fileprivate func replacing(_ value: UInt8, outside mask: Mask?) -> Grid {
    guard let mask else { return self }
    var out = self
    for index in mask.cells.indices where !mask.cells[index] { out.cells[index] = value }
    return out
  }
}
