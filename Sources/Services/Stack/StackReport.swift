// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Parameters
import TimeSeries

/// Puts the report of a stack together.
struct StackReport {
  let result: StackResult

  func content() throws -> MatchReportContent {
    let r = result, lattice = r.plan.lattice, layers = ReportLayers(isEvent: r.isEvent)
    let length = try r.reduced(layers.length)
    let east = try r.reduced(layers.east).grid, north = try r.reduced(layers.north).grid
    let eastSigma = try r.reduced(layers.eastSigma).grid, northSigma = try r.reduced(layers.northSigma).grid
    let unit = r.unit(layers.length), sigma = Self.length(eastSigma, northSigma)
    let placement = GridPlacement(
      row: Double(lattice.row) + Double(lattice.spacing * (length.every - 1)) / 2,
      column: Double(lattice.column) + Double(lattice.spacing * (length.every - 1)) / 2,
      spacing: Double(lattice.spacing * length.every))
    let words = StackReportWords(result: r)
    var out = MatchReportContent(
      title: words.title, frame: frame, placement: placement,
      motion: Quantity(layers.name, unit: unit, values: length.grid, sigma: sigma, note: layers.note), dx: east,
      dy: north.map { -$0 })
    out.kind = "Image stack report"
    out.subtitle = words.subtitle
    out.facts = facts
    out.keyNumbers = try keyNumbers(layers, length.grid, sigma)
    out.base = try base()
    out.every = length.every
    out.components = [
      Quantity("\(layers.component) to the east", unit: unit, values: east, sigma: eastSigma),
      Quantity("\(layers.component) to the north", unit: unit, values: north, sigma: northSigma),
    ]
    let ground = stableGround
    out.stableGround = ground
    out.stableGroundSource =
      ground == nil
      ? "" : "Corrected offsets of all pairs where the ground does not move (\(r.stableSource)), right and up."
    let samples = try StackSamples(r, wanted: StackReportCorrections.mostImproved(r))
    out.callouts = [failures, words.reading(samples), notes].compactMap { $0 }
    out.extraSections = [
      networkSection(samples), try StackReportMaps(result, out).section(),
      try StackReportLosses(r, samples, frame: frame).section(), filterSection,
      try StackReportCorrections(r, samples, frame: frame).section(), problemSection,
    ].compactMap { $0 }
    out.parameters = r.asked.reportGroups(given: r.given)
    out.products = r.asked.layers.map {
      (StackProducts.file($0), Self.described(StackProducts.title($0), r.unit($0)))
    }
    out.provenance = [("Software", "Ogive \(r.version)")]
    out.footer = "Ogive \(r.version)"
    return out
  }

  private static func described(_ title: String, _ unit: String) -> String {
    unit.isEmpty ? title : "\(title), \(unit)"
  }

  private static func length(_ a: Grid<Float>, _ b: Grid<Float>) -> Grid<Float> {
    Grid(rows: a.rows, columns: a.columns, cells: zip(a.cells, b.cells).map { ($0 * $0 + $1 * $1).squareRoot() })
  }

  private var scenes: [DatedScene] { result.network.network.scenes }

  private func day(_ scene: Int) -> String { String(scenes[scene].date.description.prefix(10)) }

  private var facts: [(name: String, value: String)] {
    let grid = result.input.grid
    var out: [(name: String, value: String)] = [
      ("Common grid", "\(grid.rows) × \(grid.columns) px"), ("Band", result.input.band.rawValue),
      ("Matcher", result.context.parameters.matching.matcher.rawValue),
    ]
    if let crs = grid.crs { out.append(("Coordinate system", crs.description)) }
    if let ground = result.ground {
      let size = ground.step(row: 0, column: 0).pixelSize
      out.append(
        ("Pixel", "\(NumberText.decimal(size.width, places: 2)) × \(NumberText.decimal(size.height, places: 2)) m"))
    }
    return out
  }

  private var frame: MapFrame {
    let place = result.georeference
    return MapFrame(
      area: place.window, geoTransform: place.transform, unit: place.crs?.isGeographic == true ? .degrees : .metres,
      crsName: place.crs?.description ?? "", pixelMetres: result.ground?.step(row: 0, column: 0).pixelSize.width)
  }

  /// The clearest date under the maps.
  private func base() throws -> MatchReportContent.Base? {
    let shares = result.clouds.cloudShares
    let dates = result.network.dates.filter { result.images.images[$0] != nil }
    guard let date = dates.min(by: { (shares[$0] ?? 1) < (shares[$1] ?? 1) }), let image = result.images.images[date]
    else { return nil }
    let grid = result.input.grid
    let small = try Quicklook.reduced(rows: grid.rows, columns: grid.columns) {
      try image.floats(
        [GridStage.field], Window(row: $0.lowerBound, column: 0, rows: $0.count, columns: grid.columns))[0]
    }
    let factor = max(1, (max(grid.rows, grid.columns) + Quicklook.side - 1) / Quicklook.side)
    return .init(
      image: small, placement: .blocks(of: factor),
      name: "the image of \(result.input.dates[date].pass.date.day)")
  }

