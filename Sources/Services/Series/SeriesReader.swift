// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters
import Processing
import RasterIO
import TimeSeries

/// Reads places off a cube of series and writes them as tables and drawings.
struct SeriesReader {
  private let file: SeriesFile
  private let readings: [PlaceReading]

  init(_ p: SeriesCommand.Parameters, _ file: SeriesFile, weather: [WeatherQuantity]) throws {
    self.file = file
    let places = try SeriesPlace.all(p.at, p.points, on: file.place)
    let tracks = try file.tracks(at: places.map { ($0.row, $0.column) })
    readings = try zip(places, tracks).map { try PlaceReading($0, $1, file, weather: weather) }
    guard readings.contains(where: \.isMeasured) else {
      throw ServiceError(
        .noPoints, "no place has a series in \(file.name): \(places.count) lie on it, and none has enough pairs there"
      )
    }
  }

  var lines: [String] { readings.flatMap(\.lines) }

  func write(into folder: String) throws {
    func put(_ text: String, _ name: String) throws { try AtomicFile.write(text, to: "\(folder)/\(name)") }
    try put(table, "places.csv")
    try put(velocityTable, "velocities.csv")
    let readings = JSONValue.array(readings.map { .object($0.json) })
    try put(readings.text(.pretty) + "\n", "readings.json")
    try put(chart { $0.along(in: $1) }, "series.svg")
    try put(velocityChart, "velocity.svg")
  }

  // MARK: - Tables

  /// As tables of series have it; missing values are empty.
  static func text(_ value: Double) -> String { value.isFinite ? "\((value * 1e5).rounded() / 1e5)" : "" }

  private var table: String {
    var lines = [
      (["place", "east", "north", "date"]
        + (file.headings + (file.hasUp ? ["up"] : [])).flatMap { ["\($0)_m", "\($0)_sigma_m"] })
        .joined(separator: ",")
    ]
    for reading in readings {
      for (index, day) in file.days.enumerated() {
        let values = (reading.track.displacement + [reading.track.up].compactMap { $0 }).flatMap {
          [Self.text($0.values[index]), Self.text($0.sigmas[index])]
        }
        lines.append((reading.columns + [SeriesDay.text(day)] + values).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var velocityTable: String {
    var lines = [
      (["place", "east", "north", "from", "to"]
        + file.headings.flatMap { ["\($0)_m_per_yr", "\($0)_sigma_m_per_yr"] })
        .joined(separator: ",")
    ]
    for reading in readings {
      for (index, span) in file.intervals.enumerated() {
        let values = reading.track.velocity.flatMap { [Self.text($0.values[index]), Self.text($0.sigmas[index])] }
        lines.append(
          (reading.columns + [SeriesDay.text(span.from), SeriesDay.text(span.to)] + values).joined(separator: ","))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: - Drawings

  private func chart(_ line: (PlaceReading, SeriesFile) -> SeriesChart.Line) -> String {
    let chart = SeriesChart(
      readings.filter(\.isMeasured).prefix(6).map { line($0, file) },
      marks: readings.count == 1 ? readings[0].marks : [],
      name: "displacement along the motion", unit: "m")
    return SVGDocument.standalone(chart.svg())
  }

  private var velocityChart: String {
    let chart = SeriesChart(
      readings.filter(\.isMeasured).prefix(6).map { $0.velocityAlong(in: file) }, name: "velocity along the motion",
      unit: "m/yr")
    return SVGDocument.standalone(chart.svg())
  }
}
