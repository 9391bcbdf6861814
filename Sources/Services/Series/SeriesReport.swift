// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Parameters
import RasterIO
import TimeSeries

/// The report of an inversion: where it moves how fast, how it changed, and how far that can be trusted.
struct SeriesReport {
  private let result: InvertResult
  private let products: SeriesProducts
  private let summary: SeriesSummary

  init(_ result: InvertResult, _ products: SeriesProducts, _ summary: SeriesSummary) {
    (self.result, self.products, self.summary) = (result, products, summary)
  }

  func html() throws -> String {
    let times = result.input.times
    var page = HTMLReport(kind: "Time series report", title: title)
    page.subtitle =
      "\(times.count) pairs of \(times.dates.count) dates, \(SeriesDay.text(times.dates[0])) to "
      + SeriesDay.text(times.dates[times.dates.count - 1])
    page.facts = facts
    page.keyNumbers = keyNumbers
    page.opening = notes
    page.sections = [
      try maps, try SunReport(result)?.section(SeriesMaps(result: result, products: products)),
      try SeriesReportPlaces(result, products).section(), try years, try trust, pairs, parameters,
    ].compactMap { $0 }
    page.footer = "Ogive \(result.version)"
    return try page.html(encodePNG: MatchWriter.encodePNG)
  }

  private var title: String { "Motion over time" }

  private var facts: [(name: String, value: String)] {
    var out: [(name: String, value: String)] = [
      ("Grid", "\(result.place.rows) × \(result.place.columns) px"), ("Method", result.parameters.method.rawValue),
    ]
    if let crs = result.place.crs { out.append(("Coordinate system", crs.description)) }
    if case .smooth(let model) = result.model {
      out.append(("Knots", "every \(NumberText.significant(model.knotSpacing)) days"))
    }
    return out
  }

  private var keyNumbers: [KeyNumber] {
    var out = [
      KeyNumber(
        "Median speed", NumberText.significant(summary.speed.median), unit: "m/yr",
        remark: "99\u{202F}% of the pixels below \(NumberText.significant(summary.speed.high))"),
      KeyNumber(
        "Typical uncertainty", NumberText.significant(summary.sigma.median, digits: 2), unit: "m/yr",
        remark: "one sigma of the mean velocity, median of all pixels"),
      KeyNumber(
        "Pixels with a series", NumberText.decimal(100 * summary.solvedShare, places: 0), unit: "%",
        remark: "at least \(result.parameters.output.minimumPairs) pairs"),
    ]
    if summary.wrongShare.isFinite {
      out.append(
        KeyNumber(
          "Wrong pairs", NumberText.decimal(100 * summary.wrongShare, places: 1), unit: "%",
          remark: "median of the pixels; they lose their weight"))
    }
    return out
  }

  private var notes: [ReportBlock] {
    let notices = result.notices
    return notices.isEmpty ? [] : [.callout(Callout(.note, "Notes", points: Array(notices.prefix(8))))]
  }

  // MARK: - Sections

  private var maps: ReportSection? {
    get throws {
      let maker = SeriesMaps(result: result, products: products)
      let lead =
        try maker.figure("products/speed.tif", "Mean speed", .speed, size: .wide)
        ?? maker.figure("products/motion-velocity.tif", "Mean velocity", .fitting(isSigned: true), size: .wide)
      guard let lead else { return nil }
      let others = try [
        maker.figure("products/east-velocity.tif", "To the east", .fitting(isSigned: true)),
        maker.figure("products/north-velocity.tif", "To the north", .fitting(isSigned: true)),
        maker.figure("products/season-amplitude.tif", "Season", .speed),
        maker.figure("products/season-sigma.tif", "Sigma of the season", .uncertainty),
      ].compactMap { $0 }
      return ReportSection(
        name: "motion", heading: "Motion", blocks: [.figures([lead], columns: 1), .figures(others, columns: 2)])
    }
  }

