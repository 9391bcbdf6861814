// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Parameters
import Processing
import Products
import RasterIO
import TimeSeries

/// An inversion and what it was made from.
struct InvertResult: Sendable {
  let parameters: InvertParameters
  let input: SeriesInput
  let model: SeriesModel
  let outcome: InvertStages.Outcome
  let place: Georeference
  let given: Set<String>
  let version: String
  /// What the pairs were read from.
  let source: Checksum
  /// Files that it was made from, and addresses.
  let sources: [String]

  var components: Int { input.cube.components }

  /// What the user should know of the data and of what came out.
  var notices: [String] {
    let silent = outcome.closures.indices.filter { outcome.closures[$0].measured == 0 }
    guard !silent.isEmpty, silent.count < outcome.closures.count else { return input.notices }
    let names = silent.prefix(3).map { "\(input.cube.pairs[input.chosen[$0]])" }.joined(separator: ", ")
    return input.notices + [
      "\(silent.count) of \(outcome.closures.count) pairs have no value where there is a series: \(names)"
        + (silent.count > 3 ? ", …" : "")
    ]
  }

  /// From the first day to the last.
  var years: Double { DayInterval(from: model.days[0], to: model.days[model.days.count - 1]).years }
}

/// An inversion from its pairs to the report.
struct InvertRun {
  let input: SeriesInput
  private let parameters: InvertParameters
  private let given: Set<String>
  private let version: String
  private let progress: ProgressReporter
  private let cancellation: Cancellation
  private let model: SeriesModel

  init(
    _ parameters: InvertParameters, given: Set<String>, version: String, progress: ProgressReporter,
    cancellation: Cancellation
  ) throws {
    self.parameters = parameters
    self.given = given
    self.version = version
    self.progress = progress
    self.cancellation = cancellation
    input = try SeriesInput(parameters)
    model = try SeriesModel(parameters, input.times)
  }

  private var threads: Int { parameters.run.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// What would be done.
  var plan: [String] {
    let times = input.times, window = input.window
    let pixels = window.rows * window.columns
    let megabytes = Double(pixels) * Double(model.bytesPerPixel * input.cube.components) / 1e6
    return [
      "\(times.count) pairs of \(times.dates.count) dates, \(SeriesDay.text(times.dates[0])) to "
        + SeriesDay.text(times.dates[times.dates.count - 1]),
      "\(window.rows) × \(window.columns) pixels, series at \(model.days.count) days",
      "about \(Int(megabytes.rounded(.up))) MB of disk before compression",
    ]
  }

  /// Seconds of a core on the machine that the rates were measured on (docs/results/platform.md): for a measured value, for a
  /// pixel of what is written, and for the start and the report.
  private static let secondsPerValue = 0.36e-6
  private static let secondsPerPixel = 9e-6
  private static let serialSeconds = 0.7
  /// For a raster besides its pixels, with its documents, and what it has of bytes then.
  private static let secondsPerRaster = 2.6e-3
  private static let bytesPerRaster = 15e3
  /// What the program and its libraries take, and a pixel of what is inverted and written, bytes.
  private static let baseMemory = 90e6
  private static let bytesPerPixel = 940.0

  /// What the run will take.
  var estimate: CommandEstimate {
    let pixels = Double(input.window.rows * input.window.columns), components = Double(input.cube.components)
    // Each day's displacement and its sigma, and what stands for all of them.
    let rasters = 2 * components * Double(model.days.count) + 20
    var estimate = CommandEstimate(
      "invert",
      serial: Self.serialSeconds + Self.secondsPerPixel * pixels + Self.secondsPerRaster * rasters,
      parallel: Self.secondsPerValue * pixels * Double(input.times.count) * components, width: threads,
      memoryBytes: Self.baseMemory + min(parameters.run.memory * 1e6, Self.bytesPerPixel * pixels),
      diskBytes: pixels * Double(model.bytesPerPixel) * components + Self.bytesPerRaster * rasters)
    estimate.lines = plan
    return estimate
  }

  /// - Returns: lines for the terminal.
  func run() throws -> [String] {
    let pixels = input.window.rows * input.window.columns
    let bytes = pixels * model.bytesPerPixel * input.cube.components
    let folder = try RunFolder(at: parameters.out.path, for: "invert", neededBytes: bytes)
    do {
      return try run(in: folder)
    } catch {
      folder.discardIfEmpty()
      throw error
    }
  }

  private func run(in folder: RunFolder) throws -> [String] {
    let inputs = JSONObject(given.sorted().compactMap { name in parameters.json[name].map { (name, $0) } })
    try folder.remember(JobFile(process: "invert", inputs: inputs))
    let log = try RunLog(folder)
    log.write("start", "\(input.times.count) pairs")
    let runner = StageRunner(
      threads: threads, store: folder.units, cancellation: cancellation, progress: progress, log: log)
    let checksums = folder.checksums
    let source = try checksums.checksum(of: input.cube, cancellation: cancellation)
    try checksums.save()
    let outcome = try InvertStages(
      parameters: parameters, input: input, model: model, runner: runner, source: source,
      checksums: checksums
    ).run()
    let result = InvertResult(
      parameters: parameters, input: input, model: model, outcome: outcome, place: try input.georeference,
      given: given, version: version, source: source, sources: input.cube.sources + parameters.givenFiles)
    let products = SeriesProducts(
      run: result, folder: folder, runner: runner, writesDates: parameters.output.rasters)
    try products.write()
    try SeriesCubeFile(result: result, folder: folder, runner: runner).write()
    let summary = try SeriesSummary(result, products)
    try SeriesDocuments(result: result, products: products, summary: summary, folder: folder, runner: runner).write()
    log.write("done", "\(pixels) pixels")
    folder.units.prune()
    try folder.finish()
    guard outcome.closures.contains(where: { $0.measured > 0 }) else {
      throw ServiceError(
        .nothingMeasured,
        "no pixel has a series: \(parameters.output.minimumPairs) pairs are asked for at a pixel, and the most that one "
          + "has is \(summary.mostPairs); give fewer as --minimum-pairs, or more pairs (\(folder.path)/report.html)")
    }
    return summary.lines + (SunReport(result)?.lines ?? [])
  }

  private var pixels: Int { input.window.rows * input.window.columns }
}
