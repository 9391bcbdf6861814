// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import TimeSeries

/// The part of an inversion's report that shows what three places did: a fast one, a middling one and a slow one.
struct SeriesReportPlaces {
  private let result: InvertResult
  private let products: SeriesProducts

  init(_ result: InvertResult, _ products: SeriesProducts) { (self.result, self.products) = (result, products) }

  /// Ranks among the pixels with a series, and what they are called.
  private static let ranks = [(0.98, "fast"), (0.5, "middling"), (0.05, "slow")]

  func section() throws -> ReportSection? {
    let name = result.components == 2 ? "products/speed.tif" : "products/motion-velocity.tif"
    guard let product = products.named(name) else { return nil }
    let speeds = try SeriesMaps.reduced(product, products, result.place)
    let factor = max(1, (max(result.place.rows, result.place.columns) + Quicklook.side - 1) / Quicklook.side)
    let ordered = speeds.cells.indices.filter { speeds.cells[$0].isFinite }
      .sorted { (abs(speeds.cells[$0]), $0) < (abs(speeds.cells[$1]), $1) }
    guard !ordered.isEmpty else { return nil }
    var lines: [(displacement: SeriesChart.Line, velocity: SeriesChart.Line)] = []
    for (share, word) in Self.ranks {
      let cell = ordered[min(ordered.count - 1, Int(share * Double(ordered.count)))]
      let row = min(result.place.rows - 1, cell / speeds.columns * factor + factor / 2)
      let column = min(result.place.columns - 1, cell % speeds.columns * factor + factor / 2)
      lines.append(try line(word, row, column))
    }
    let displacement = SeriesChart(lines.map(\.displacement), name: "displacement along the motion", unit: "m")
    let velocity = SeriesChart(lines.map(\.velocity), name: "velocity along the motion", unit: "m/yr")
    return ReportSection(
      name: "places", heading: "Three places over time",
      blocks: [
        .figures(
          [
            ReportFigure("Velocity", svg: velocity.svg(), caption: "With one sigma; other places: ogive series."),
            ReportFigure("Displacement", svg: displacement.svg(), caption: "Since the first date, with one sigma."),
          ], columns: 1)
      ])
  }

  private func line(_ word: String, _ row: Int, _ column: Int) throws -> (SeriesChart.Line, SeriesChart.Line) {
    let window = Window(row: row, column: column, rows: 1, columns: 1)
    let days = result.model.days, steps = result.model.steps
    func values(_ names: [String]) throws -> [Double] {
      try result.outcome.layers.floats(names, window).map { Double($0.cells[0]) }
    }
    let track = SeriesFile.Track(
      displacement: try (0..<result.components).map { c in
        .init(
          values: try values(days.indices.map { SeriesLayer.displacement(c, $0) }),
          sigmas: try values(days.indices.map { SeriesLayer.displacementSigma(c, $0) }))
      },
      velocity: try (0..<result.components).map { c in
        .init(
          values: try values(steps.indices.map { SeriesLayer.velocity(c, $0) }),
          sigmas: try values(steps.indices.map { SeriesLayer.velocitySigma(c, $0) }))
      })
    let name = "\(word) (row \(row), column \(column))"
    return (
      SeriesChart.Line(name, days: days, values: track.along.values, sigmas: track.along.sigmas),
      SeriesChart.Line(
        name, days: steps.map { ($0.from + $0.to) / 2 }, values: track.speedAlong.values,
        sigmas: track.speedAlong.sigmas)
    )
  }
}
