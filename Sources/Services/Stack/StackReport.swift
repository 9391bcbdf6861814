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
    let r = result, lattice = r.plan.lattice
    let speed = try r.reduced(.speed)
    let east = try r.reduced(.eastVelocity).grid, north = try r.reduced(.northVelocity).grid
    let eastSigma = try r.reduced(.eastSigma).grid, northSigma = try r.reduced(.northSigma).grid
    let unit = r.unit(.speed)
    let placement = GridPlacement(
      row: Double(lattice.row) + Double(lattice.spacing * (speed.every - 1)) / 2,
      column: Double(lattice.column) + Double(lattice.spacing * (speed.every - 1)) / 2,
      spacing: Double(lattice.spacing * speed.every))
    var out = MatchReportContent(
      title: title, frame: frame, placement: placement,
      motion: Quantity(
        "Mean speed", unit: unit, values: speed.grid, sigma: Self.length(eastSigma, northSigma),
        note: "All pairs together; what changed with time is in the spread."),
      dx: east, dy: north.map { -$0 })
    out.kind = "Image stack report"
    out.subtitle = subtitle
    out.facts = facts
    out.keyNumbers = try keyNumbers(speed.grid, Self.length(eastSigma, northSigma))
    out.callouts = callouts
    out.base = try base()
    out.every = speed.every
    out.components = [
      Quantity("Mean velocity to the east", unit: unit, values: east, sigma: eastSigma),
      Quantity("Mean velocity to the north", unit: unit, values: north, sigma: northSigma),
    ]
    let ground = stableGround
    out.stableGround = ground
    out.stableGroundSource =
      ground == nil
      ? "" : "Corrected offsets of all pairs where the ground does not move (\(r.stableSource)), right and up."
    out.extraSections = [
      networkSection, try StackReportMaps(result, out).section(), correctionSection, filterSection, problemSection,
    ].compactMap { $0 }
    out.parameters = r.asked.reportGroups(given: r.given)
    out.products = FusedLayer.allCases.map { (StackProducts.file($0), "\(StackProducts.title($0)), \(r.unit($0))") }
    out.provenance = [("Software", "Ogive \(r.version)")]
    out.footer = "Ogive \(r.version)"
    return out
  }

  private static func length(_ a: Grid<Float>, _ b: Grid<Float>) -> Grid<Float> {
    Grid(rows: a.rows, columns: a.columns, cells: zip(a.cells, b.cells).map { ($0 * $0 + $1 * $1).squareRoot() })
  }

  private var scenes: [DatedScene] { result.network.network.scenes }

  private func day(_ scene: Int) -> String { String(scenes[scene].date.description.prefix(10)) }

  private var title: String { "Mean motion from \(day(0)) to \(day(scenes.count - 1))" }

  private var subtitle: String {
    "\(result.corrected.pairs.count) pairs of \(scenes.count) dates"
  }

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

  private func keyNumbers(_ speed: Grid<Float>, _ sigma: Grid<Float>) throws -> [KeyNumber] {
    let motion = ValueRange.percentiles(speed.cells, [0.5, 0.99])
    let typical = ValueRange.percentiles(sigma.cells, [0.5])[0]
    let coherence = try ValueRange.percentiles(result.reduced(.vectorCoherence).grid.cells, [0.5])[0]
    let unit = result.unit(.speed)
    return [
      KeyNumber(
        "Median mean speed", NumberText.significant(motion[0]), unit: unit,
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

  private var callouts: [Callout] {
    var out: [Callout] = []
    if !result.problems.isEmpty {
      out.append(
        Callout(
          .warning, "\(result.problems.count) inputs or pairs failed; the rest is here",
          points: result.problems.prefix(6).map { "\($0.what): \($0.cause)" }))
    }
    let remarks = result.network.remarks
    let loops = result.network.network.closureLoops.isEmpty
    var notes = remarks + result.notices
    if loops { notes.append("No loop of pairs closes, so nothing checks the pairs against each other.") }
    if let ground = result.ground {
      notes.append(ground.note)
    } else {
      notes.append("Motion is in px per year: give --pixel-size, the size of a pixel on the ground, for metres.")
    }
    if !notes.isEmpty { out.append(Callout(.note, "Notes", points: notes)) }
    return out
  }

  // MARK: - Sections

  private var networkSection: ReportSection {
    let network = result.network.network, counts = network.pairsPerScene
    let rows = network.scenes.indices.map { index -> [String] in
      let scene = network.scenes[index]
      let left = network.leftOut.first { $0.scene == index }
      return [
        day(index), scene.id, scene.cloudShare.map { NumberText.percent($0, places: 0) } ?? "–", "\(counts[index])",
        left?.text ?? "",
      ]
    }
    return ReportSection(
      name: "network", heading: "Pair network",
      blocks: [
        .figures(
          [
            ReportFigure(
              "Dates and pairs", svg: result.network.figure.svg(),
              caption: result.network.figure.description)
          ], columns: 1),
        .table(
          ReportTable(
            "Dates",
            columns: [.text("date"), .code("scene"), .number("cloud"), .number("pairs"), .help("left out because")],
            rows: rows)),
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

  private var correctionSection: ReportSection? {
    let pairs = result.corrected.pairs
    guard let steps = pairs.first?.report.steps, !steps.isEmpty else { return nil }
    func number(_ value: Double) -> String { NumberText.decimal(value, places: 3) }
    let summary = steps.indices.map { index -> [String] in
      let all = pairs.compactMap { $0.report.steps.indices.contains(index) ? $0.report.steps[index] : nil }
      func middle(_ value: (CorrectionReport.Step) -> Double) -> String {
        number(median(all.map(value).filter(\.isFinite)))
      }
      let made = all.filter { $0.refusalX.isEmpty || $0.refusalY.isEmpty }.count
      return [
        steps[index].name, "\(made) of \(all.count)",
        middle { max(abs($0.before.medianX), abs($0.before.medianY)) },
        middle { max(abs($0.after.medianX), abs($0.after.medianY)) },
        middle { max($0.before.nmadX, $0.before.nmadY) }, middle { max($0.after.nmadX, $0.after.nmadY) },
        middle { max($0.before.rmseX, $0.before.rmseY) }, middle { max($0.after.rmseX, $0.after.rmseY) },
      ]
    }
    let why = pairs.flatMap { $0.report.steps }.first { !$0.refusalX.isEmpty }?.refusalX ?? ""
    var blocks: [ReportBlock] = [
      .paragraph(
        "What stable ground (\(result.stableSource)) reads before and after each correction, px. A correction that "
          + "does not lower the residual of points that it was not fitted to is not made."),
      .table(
        ReportTable(
          "Medians over the pairs, the worse of both components",
          columns: [
            .text("correction"), .text("made in"), .number("|median| before"), .number("after"),
            .number("NMAD before"), .number("after"), .number("RMSE before"), .number("after"),
          ], rows: summary)),
    ]
    let each = correctionRows
    blocks.append(each.isEmpty ? .paragraph("No pair shows any stable ground: \(why).") : .table(Self.table(each)))
    return ReportSection(name: "corrections", heading: "Corrections", blocks: blocks)
  }

  private static func table(_ rows: [[String]]) -> ReportTable {
    ReportTable(
      "Each pair, right and down",
      columns: [
        .text("pair"), .text("correction"), .number("median before"), .number("after"), .number("NMAD before"),
        .number("after"), .help("remark"),
      ], rows: rows)
  }

  /// A line for each correction of each pair that shows stable ground.
  private var correctionRows: [[String]] {
    func both(_ x: Double, _ y: Double) -> String {
      "\(NumberText.decimal(x, places: 3)), \(NumberText.decimal(y, places: 3))"
    }
    func made(_ refusal: String) -> String { refusal.isEmpty ? "made" : refusal }
    return result.corrected.pairs.flatMap { pair in
      pair.report.steps.filter { $0.before.count > 0 }.map { step -> [String] in
        let refusal =
          step.refusalX == step.refusalY
          ? step.refusalX : "x: \(made(step.refusalX)); y: \(made(step.refusalY))"
        return [
          pair.matched.name, step.name, both(step.before.medianX, step.before.medianY),
          both(step.after.medianX, step.after.medianY), both(step.before.nmadX, step.before.nmadY),
          both(step.after.nmadX, step.after.nmadY), refusal.isEmpty ? "" : "not made: \(refusal)",
        ]
      }
    }
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