  private var years: ReportSection? {
    get throws {
      guard result.model.years.count > 1 else { return nil }
      let maker = SeriesMaps(result: result, products: products)
      let figures = try summary.years.compactMap { year, _ in
        try maker.figure("products/years/speed-\(year).tif", "\(year)", .speed)
      }
      let table = ReportTable(
        "Median speed of all pixels", columns: [.text("year"), .number("m/yr")],
        rows: summary.years.map { ["\($0.year)", NumberText.significant($0.median)] })
      return ReportSection(
        name: "years", heading: "Year by year", blocks: [.table(table), .figures(figures, columns: 2)])
    }
  }

  private var trust: ReportSection? {
    get throws {
      let maker = SeriesMaps(result: result, products: products)
      let names = [
        ("east-sigma", "Sigma to the east", ColourMap.uncertainty),
        ("north-sigma", "Sigma to the north", .uncertainty),
        ("motion-sigma", "Sigma", .uncertainty), ("count", "Pairs", .speed),
        ("wrong-share", "Share of wrong pairs", .speed),
        ("east-misclosure", "Misclosure, east", .uncertainty),
        ("north-misclosure", "Misclosure, north", .uncertainty),
        ("motion-misclosure", "Misclosure", .uncertainty), ("parts", "Parts of the network", .speed),
      ]
      let figures = try names.compactMap { try maker.figure("products/\($0.0).tif", $0.1, $0.2) }
      guard !figures.isEmpty else { return nil }
      return ReportSection(
        name: "trust", heading: "How far it can be trusted", blocks: [.figures(figures, columns: 2)])
    }
  }

  /// Most rows of a table on the page; all of them stand in the file.
  private static let mostRows = 12

  private var pairs: ReportSection {
    let times = result.input.times, closures = result.outcome.closures
    let worst = closures.indices.filter { closures[$0].measured > 0 }.sorted {
      (closures[$0].rightShare, $0) < (closures[$1].rightShare, $1)
    }.prefix(Self.mostRows)
    let table = ReportTable(
      "Pairs that fit worst; all of them in pairs.csv",
      columns: [.text("from"), .text("to"), .text("sensor"), .number("misclosure, m"), .number("right")],
      rows: worst.map { pair in
        [
          SeriesDay.text(times.earlier[pair]), SeriesDay.text(times.later[pair]),
          result.input.cube.pairs[result.input.chosen[pair]].sensor,
          NumberText.significant(closures[pair].misclosure),
          NumberText.percent(closures[pair].rightShare, places: 0),
        ]
      })
    let dates = DateClosures(result)
    let ordered = dates.misclosures.indices.filter { dates.misclosures[$0].isFinite }
      .sorted { (-dates.misclosures[$0], $0) < (-dates.misclosures[$1], $1) }.prefix(Self.mostRows)
    let dateTable = ReportTable(
      "Dates that close worst; all of them in dates.csv",
      columns: [.text("date"), .number("pairs"), .number("misclosure, m")],
      rows: ordered.map {
        [SeriesDay.text(times.dates[$0]), "\(dates.counts[$0])", NumberText.significant(dates.misclosures[$0])]
      })
    return ReportSection(name: "pairs", heading: "Pairs and dates", blocks: [.table(table), .table(dateTable)])
  }

  private var parameters: ReportSection {
    let groups = result.parameters.reportGroups(given: result.given)
    let blocks = groups.map { group -> ReportBlock in
      .folded(
        group.name,
        [
          .table(
            ReportTable(
              group.name, columns: [.code("parameter"), .text("value"), .help("what it does")],
              rows: group.rows.map { [$0.name, "\($0.value) \($0.unit)", $0.help] },
              marked: Set(group.rows.indices.filter { group.rows[$0].isSet }), stacks: true))
        ], isOpen: false)
    }
    return ReportSection(name: "parameters", heading: "Parameters", blocks: blocks)
  }
}
