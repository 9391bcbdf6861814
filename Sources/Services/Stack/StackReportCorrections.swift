// SPDX-License-Identifier: Apache-2.0
import Correction
import Figures
import Grids

/// What corrections did to a stack: maps before and after, spread of the stable ground, numbers.
struct StackReportCorrections {
  private let result: StackResult
  private let samples: StackSamples
  private let frame: MapFrame

  /// Pairs whose maps are shown.
  private static let mostMaps = 8
  /// Rows of a table that are not folded away.
  private static let shortTable = 12

  init(_ result: StackResult, _ samples: StackSamples, frame: MapFrame) {
    (self.result, self.samples, self.frame) = (result, samples, frame)
  }

  /// Pairs by how much the scatter of their stable ground fell, the best first: those that maps are shown of.
  static func mostImproved(_ result: StackResult) -> [Int] {
    func gain(_ place: Int) -> Double {
      let report = result.corrected.pairs[place].report
      guard let before = report.before, let after = report.after, after.count > 0 else { return -.infinity }
      return before.scatter - after.scatter
    }
    let gains = result.corrected.pairs.indices.map { (place: $0, gain: gain($0)) }
    return gains.filter { $0.gain > 0 }.sorted { ($0.gain, $1.place) > ($1.gain, $0.place) }.prefix(mostMaps).map(
      \.place)
  }

  func section() throws -> ReportSection? {
    let pairs = result.corrected.pairs
    guard let steps = pairs.first?.report.steps, !steps.isEmpty else { return nil }
    var blocks: [ReportBlock] = [
      .paragraph(
        "Images of one place never lie quite on each other: they are shifted, tilted or striped by the satellite. That is "
          + "measured where the ground stands still (\(result.stableSource)) and taken off. Such ground should read zero "
          + "afterwards. A correction that does not lower the residual of points that it was not fitted to is not made."
      )
    ]
    let each = rows
    if each.isEmpty {
      let why = pairs.flatMap { $0.report.steps }.first { !$0.refusalX.isEmpty }?.refusalX ?? ""
      blocks.append(.paragraph("Nothing was corrected: no pair shows any stable ground (\(why))."))
      return ReportSection(name: "corrections", heading: "Corrections", blocks: blocks)
    }
    blocks += try maps()
    blocks += [.figures(strips, columns: 1), .figures(histograms, columns: 2), .table(summary(steps))]
    let table = ReportTable(
      "Each pair, right and down, px",
      columns: [
        .text("pair"), .text("correction"), .number("median before"), .number("after"), .number("NMAD before"),
        .number("after"), .help("remark"),
      ], rows: each)
    blocks.append(
      each.count > Self.shortTable
        ? .folded("Numbers of each pair (\(each.count) rows)", [.table(table)], isOpen: false) : .table(table))
    return ReportSection(name: "corrections", heading: "Corrections", blocks: blocks)
  }
}

// MARK: - Drawings

extension StackReportCorrections {
  /// Before, model and after of the pairs that gained most, each under its name.
  private func maps() throws -> [ReportBlock] {
    let chosen = Self.mostImproved(result)
    guard !chosen.isEmpty else { return [] }
    var blocks: [ReportBlock] = [
      .paragraph(
        "Pairs whose stable ground gained most, one scale of colours in each. After the correction, outlined ground should "
          + "be pale and even: stripes, tilts or steps that are left there lie in the rest of the map as well.")
    ]
    for (rank, place) in chosen.enumerated() {
      guard let sample = samples.pairs.first(where: { $0.place == place }) else { continue }
      let pair = result.corrected.pairs[place]
      let before = pair.report.before?.scatter ?? .nan, after = pair.report.after?.scatter ?? .nan
      let figure = ReportFigure(
        "", svg: try figure(of: sample, named: pair.matched.name),
        caption: "Offsets to the right (above) and down (below), px; the outline is stable ground.")
      blocks.append(
        .folded(
          "\(words(pair.matched.name)): scatter of stable ground \(Self.number(before)) → \(Self.number(after)) px",
          [.figures([figure], columns: 1)], isOpen: rank == 0))
    }
    return blocks
  }

  private func figure(of pair: StackSamples.Pair, named name: String) throws -> String {
    let after = pair.corrected
    let panels = [
      ("before", pair.measured.dx), ("model", pair.model.dx), ("after", after.dx), ("before", pair.measured.dy),
      ("model", pair.model.dy), ("after", after.dy),
    ].map { MapMultiples.Panel($0.0, $0.1) }
    // Stable ground and model decide the colours: of a glacier's motion the ends of the bar are enough.
    let ground = pair.isStable ?? after.dx.map { _ in true }
    let still = [pair.measured.dx, pair.measured.dy].flatMap { grid in
      grid.cells.indices.filter { ground.cells[$0] }.map { grid.cells[$0] }
    }
    var figure = MapMultiples(
      panels, frame: frame, placement: samples.placement(result.plan), columns: 3, map: .balance,
      range: ValueRange.aroundZero(still + pair.model.dx.cells + pair.model.dy.cells), name: "Offset", unit: "px",
      description: "Maps of the offsets of \(name) before correction, of what was taken off, and after it.")
    figure.rowNames = ["to the right", "down"]
    figure.outline = pair.isStable?.smoothed(radius: 2)
    return try figure.svg(encodePNG: MatchWriter.encodePNG)
  }

