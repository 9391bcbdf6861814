// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import Processing
import RasterIO
import TimeSeries

/// Compares the series of an inversion with reference points, and with 0 where nothing moves.
struct SeriesValidation {
  private struct Station {
    let reference: ReferenceStation
    let ours: MotionTrack
    let comparison: ReferenceComparison
  }

  private let parameters: ValidateCommand.Parameters
  private let file: SeriesFile
  private let stations: [Station]
  private let stable: [(name: String, statistics: ErrorStatistics)]

  init(_ p: ValidateCommand.Parameters) throws {
    parameters = p
    let file = try SeriesFile(p.run.path)
    self.file = file
    guard p.reference == nil || file.components == 2 else {
      throw ServiceError(.noTruth, "\(file.name) has one component; reference points have two, east and north")
    }
    stations =
      try p.reference.map { table in
        try ReferenceStation.read(table.path).map { reference in
          let place = try SeriesPlace(reference.name, east: reference.east, north: reference.north, on: file.place)
          let track = try file.track(row: place.row, column: place.column)
          func series(_ part: SeriesFile.DatedValues) throws -> DatedSeries {
            try DatedSeries(days: file.days, values: part.values, sigmas: part.sigmas)
          }
          let ours = MotionTrack(east: try series(track.displacement[0]), north: try series(track.displacement[1]))
          return Station(
            reference: reference, ours: ours,
            comparison: ReferenceComparison(
              ours, with: reference.track, quantity: p.quantity == .velocity ? .velocity : .displacement,
              longestGap: p.longestGap))
        }
      } ?? []
    if p.reference != nil, stations.allSatisfy({ $0.comparison.east.isEmpty }) {
      throw ServiceError(
        .noTruth,
        "no reference point has a time in common with \(file.name), which goes from \(SeriesDay.text(file.days[0])) to "
          + "\(SeriesDay.text(file.days[file.days.count - 1])), without gaps longer than \(p.longestGap) days")
    }
    stable = try p.stableTerrain.map { try Self.stable(file, $0) } ?? []
  }

  /// Most stable pixels that are looked at.
  private static let mostStable = 4000

  private static func stable(_ file: SeriesFile, _ area: Area) throws -> [(String, ErrorStatistics)] {
    let mask = try MaskSource.open(area.text, on: file.place).read(file.place.window)
    let places = mask.cells.indices.filter { mask.cells[$0] }, every = max(1, places.count / mostStable)
    var values = Array(repeating: [Double](), count: file.components), sigmas = values
    for place in stride(from: 0, to: places.count, by: every).map({ places[$0] }) {
      let track = try file.track(row: place / file.place.columns, column: place % file.place.columns)
      for (component, part) in track.velocity.enumerated() {
        values[component] += part.values
        sigmas[component] += part.sigmas
      }
    }
    guard values.contains(where: { $0.contains(where: \.isFinite) }) else {
      throw ServiceError(.noData, "no series lies on the stable ground \(area.text)")
    }
    let names = file.components == 2 ? ["east", "north"] : ["motion"]
    return zip(names, zip(values, sigmas)).map { name, both in
      let kept = both.0.indices.filter { both.0[$0].isFinite && both.1[$0].isFinite }
      return (
        name,
        ErrorStatistics.ofStableGround(velocities: kept.map { both.0[$0] }, sigmas: kept.map { both.1[$0] })
      )
    }
  }

  private var summary: ErrorStatistics { ReferenceComparison.summary(of: stations.map(\.comparison)) }
  private var unit: String { parameters.quantity == .velocity ? "m/yr" : "m" }

  private static func words(_ s: ErrorStatistics, _ unit: String) -> String {
    "\(s.count) samples, bias \(NumberText.significant(s.bias)), NMAD \(NumberText.significant(s.nmad)), RMSE "
      + "\(NumberText.significant(s.rmse)) \(unit); \(NumberText.percent(s.coverage68, places: 0)) within 68 %, "
      + "\(NumberText.percent(s.coverage95, places: 0)) within 95 %"
  }

  var lines: [String] {
    (stations.isEmpty ? [] : ["\(stations.count) reference points: " + Self.words(summary, unit)])
      + stable.map { "stable ground, \($0.name): " + Self.words($0.statistics, "m/yr") }
  }

  /// - Returns: the folder.
  func write() throws -> String {
    let folder = try SeriesFile.folder("validation", of: parameters.run.path, in: parameters.out?.path)
    func put(_ text: String, _ name: String) throws { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    var out: JSONObject = ["quantity": .string(parameters.quantity.rawValue), "unit": .string(unit)]
    if !stations.isEmpty { out["all"] = .object(Self.json(summary)) }
    out["stations"] = .array(
      stations.map {
        [
          "station": .string($0.reference.name), "east": .object(Self.json($0.comparison.eastSummary)),
          "north": .object(Self.json($0.comparison.northSummary)),
        ]
      })
    out["stableGround"] = .object(JSONObject(stable.map { ($0.name, .object(Self.json($0.statistics))) }))
    try put(out.text(.pretty) + "\n", "summary.json")
    try put(samples, "samples.csv")
    for (index, station) in stations.enumerated() {
      for (name, ours, reference) in [
        ("east", station.ours.east, station.reference.track.east),
        ("north", station.ours.north, station.reference.track.north),
      ] {
        try put(Self.drawing(station.reference.name, name, ours, reference), "station-\(index + 1)-\(name).svg")
      }
    }
    return folder
  }

  private static func json(_ s: ErrorStatistics) -> JSONObject {
    func value(_ number: Double) -> JSONValue { number.isFinite ? .number(number) : .null }
    return [
      "count": .integer(s.count), "bias": value(s.bias), "nmad": value(s.nmad), "rmse": value(s.rmse),
      "rmsNormalised": value(s.rmsNormalised), "coverage68": value(s.coverage68), "coverage95": value(s.coverage95),
    ]
  }

  private var samples: String {
    var lines = ["station,direction,from,to,measured,reference,error,sigma"]
    for station in stations {
      for (name, samples) in [("east", station.comparison.east), ("north", station.comparison.north)] {
        for s in samples {
          let numbers = [s.measured, s.reference, s.error, s.sigma].map {
            $0.isFinite ? "\(($0 * 1e5).rounded() / 1e5)" : ""
          }
          lines.append(
            ([station.reference.name, name, SeriesDay.text(s.from), SeriesDay.text(s.to)] + numbers).joined(
              separator: ","))
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Both series from the first day that both have.
  private static func drawing(_ station: String, _ name: String, _ ours: DatedSeries, _ reference: DatedSeries)
    -> String
  {
    guard let first = [ours.days.first, reference.days.first].compactMap({ $0 }).max() else { return "" }
    func from(_ series: DatedSeries) -> [Double] {
      let start = series.days.indices.min { abs(series.days[$0] - first) < abs(series.days[$1] - first) }
      return series.values.map { $0 - (start.map { series.values[$0] } ?? 0) }
    }
    let chart = SeriesChart(
      [
        .init("Ogive", days: ours.days, values: from(ours), sigmas: ours.sigmas, look: .points),
        .init(station, days: reference.days, values: from(reference), sigmas: reference.sigmas, look: .reference),
      ], name: "displacement to the \(name)", unit: "m")
    return SVGDocument.standalone(chart.svg())
  }
}
