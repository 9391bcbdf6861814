// SPDX-License-Identifier: Apache-2.0
import Grids
import Parameters
import Processing
import RasterIO
import TimeSeries

/// Maps of what the series of all pixels tell: steps, onsets, failure times, correlations with the weather.
///
/// Tile by tile in a run folder of its own: the same command again goes on where it was stopped.
struct ReadingMaps {
  static let folder = "maps"

  private let file: SeriesFile
  private let layers: [ReadingLayer]
  private let weather: [WeatherQuantity]
  private let folder: RunFolder
  private let runner: StageRunner
  private let identity: JSONObject

  /// - Parameters:
  ///   - path: of the folder that the maps have for themselves.
  ///   - weather: read from the table at `weatherPath`.
  init(
    _ file: SeriesFile, weather: [WeatherQuantity], weatherPath: String?, path: String, threads: Int,
    progress: ProgressReporter, cancellation: Cancellation
  ) throws {
    (self.file, self.weather) = (file, weather)
    layers = ReadingLayer.all(weather)
    let pixels = file.place.rows * file.place.columns
    folder = try RunFolder(at: path, for: "series", neededBytes: 2 * 4 * pixels * layers.count)
    runner = StageRunner(
      threads: threads, store: folder.units, cancellation: cancellation, progress: progress, log: try RunLog(folder))
    let checksums = folder.checksums
    let table = try weatherPath.map { try checksums.checksum(ofInput: $0, cancellation: cancellation) }
    identity = ["weather": table.map { .string($0.hexadecimal) } ?? .null]
  }

  /// - Returns: lines for the terminal.
  func run() throws -> [String] {
    let cube = try folder.checksums.checksum(ofSource: file.name, cancellation: runner.cancellation)
    let plan = plan, stage = StageIdentity("series-readings", version: 1, parameters: identity)
    let keys = (0..<plan.count).map { stage.key(reading: [cube], window: plan[$0]) }
    let units = keys.indices.map {
      StageUnit("readings, tile \($0 + 1)", key: keys[$0], work: plan[$0].rows * plan[$0].columns)
    }
    let outcomes = try runner.run("readings", unit: "pixels", units) { try arrays(plan[$0]) }
    if let failure = outcomes.firstFailure { throw failure }
    try write(TiledUnits(plan, keys: keys, in: runner.store), keys)
    folder.units.prune()
    try folder.finish()
    return ["\(layers.count) maps of \(plan.rows) × \(plan.columns) pixels in \(folder.path)"]
  }

  /// Narrow tiles, so that small cubes keep all threads busy; whole blocks where there are many.
  private var plan: TilePlan {
    let rows = file.place.rows, columns = file.place.columns
    return TilePlan(
      rows: rows, columns: columns, tileRows: rows * columns > Self.large ? file.block.rows : min(8, file.block.rows),
      tileColumns: file.block.columns)
  }

  private static let large = 4_000_000

  private func arrays(_ window: Window) throws -> UnitArrays {
    let part = try file.read(window)
    var grids = layers.map { _ in Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan) }
    for pixel in 0..<part.pixels {
      let track = part.track(pixel)
      guard track.isMeasured else { continue }
      try runner.cancellation.check()
      let findings = try MotionFindings(track, file, weather: weather)
      for (index, layer) in layers.enumerated() {
        grids[index].cells[pixel] = layer.value(findings).map { Float($0) } ?? .nan
      }
    }
    return UnitArrays(zip(layers, grids).map { .init($0.name, $1) })
  }

  private func write(_ units: TiledUnits, _ keys: [UnitKey]) throws {
    let stage = StageIdentity("series-reading-raster", version: 1, parameters: [:])
    runner.progress.begin("publish", total: layers.count, unit: "rasters")
    defer { runner.progress.end() }
    _ = try parallelMap(layers, threads: runner.threads) { layer in
      try runner.cancellation.check()
      let key = stage.key(reading: keys.map(\.checksum) + [SHA256.checksum(of: layer.name)])
      try folder.write("\(layer.name).tif", key: key) { path in
        try TiledRaster(place: file.place, unit: layer.unit, title: layer.title).write(to: path) { window in
          try units.floats([layer.name], window)[0]
        }
      }
      runner.progress.advance()
    }
  }
}
