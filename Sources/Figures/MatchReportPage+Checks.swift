// SPDX-License-Identifier: Apache-2.0
import Grids

extension MatchReportPage {
  /// How large sigma is, where, and whether it means what it says.
  func uncertaintySection() throws -> ReportSection? {
    var figures: [ReportFigure] = []
    if let sigma = content.motion.sigma {
      let range = ValueRange.amounts(sigma.cells, upper: 0.98)
      let shares = ValueRange.percentiles(sigma.cells, [0.5, 0.9])
      let words =
        "half of the points below \(NumberText.significant(shares[0], digits: 2)), 90 % below "
        + NumberText.with(unit: content.motion.unit, NumberText.significant(shares[1], digits: 2))
      let name = "Sigma of \(content.motion.name.lowercased())"
      figures.append(
        try map(
          Quantity(name, unit: content.motion.unit, values: sigma), .uncertainty, range: range,
          caption: "One standard deviation: \(words).", description: "Map of the uncertainty; \(words)."))
      let histogram = Histogram(sigma.cells, range: range, name: "sigma", unit: content.motion.unit)
      figures.append(
        ReportFigure("Distribution of sigma", svg: histogram.svg(plotHeight: 120, map: .uncertainty)))
    }
    var blocks: [ReportBlock] = []
    if let calibration = content.calibration, !calibration.normalisedErrors.isEmpty {
      let plot = CoveragePlot(calibration)
      let share = NumberText.percent(plot.shareWithinSigma)
      blocks.append(.callout(Self.verdict(on: plot, source: calibration.source)))
      figures.append(
        ReportFigure(
          "Does sigma mean what it says?", svg: plot.svg(plotHeight: 170),
          caption:
            "Checked on \(calibration.source): \(share) of \(NumberText.decimal(Double(plot.count))) errors lie "
            + "within one sigma; the dashed line is what a normal distribution promises."))
    }
    guard !figures.isEmpty else { return nil }
    blocks.insert(.split(figures[0], beside: Array(figures.dropFirst())), at: 0)
    return ReportSection(name: "uncertainty", heading: "Uncertainty", blocks: blocks)
  }

  /// Honest from 64 to 72 % within one sigma, as the project's own bar says.
  static func verdict(on plot: CoveragePlot, source: String) -> Callout {
    let found =
      "\(NumberText.percent(plot.shareWithinSigma)) of the errors of \(source) lie within one sigma (68.3 % "
      + "expected); the root mean square of error over sigma is \(NumberText.decimal(plot.rootMeanSquare, places: 2))."
    if plot.shareWithinSigma < 0.64 {
      return Callout(.warning, "Sigma is too small here.", text: found + " Multiply it by the latter to be safe.")
    }
    if plot.shareWithinSigma > 0.72 {
      return Callout(.note, "Sigma is cautious here.", text: found)
    }
    return Callout(.good, "Sigma is honest here.", text: found)
  }

  /// Bias, spread and outliers of ground that stands still.
  func stableGroundSection() throws -> ReportSection? {
    guard let stable = content.stableGround else { return nil }
    let isGeographic = content.frame.geoTransform != nil
    let names = isGeographic ? ("east", "north") : ("right", "up")
    func pair(_ name: String, _ a: Double, _ b: Double) -> [String] {
      [name, NumberText.significant(a, digits: 3), NumberText.significant(b, digits: 3)]
    }
    var rows = [
      pair("Bias", stable.biasEast, stable.biasNorth), pair("Spread, z = 2", stable.spreadEast, stable.spreadNorth),
      pair("Median", stable.medianEast, stable.medianNorth), pair("NMAD", stable.nmadEast, stable.nmadNorth),
      ["Outliers", NumberText.percent(stable.outlierShare), ""],
      ["Points measured", NumberText.decimal(Double(stable.count)), ""],
    ]
    if let share = stable.measuredShare { rows.append(["Share measured", NumberText.percent(share), ""]) }
    let table = ReportTable(
      "Stable ground in numbers",
      columns: [.text("statistic"), .number("\(names.0) (\(stable.unit))"), .number("\(names.1) (\(stable.unit))")],
      rows: rows)
    let note =
      "Bias is the peak of the density, the apparent motion of most points. Spread is the half-width of the z = 2 "
      + "contour: two sigma for a normal distribution. Outliers lie outside that contour: 13.5 % for a normal "
      + "distribution. NMAD is a standard deviation that outliers do not move."
    let figure = ReportFigure(
      "Apparent motion of stable ground",
      svg: try stable.svg(eastName: names.0, northName: names.1, encodePNG: encodePNG),
      caption: "Density of the points in blue, outliers as dots, the z = 2 contour as an ellipse, the bias as a red "
        + "cross; dashed lines mark zero.")
    var blocks: [ReportBlock] = []
    if !content.stableGroundSource.isEmpty { blocks.append(.paragraph(content.stableGroundSource)) }
    blocks.append(.figuresAndTable([figure], table, note: note))
    return ReportSection(name: "stable-ground", heading: "Stable ground", blocks: blocks)
  }

