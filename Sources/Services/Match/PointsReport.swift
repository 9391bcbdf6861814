// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Matching

/// The report of a list of points: a map of where they are, their numbers, and how it was made.
struct PointsReport {
  let result: MatchResult
  let points: [Matching.PixelPoint]
  private let products: ProductList
  private let flags: Grid<UInt8>

  init(_ result: MatchResult, _ points: [Matching.PixelPoint]) throws {
    self.result = result
    self.points = points
    products = try result.allProducts
    flags = try result.allFlags
  }

  /// Lines of the table; the rest is in `points.csv`.
  private static let limit = 200

  func page() -> HTMLReport {
    let common = MatchReport(result)
    var page = HTMLReport(kind: "Image matching report", title: common.title, subtitle: common.subtitle)
    page.facts = common.facts + [("Points", "\(points.count)")]
    page.keyNumbers = keyNumbers
    page.opening = common.callouts().map { .callout($0) }
    page.footer = "Ogive \(result.version)"
    page.sections = [measured, made(common)]
    return page
  }

  /// What the numbers speak of: speed, displacement or offset.
  private var motion: (name: String, unit: String, values: Grid<Float>, sigma: Grid<Float>?) {
    for name in ["speed", "displacement"] {
      if let values = products[name] {
        return (name, result.products.unit(name), values, products[name + "_sigma"])
      }
    }
    let length = ReportGrids.offsetLength(
      values("dx"), values("dy"), products["dx_sigma"], products["dy_sigma"])
    return ("offset", "px", length.values, length.sigma)
  }

  private func values(_ name: String) -> Grid<Float> {
    products[name] ?? Grid(rows: points.count, columns: 1, filledWith: .nan)
  }

  private var keyNumbers: [KeyNumber] {
    let m = motion, measured = result.quality.measured
    var out = [
      KeyNumber(
        "Median \(m.name)", NumberText.significant(Double(median(m.values.cells))), unit: m.unit,
        remark: "of the measured points")
    ]
    if let sigma = m.sigma {
      out.append(
        KeyNumber(
          "Typical uncertainty", NumberText.significant(Double(median(sigma.cells)), digits: 2), unit: m.unit,
          remark: "one sigma, median"))
    }
    out.append(KeyNumber("Points measured", "\(measured)", remark: "of \(points.count)"))
    return out
  }

  private var measured: ReportSection {
    var blocks: [ReportBlock] = []
    let m = motion, finite = m.values.cells.filter(\.isFinite)
    var figures: [ReportFigure] = []
    if let map { figures.append(map) }
    if finite.count >= 20 {
      let chart = Histogram(finite, name: m.name.capitalizedFirst, unit: m.unit)
      figures.append(ReportFigure("Distribution", svg: chart.svg(), caption: "Measured points by \(m.name)."))
    }
    if !figures.isEmpty { blocks.append(.figures(figures, columns: 2)) }
    blocks.append(.table(table))
    return ReportSection(name: "points", heading: "Points", blocks: blocks)
  }

  private var table: ReportTable {
    let m = motion, dx = values("dx"), dy = values("dy"), ncc = values("ncc")
    func text(_ value: Float) -> String { value.isFinite ? NumberText.significant(Double(value)) : "–" }
    let rows = points.indices.prefix(Self.limit).map { index in
      [
        "\(index + 1)", NumberText.decimal(points[index].row, places: 1),
        NumberText.decimal(points[index].column, places: 1), text(dx.cells[index]), text(dy.cells[index]),
        text(m.values.cells[index]), text(m.sigma?.cells[index] ?? .nan), text(ncc.cells[index]),
        MatchFlag(rawValue: flags.cells[index])?.reason.name ?? "",
      ]
    }
    let more =
      points.count > Self.limit ? " The first \(Self.limit) of \(points.count);" : " The same numbers and more"
    return ReportTable(
      "Offsets in pixels, right and down; \(m.name) in \(m.unit).\(more) in products/points.csv.",
      columns: [
        .text("Point"), .number("Row"), .number("Column"), .number("dx"), .number("dy"),
        .number(m.name.capitalizedFirst), .number("Sigma"), .number("Correlation"), .text("State"),
      ], rows: Array(rows))
  }

  /// Points as squares of colour over the reference image.
  private var map: ReportFigure? {
    let m = motion, common = MatchReport(result)
    let frame = common.frame
    let spacing = max(1, Double(max(frame.area.rows, frame.area.columns)) / 60)
    let rows = Int(Double(frame.area.rows) / spacing) + 1, columns = Int(Double(frame.area.columns) / spacing) + 1
    var grid = Grid<Float>(rows: rows, columns: columns, filledWith: .nan)
    for (index, point) in points.enumerated() where m.values.cells[index].isFinite {
      let row = Int(((point.row - Double(frame.area.row)) / spacing).rounded())
      let column = Int(((point.column - Double(frame.area.column)) / spacing).rounded())
      if row >= 0, column >= 0, row < rows, column < columns { grid[row, column] = m.values.cells[index] }
    }
    guard grid.cells.contains(where: \.isFinite), let base = common.base else { return nil }
    let placement = GridPlacement(row: Double(frame.area.row), column: Double(frame.area.column), spacing: spacing)
    let layer = ColourLayer(
      grid, placement: placement, map: .speed, range: ValueRange.amounts(grid.cells), name: m.name.capitalizedFirst,
      unit: m.unit, opacity: 1)
    let figure = MapFigure(
      frame: frame, base: .picture(PixelImage(grey: base.image, levels: 32), base.placement),
      colours: layer, description: "Where the points lie and how they moved")
    guard let svg = try? figure.svg(encodePNG: MatchWriter.encodePNG) else { return nil }
    return ReportFigure(m.name.capitalizedFirst, svg: svg, caption: "Measured points over the reference image.")
  }

  private func made(_ common: MatchReport) -> ReportSection {
    let groups = common.result.parameters.reportGroups(given: common.result.given)
    let parameters = groups.flatMap { group in group.rows.map { [$0.name, $0.value, $0.unit] } }
    return ReportSection(
      name: "made", heading: "How it was made",
      blocks: [
        .table(
          ReportTable("Parameters", columns: [.code("Name"), .text("Value"), .text("Unit")], rows: parameters)),
        .table(
          ReportTable(
            "Origin", columns: [.text("What"), .code("Value")], rows: common.provenance.map { [$0.name, $0.value] })),
      ])
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