  private func keyNumbers(
    _ layers: ReportLayers, _ length: Grid<Float>, _ sigma: Grid<Float>
  ) throws -> [KeyNumber] {
    let motion = ValueRange.percentiles(length.cells, [0.5, 0.99])
    let typical = ValueRange.percentiles(sigma.cells, [0.5])[0]
    let coherence = try ValueRange.percentiles(result.reduced(.vectorCoherence).grid.cells, [0.5])[0]
    let unit = result.unit(layers.length)
    return [
      KeyNumber(
        "Median \(layers.name.lowercased())", NumberText.significant(motion[0]), unit: unit,
        remark: "99\u{202F}% of the points below \(NumberText.significant(motion[1]))"),
      KeyNumber(
        "Typical uncertainty", NumberText.significant(typical, digits: 2), unit: unit,
        remark: "one sigma of the mean, median of all points"),
      KeyNumber(
        "Pairs", "\(result.corrected.pairs.count)", remark: "of \(result.network.network.pairs.count) in the network"),
      KeyNumber(
        "Vector coherence", NumberText.decimal(coherence, places: 2), remark: "median; 1 where all pairs agree"),
    ]
  }

  private var failures: Callout? {
    guard !result.problems.isEmpty else { return nil }
    return Callout(
      .warning,
      "\(StackReportWords.count(result.problems.count, "input, pair or file", many: "inputs, pairs or files")) failed; the rest is here",
      points: result.problems.prefix(6).map { "\($0.what): \($0.cause)" })
  }

  private var notes: Callout? {
    let remarks = result.network.remarks
    let loops = result.network.network.closureLoops.isEmpty
    var notes = remarks + result.notices
    if loops { notes.append("No loop of pairs closes, so nothing checks the pairs against each other.") }
    if let ground = result.ground {
      notes.append(ground.note)
    } else {
      notes.append("Motion is in px per year: give --pixel-size, the size of a pixel on the ground, for metres.")
    }
    return notes.isEmpty ? nil : Callout(.note, "Notes", points: notes)
  }

  // MARK: - Sections

  private func networkSection(_ samples: StackSamples) -> ReportSection {
    let network = result.network.network, counts = network.pairsPerScene
    let used = StackReportLosses.usedShares(result, samples)
    let isAnyOut = !network.leftOut.isEmpty
    let rows = network.scenes.indices.map { index -> [String] in
      let scene = network.scenes[index]
      let left = network.leftOut.first { $0.scene == index }?.text ?? ""
      // Hyphens at which no line is broken.
      return [
        day(index).replacing("-", with: "\u{2011}"),
        scene.cloudShare.map { NumberText.percent($0, places: 0) } ?? "–",
        "\(counts[index])", used[index].map { NumberText.percent($0, places: 0) } ?? "–", scene.id,
      ] + (isAnyOut ? [left] : [])
    }
    let columns: [ReportTable.Column] = [
      .text("date"), .number("cloud"), .number("pairs"), .number("points used"), .help("scene"),
    ]
    let table = ReportTable("Dates", columns: columns + (isAnyOut ? [.help("left out because")] : []), rows: rows)
    return ReportSection(
      name: "network", heading: "Pair network",
      blocks: [
        .figures(
          [
            ReportFigure(
              "Dates and pairs", svg: result.network.figure.svg(),
              caption: result.network.figure.description)
          ], columns: 1),
        .table(table),
      ] + leftOutPairs)
  }

  /// Nil where nobody has said what is stable and nothing was corrected by it: it would measure motion.
  private var stableGround: StableGround? {
    let choices = result.context.parameters.corrections
    let isKnown = choices.stableTerrain != nil || choices.moving != nil
    guard isKnown || result.corrected.pairs.contains(where: { !$0.report.steps.isEmpty }) else { return nil }
    let east = result.corrected.pairs.flatMap { $0.stable.x }
    let north = result.corrected.pairs.flatMap { $0.stable.y.map { -$0 } }
    let step = max(1, east.count / StableGround.enough)
    let chosen = stride(from: 0, to: east.count, by: step)
    return StableGround(
      east: chosen.map { east[$0] }, north: chosen.map { north[$0] }, unit: "px", outOf: east.count)
  }

  private var problemSection: ReportSection? {
    guard !result.problems.isEmpty else { return nil }
    return ReportSection(
      name: "failures", heading: "What failed",
      blocks: [
        .table(
          ReportTable(
            "Everything else was made without these", columns: [.text("what"), .help("cause")],
            rows: result.problems.map { [$0.what, $0.cause] }, stacks: true))
      ])
  }
}