  /// Where points are missing, why, and what cures it.
  func missingSection() throws -> ReportSection? {
    guard let flags = content.flags else { return nil }
    var counts = [Int](repeating: 0, count: 256)
    if let all = content.counts {
      for (flag, count) in all.byFlag.enumerated() { counts[flag] = count }
    } else {
      for flag in flags.values.cells { counts[Int(flag)] += 1 }
    }
    let total = content.counts?.all ?? flags.values.cells.count
    let present = flags.reasons.filter { $0.number != 0 && counts[Int($0.number)] > 0 }
    guard !present.isEmpty else {
      return ReportSection(
        name: "missing", heading: "Missing points",
        blocks: [.callout(Callout(.good, "No point is missing.", text: "Every point of the grid was measured."))])
    }
    let layer = ClassLayer(
      flags.values, placement: content.placement, names: present.map { ($0.number, $0.name) })
    let missing = total - counts[0]
    let words = "\(NumberText.percent(Double(missing) / Double(max(1, total)))) of the points are missing"
    let figure = MapFigure(
      frame: content.frame, base: base, classes: layer, description: "Map of missing points: \(words).",
      side: Self.mapSide)
    let bars = present.sorted { (counts[Int($0.number)], $1.number) > (counts[Int($1.number)], $0.number) }.map {
      BarChart.Bar(name: $0.name, count: counts[Int($0.number)], colour: ColourMap.colour(ofClass: $0.number))
    }
    let chart = BarChart(bars, total: total, description: "Reasons of missing points: \(words).")
    let table = ReportTable(
      "", columns: [.text("reason"), .text("meaning"), .help("what to try")],
      rows: present.map { [$0.name, $0.meaning, $0.cure] }, stacks: true)
    return ReportSection(
      name: "missing", heading: "Missing points",
      blocks: [
        .figures(
          [
            ReportFigure("Where points are missing", svg: try figure.svg(encodePNG: encodePNG)),
            ReportFigure(
              "Why", svg: chart.svg(), caption: MatchReportPage.capitalised(words) + "; shares are of all points."),
          ], columns: 2), .table(table),
      ])
  }

  func qualitySection() -> ReportSection? {
    guard !content.quality.isEmpty else { return nil }
    let figures = content.quality.map { quantity in
      let ends = ValueRange.percentiles(quantity.values.cells, [0.002, 0.99])
      let range = ends[0].isFinite ? ValueRange(min(ends[0], 0.98 * ends[1]), ends[1]) : ValueRange(0, 1)
      let isShare = ends[1] <= 1 && ends[0] >= -1
      let chart = Histogram(
        quantity.values.cells, range: isShare ? ValueRange(ends[0], 1) : range, name: quantity.name.lowercased(),
        unit: quantity.unit)
      return ReportFigure(quantity.name, svg: chart.svg(plotHeight: 140), caption: quantity.note)
    }
    return ReportSection(name: "quality", heading: "Match quality", blocks: [.figures(figures, columns: 2)])
  }

  func parameterSection() -> ReportSection? {
    guard !content.parameters.isEmpty else { return nil }
    let anySet = content.parameters.contains { $0.rows.contains { $0.isSet } }
    var blocks: [ReportBlock] =
      anySet ? [.paragraph("Values in bold were set for this run; others are defaults.")] : []
    for group in content.parameters {
      let rows = group.rows.map { [$0.name, NumberText.with(unit: $0.unit, $0.value), $0.help] }
      let marked = Set(group.rows.indices.filter { group.rows[$0].isSet })
      let table = ReportBlock.table(
        ReportTable(
          marked.isEmpty ? "" : group.name, columns: [.code("parameter"), .text("value"), .help("meaning")],
          rows: rows,
          marked: marked, stacks: true))
      // Groups of defaults alone wait until they are asked for.
      blocks.append(
        marked.isEmpty ? .folded("\(group.name): \(rows.count) defaults", [table], isOpen: false) : table)
    }
    return ReportSection(name: "parameters", heading: "Parameters", blocks: blocks)
  }

  func fileSection() -> ReportSection? {
    var blocks: [ReportBlock] = []
    if !content.products.isEmpty {
      blocks.append(
        .table(
          ReportTable(
            "Files", columns: [.code("file"), .help("holds")], rows: content.products.map { [$0.file, $0.content] },
            stacks: true)))
    }
    if !content.provenance.isEmpty {
      blocks.append(
        .table(
          ReportTable(
            "How it was made", columns: [.text("what"), .code("value")],
            rows: content.provenance.map { [$0.name, $0.value] }, stacks: true)))
    }
    return blocks.isEmpty ? nil : ReportSection(name: "files", heading: "Files and provenance", blocks: blocks)
  }
}
