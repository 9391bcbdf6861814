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

    struct Direction {
      let name: String
      let ours, reference: DatedSeries
      let samples: [ReferenceComparison.Sample]
      let statistics: ErrorStatistics
    }

    /// Those that both have.
    var directions: [Direction] {
      let theirs = reference.track
      let level = [
        Direction(
          name: "east", ours: ours.east, reference: theirs.east, samples: comparison.east,
          statistics: comparison.eastSummary),
        Direction(
          name: "north", ours: ours.north, reference: theirs.north, samples: comparison.north,
          statistics: comparison.northSummary),
      ]
      guard let up = ours.up, let other = theirs.up else { return level }
      return level + [
        Direction(
          name: "up", ours: up, reference: other, samples: comparison.up, statistics: comparison.upSummary)
      ]
    }
  }

  private let parameters: ValidateCommand.Parameters
  private let file: SeriesFile
  private let stations: [Station]
  private let stable: StableSeries?

  init(_ p: ValidateCommand.Parameters) throws {
    parameters = p
    let file = try SeriesFile(p.run.path)
    self.file = file
    guard p.reference == nil || file.components == 2 else {
      throw ServiceError(.noTruth, "\(file.name) has one component; reference points have two, east and north")
    }
    stations = try p.reference.map { try Self.stations($0.path, file, p) } ?? []
    if p.reference != nil, stations.allSatisfy({ $0.comparison.east.isEmpty }) {
      throw ServiceError(
        .noTruth,
        "no reference point has a time in common with \(file.name), which goes from \(SeriesDay.text(file.days[0])) to "
          + "\(SeriesDay.text(file.days[file.days.count - 1])), without gaps longer than \(p.longestGap) days")
    }
    stable = try p.stableTerrain.map { try StableSeries(file, $0) }
  }

  private static func stations(
    _ path: String, _ file: SeriesFile, _ p: ValidateCommand.Parameters
  ) throws -> [Station] {
    let references = try ReferenceStation.read(path)
    let places = try references.map { try SeriesPlace($0.name, east: $0.east, north: $0.north, on: file.place) }
    let tracks = try file.tracks(at: places.map { ($0.row, $0.column) })
    return try zip(references, tracks).map { reference, track in
      func series(_ part: SeriesFile.DatedValues) throws -> DatedSeries {
        try DatedSeries(days: file.days, values: part.values, sigmas: part.sigmas)
      }
      let ours = MotionTrack(
        east: try series(track.displacement[0]), north: try series(track.displacement[1]),
        up: try track.up.map(series))
      return Station(
        reference: reference, ours: ours,
        comparison: ReferenceComparison(
          ours, with: reference.track, quantity: p.quantity == .velocity ? .velocity : .displacement,
          longestGap: p.longestGap))
    }
  }

  private var summary: ErrorStatistics { ReferenceComparison.summary(of: stations.map(\.comparison)) }
  private var upSummary: ErrorStatistics {
    let samples = stations.flatMap(\.comparison.up)
    return ErrorStatistics(errors: samples.map(\.error), sigmas: samples.map(\.sigma))
  }
  private var unit: String { parameters.quantity == .velocity ? "m/yr" : "m" }

  private static func words(_ s: ErrorStatistics, _ unit: String) -> String {
    "\(s.count) samples, bias \(NumberText.significant(s.bias)), NMAD \(NumberText.significant(s.nmad)), RMSE "
      + "\(NumberText.significant(s.rmse)) \(unit); \(NumberText.percent(s.coverage68, places: 0)) within 68 %, "
      + "\(NumberText.percent(s.coverage95, places: 0)) within 95 %"
  }

  var lines: [String] {
    var out = stations.isEmpty ? [] : ["\(stations.count) reference points: " + Self.words(summary, unit)]
    let withUp = stations.filter { $0.reference.track.up != nil }.count
    if withUp > 0 {
      out.append(
        file.hasUp
          ? "\(withUp) of them upwards: " + Self.words(upSummary, unit)
          : "u of \(withUp) reference points is not compared: \(file.name) has no motion upwards")
    }
    return out + (stable?.parts ?? []).map { "stable ground, \($0.name): " + Self.words($0.statistics, "m/yr") }
  }

  /// - Returns: the folder.
  func write() throws -> String {
    let folder = try SeriesFile.folder("validation", of: parameters.run.path, in: parameters.out?.path)
    func put(_ text: String, _ name: String) throws { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    var out: JSONObject = ["quantity": .string(parameters.quantity.rawValue), "unit": .string(unit)]
    if !stations.isEmpty { out["all"] = .object(Self.json(summary)) }
    if stations.contains(where: { !$0.comparison.up.isEmpty }) { out["up"] = .object(Self.json(upSummary)) }
    out["stations"] = .array(
      stations.map { station in
        let parts = station.directions.map { ($0.name, JSONValue.object(Self.json($0.statistics))) }
        return .object(JSONObject([("station", .string(station.reference.name))] + parts))
      })
    out["stableGround"] = .object(
      JSONObject((stable?.parts ?? []).map { ($0.name, .object(Self.json($0.statistics))) }))
    try put(out.text(.pretty) + "\n", "summary.json")
    try put(samples, "samples.csv")
    for (index, station) in stations.enumerated() {
      for part in station.directions {
        try put(
          Self.drawing(station.reference.name, part.name, part.ours, part.reference),
          "station-\(index + 1)-\(part.name).svg")
      }
    }
    let ratios = stations.flatMap { $0.directions.flatMap { $0.samples.map { Float($0.error / $0.sigma) } } }
    for (name, ratios) in [("coverage", ratios), ("stable-coverage", stable?.ratios ?? [])]
    where ratios.contains(where: \.isFinite) {
      try put(SVGDocument.standalone(CoveragePlot(normalisedErrors: ratios).svg()), "\(name).svg")
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
      for part in station.directions {
        for s in part.samples {
          let numbers = [s.measured, s.reference, s.error, s.sigma].map {
            $0.isFinite ? "\(($0 * 1e5).rounded() / 1e5)" : ""
          }
          lines.append(
            ([station.reference.name, part.name, SeriesDay.text(s.from), SeriesDay.text(s.to)] + numbers).joined(
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
      ], name: "displacement \(name == "up" ? "upwards" : "to the \(name)")", unit: "m")
    return SVGDocument.standalone(chart.svg())
  }
}
