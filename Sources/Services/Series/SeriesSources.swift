// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import Processing
import RasterIO
import Simulation
import Synchronization
import TimeSeries

/// What the series of all pixels are made of beside their mean: independent sources, each with a course in time and a weight at
/// each pixel and direction.
///
/// The cube is read twice, part by part: for its moments and a sample of pixels, then for the weights.
struct SeriesSources {
  static let folder = "sources"

  private let file: SeriesFile
  private let count: Int
  private let weather: [WeatherQuantity]
  private let runner: TileRunner
  private let found: IndependentComponents
  private let samples: Int

  /// Most pixels of a direction that the rotation is found from.
  private static let mostSamples = 20_000
  /// Of the random starts.
  private static let seed: UInt64 = 1

  /// - Parameter count: of the sources.
  /// - Throws: `ServiceError.noData` where the series have fewer independent parts than that.
  init(
    _ file: SeriesFile, count: Int, weather: [WeatherQuantity], threads: Int, progress: ProgressReporter,
    cancellation: Cancellation
  ) throws {
    (self.file, self.count, self.weather) = (file, count, weather)
    runner = TileRunner(threads: threads, cancellation: cancellation, progress: progress)
    let gathered = try Self.gather(file, runner)
    var parameters = IndependentComponents.Parameters(), generator = SeededRandom(seed: Self.seed)
    parameters.components = count
    samples = gathered.samples.reduce(0) { $0 + $1.count } / max(1, file.days.count)
    guard
      let found = IndependentComponents(
        gathered.moments, samples: gathered.samples, parameters: parameters, using: &generator)
    else {
      let whole = gathered.moments.reduce(0) { $0 + $1.count }
      throw ServiceError(
        .noData,
        "the series of \(file.name) do not tell \(count) sources apart: \(whole) series have all \(file.days.count) dates; "
          + "ask for fewer")
    }
    self.found = found
  }

  private struct Gathered: Sendable {
    var moments: [SeriesMoments]
    /// Of each direction, date after date.
    var samples: [[Float]]
  }

  private static func plan(_ file: SeriesFile) -> TilePlan {
    // About 32 MB of one direction at a time.
    let wanted = 8_000_000 / max(1, file.days.count * file.block.rows * file.block.columns)
    return TilePlan(
      rows: file.place.rows, columns: file.place.columns, tileRows: file.block.rows,
      tileColumns: file.block.columns * max(1, wanted))
  }

  private static func gather(_ file: SeriesFile, _ runner: TileRunner) throws -> Gathered {
    let days = file.days.count, directions = 0..<file.components
    let every = max(1, file.place.rows * file.place.columns / mostSamples)
    let all = Mutex(
      (moments: directions.map { _ in SeriesMoments(dates: days, mode: .spatial) }, rows: [[[Float]]]()))
    try runner.run(plan(file), stage: "moments", unit: "pixels") { window -> Gathered in
      var out = Gathered(moments: [], samples: [])
      let pixels = window.rows * window.columns
      // Every n-th pixel of the cube, whatever the tiles.
      let chosen = (0..<pixels).filter {
        ((window.row + $0 / window.columns) * file.place.columns + window.column + $0 % window.columns) % every == 0
      }
      for component in directions {
        let values = try file.displacement(component, window)
        var moments = SeriesMoments(dates: days, mode: .spatial)
        moments.add(values, pixels: pixels)
        out.moments.append(moments)
        out.samples.append(chosen.flatMap { pixel in (0..<days).map { values[$0 * pixels + pixel] } })
      }
      return out
    } deliver: { _, part in
      all.withLock { all in
        for component in directions { all.moments[component].merge(part.moments[component]) }
        all.rows.append(part.samples)
      }
    }
    let (moments, rows) = all.withLock { $0 }
    let samples = directions.map { component -> [Float] in
      // Pixel after pixel to date after date.
      let flat = rows.flatMap { $0[component] }, pixels = flat.count / max(1, days)
      return (0..<days).flatMap { day in (0..<pixels).map { flat[$0 * days + day] } }
    }
    return Gathered(moments: moments, samples: samples)
  }

