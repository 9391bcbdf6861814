// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Parameters
import Processing
import RasterIO
import TimeSeries

/// Writes what describes an inversion: how each pair and date closes, the summary, the report, styles and items and, last
/// of all, the lock file that says it is complete.
struct SeriesDocuments {
  let result: InvertResult
  let products: SeriesProducts
  let summary: SeriesSummary
  let folder: RunFolder
  let runner: StageRunner

  func write() throws {
    try folder.write(pairTable, to: "pairs.csv")
    try folder.write(dateTable, to: "dates.csv")
    if let sun = SunReport(result) {
      try folder.write(sun.json.text(.pretty) + "\n", to: "illumination.json")
      try folder.write(sun.table, to: "illumination.csv")
    }
    try folder.write(summary.json.text(.pretty) + "\n", to: "summary.json")
    try folder.write(try SeriesReport(result, products, summary).html(), to: "report.html")
    try SeriesExports(result: result, products: products, folder: folder, runner: runner).write()
    let inputs = try CatalogueFiles(folder, runner.cancellation).lockEntries(result.sources)
    let job = JobFile(
      process: "invert", inputs: result.parameters.json,
      provenance: [
        "version": .string(result.version), "inputs": inputs, "pairsSha256": .string(result.source.hexadecimal),
      ])
    try folder.write(job.json.text(.pretty) + "\n", to: "config.lock.json")
  }

  // MARK: - Tables

  private static func number(_ value: Double) -> String { value.isFinite ? "\((value * 1e4).rounded() / 1e4)" : "" }

  private var pairTable: String {
    let times = result.input.times
    var lines = ["earlier,later,sensor,separation_days,stable_east_m,stable_north_m,misclosure_m,right_share"]
    for (place, pair) in result.input.chosen.enumerated() {
      let closure = result.outcome.closures[place], shift = result.outcome.shifts?[place]
      lines.append(
        [
          SeriesDay.text(times.earlier[place]), SeriesDay.text(times.later[place]),
          result.input.cube.pairs[pair].sensor,
          Self.number(times.separation(place)), shift.map { Self.number(Double($0.east)) } ?? "",
          shift.map { Self.number(Double($0.north)) } ?? "", Self.number(closure.misclosure),
          Self.number(closure.rightShare),
        ].joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var dateTable: String {
    var lines = ["date,pairs,misclosure_m"]
    let closures = DateClosures(result)
    for (place, date) in result.input.times.dates.enumerated() {
      lines.append("\(SeriesDay.text(date)),\(closures.counts[place]),\(Self.number(closures.misclosures[place]))")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// How well the pairs of each date close.
struct DateClosures {
  let counts: [Int]
  /// RMS over all pairs with the date and all pixels, weighted by how likely each is right, m.
  let misclosures: [Double]

  init(_ result: InvertResult) {
    let times = result.input.times
    var sums = Array(repeating: (squares: 0.0, weight: 0.0, pairs: 0), count: times.dates.count)
    for (pair, closure) in result.outcome.closures.enumerated() {
      for date in [times.earlierDate[pair], times.laterDate[pair]] {
        sums[date].squares += closure.squares
        sums[date].weight += closure.weight
        sums[date].pairs += 1
      }
    }
    counts = sums.map(\.pairs)
    misclosures = sums.map { $0.weight > 0 ? ($0.squares / $0.weight).squareRoot() : .nan }
  }
}