  private var strips: [ReportFigure] {
    func figure(
      _ title: String, _ part: (CorrectionReport.Ground) -> (centre: Double, spread: Double)
    ) -> ReportFigure {
      let entries = result.corrected.pairs.map { pair in
        BeforeAfterStrip.Entry(
          String(pair.matched.name.prefix(10)), before: pair.report.before.map(part) ?? (.nan, .nan),
          after: pair.report.after.map(part) ?? (.nan, .nan))
      }
      let isThinned = entries.count > BeforeAfterStrip.most
      return ReportFigure(
        title, svg: BeforeAfterStrip(entries, name: "offset", unit: "px").svg(),
        caption: "Median of stable ground and one NMAD to both sides, pair by pair, under the first date of the pair"
          + (isThinned ? "; not every pair is drawn." : "."))
    }
    return [
      figure("Stable ground of each pair, to the right") { ($0.medianX, $0.nmadX) },
      figure("Stable ground of each pair, down") { ($0.medianY, $0.nmadY) },
    ]
  }

  private var histograms: [ReportFigure] {
    func values(_ pick: (StackSamples.Pair) -> Grid<Float>) -> [Float] {
      samples.pairs.flatMap { pair -> [Float] in
        guard let ground = pair.isStable else { return [] }
        let grid = pick(pair)
        return grid.cells.indices.filter { ground.cells[$0] }.map { grid.cells[$0] }
      }
    }
    let before = [values { $0.measured.dx }, values { $0.measured.dy }]
    let after = [values { $0.corrected.dx }, values { $0.corrected.dy }]
    guard before[0].contains(where: \.isFinite) else { return [] }
    let range = ValueRange.aroundZero((before + after).flatMap(\.self), upper: 0.97)
    let shown = samples.pairs.filter { $0.isStable != nil }.count
    return zip(["to the right", "down"], zip(before, after)).map { name, values in
      ReportFigure(
        "Stable ground of all pairs, \(name)",
        svg: BeforeAfterHistogram(
          before: values.0, after: values.1, range: range, name: "offset \(name)", unit: "px"
        ).svg(), caption: "Median ± NMAD of points of \(shown) pairs.")
    }
  }

  private func words(_ name: String) -> String { name.replacing("_", with: " to ") }
}

// MARK: - Numbers

extension StackReportCorrections {
  private static func number(_ value: Double) -> String { NumberText.decimal(value, places: 3) }

  private func summary(_ steps: [CorrectionReport.Step]) -> ReportTable {
    let pairs = result.corrected.pairs
    let rows = steps.indices.map { index -> [String] in
      let all = pairs.compactMap { $0.report.steps.indices.contains(index) ? $0.report.steps[index] : nil }
      func middle(_ value: (CorrectionReport.Step) -> Double) -> String {
        Self.number(median(all.map(value).filter(\.isFinite)))
      }
      let made = all.filter { $0.before.count > 0 && ($0.refusalX.isEmpty || $0.refusalY.isEmpty) }.count
      return [
        steps[index].name, "\(made) of \(all.count)",
        middle { max(abs($0.before.medianX), abs($0.before.medianY)) },
        middle { max(abs($0.after.medianX), abs($0.after.medianY)) },
        middle { max($0.before.nmadX, $0.before.nmadY) }, middle { max($0.after.nmadX, $0.after.nmadY) },
        middle { max($0.before.rmseX, $0.before.rmseY) }, middle { max($0.after.rmseX, $0.after.rmseY) },
      ]
    }
    return ReportTable(
      "Medians over the pairs, the worse of both components, px",
      columns: [
        .text("correction"), .text("made in"), .number("|median| before"), .number("after"), .number("NMAD before"),
        .number("after"), .number("RMSE before"), .number("after"),
      ], rows: rows)
  }

  /// A line for each correction of each pair that shows stable ground.
  private var rows: [[String]] {
    func both(_ x: Double, _ y: Double) -> String { "\(Self.number(x)), \(Self.number(y))" }
    func made(_ refusal: String) -> String { refusal.isEmpty ? "made" : refusal }
    return result.corrected.pairs.flatMap { pair in
      pair.report.steps.filter { $0.before.count > 0 }.map { step -> [String] in
        let refusal =
          step.refusalX == step.refusalY
          ? step.refusalX : "x: \(made(step.refusalX)); y: \(made(step.refusalY))"
        return [
          words(pair.matched.name), step.name, both(step.before.medianX, step.before.medianY),
          both(step.after.medianX, step.after.medianY), both(step.before.nmadX, step.before.nmadY),
          both(step.after.nmadX, step.after.nmadY), refusal.isEmpty ? "" : "not made: \(refusal)",
        ]
      }
    }
  }
}

extension CorrectionReport.Ground {
  /// Root mean square of both components, px.
  var scatter: Double { (rmseX * rmseX + rmseY * rmseY).squareRoot() }
}