  // MARK: - Files

  /// - Parameter path: of the folder that the sources have for themselves.
  func write(into path: String) throws {
    let folder = try RunFolder(at: path, for: "series")
    try writeMaps(folder)
    try folder.write(table, to: "courses.csv")
    try folder.write(json.text(.pretty) + "\n", to: "sources.json")
    let chart = SeriesChart(
      found.components.enumerated().map { index, component in
        SeriesChart.Line("source \(index + 1)", days: file.days, values: component.course, look: .curve)
      }, name: "course of each source", unit: "m")
    try folder.write(SVGDocument.standalone(chart.svg()), to: "courses.svg")
    try folder.finish()
  }

  private func writeMaps(_ folder: RunFolder) throws {
    let names = (0..<count).flatMap { source in file.headings.map { "source-\(source + 1)-\($0).tif" } }
    let paths = try names.map { try folder.partialPath(for: $0) }
    let writers = try names.indices.map { index -> RasterWriter in
      var layout = RasterLayout(
        rows: file.place.rows, columns: file.place.columns, transform: file.place.transform, crs: file.place.crs)
      layout.description = "weight of source \(index / file.components + 1)"
      return try RasterWriter.create(paths[index], layout)
    }
    let components = file.components
    try runner.run(Self.plan(file), stage: "weights", unit: "pixels") { window in
      try (0..<components).map { found.maps(try file.displacement($0, window), direction: $0) }
    } deliver: { window, maps in
      for (component, own) in maps.enumerated() {
        for (source, cells) in own.enumerated() {
          try writers[source * components + component].write(
            Grid(rows: window.rows, columns: window.columns, cells: cells), atRow: window.row, column: window.column)
        }
      }
    }
    for (writer, name) in zip(writers, names) {
      try writer.finish()
      try folder.publish(name)
    }
  }

  private var table: String {
    let headings = (0..<count).map { "source_\($0 + 1)_m" } + file.headings.map { "mean_\($0)_m" }
    let courses = found.components.map(\.course) + found.means
    var lines = [(["date"] + headings).joined(separator: ",")]
    for (index, day) in file.days.enumerated() {
      lines.append(([SeriesDay.text(day)] + courses.map { SeriesReader.text($0[index]) }).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How fast a course runs goes with the weather, not how far it has come.
  private func correlations(_ component: IndependentComponents.Component) -> [MotionFindings.Correlation] {
    let speeds = file.intervals.map { span -> Double in
      guard let from = file.days.firstIndex(of: span.from), let to = file.days.firstIndex(of: span.to) else {
        return .nan
      }
      return (component.course[to] - component.course[from]) / span.years
    }
    return weather.map { .init(name: $0.name, found: SeriesCorrelation(speeds, with: $0.weather)) }
  }

  private var json: JSONObject {
    [
      "sources": .array(
        found.components.map { component in
          [
            "shareOfVariance": .number(component.share), "stability": .number(component.stability),
            "weather": .array(correlations(component).compactMap(\.json)),
          ]
        }),
      "shareOfVariance": .number(found.share), "series": .integer(found.pixelCount), "sampled": .integer(samples),
      "starts": .integer(IndependentComponents.Parameters().starts),
      "convergedStarts": .integer(found.convergedStarts),
      "seed": .integer(Int(Self.seed)),
    ]
  }

  var lines: [String] {
    found.components.enumerated().flatMap { index, component -> [String] in
      let share = NumberText.percent(component.share, places: 1)
      return [
        "source \(index + 1): \(share) of the variance, stability \(NumberText.decimal(component.stability, places: 2))"
      ]
        + correlations(component).compactMap { $0.line.map { "  " + $0 } }
    }
  }
}
