// SPDX-License-Identifier: Apache-2.0
import Grids

extension MatchReportPage {
  /// The main map with its arrows, histogram and rose, then the components.
  func motionSection() throws -> ReportSection {
    let motion = content.motion
    let range = ValueRange.amounts(motion.values.cells)
    let arrows = ArrowLayer(
      right: content.dx, down: content.dy, lengths: motion.values, placement: content.placement, unit: motion.unit)
    let main = MapFigure(
      frame: content.frame, size: .wide, base: base,
      colours: ColourLayer(
        motion.values, placement: content.placement, map: .speed, range: range, name: motion.name, unit: motion.unit,
        certainty: Self.certainty(of: motion), opacity: 0.78),
      arrows: arrows,
      description: "Map of \(motion.name.lowercased()) with arrows of motion; \(Self.summary(motion)).",
      side: Self.mainSide)
    let factor = motion.values.reduced(toSide: arrows.count).factor * content.every
    let blocks = factor == 1 ? "each point" : "blocks of \(factor) × \(factor) points"
    let ground = content.base.map { " over \($0.name)" } ?? ""
    var caption = "\(motion.name) in colour\(ground); arrows give the mean motion of \(blocks)."
    if motion.sigma != nil { caption += " The closer a value is to its sigma, the paler it is." }
    if !motion.note.isEmpty { caption += " " + motion.note }
    let moving = Self.moving(motion)
    let histogram = Histogram(
      moving.values, range: range, classes: 36, name: motion.name.lowercased(), unit: motion.unit, size: .narrow)
    var beside = [
      ReportFigure(
        "Distribution", svg: histogram.svg(plotHeight: 150, map: .speed),
        caption: moving.isSelected ? "Of the points that move more than three sigma." : "")
    ]
    if let rose = rose() { beside.append(rose) }
    var blocksOut: [ReportBlock] = [
      .lead(
        ReportFigure(motion.name, svg: try main.svg(encodePNG: encodePNG), caption: caption), beside: beside)
    ]
    let components = try signedMaps(content.components, certainty: Self.certainty(of: motion))
    if !components.isEmpty { blocksOut.append(.figures(components, columns: 2)) }
    if let profile = content.profile {
      let caption = profile.sigmas == nil ? "" : "The band is plus and minus one sigma."
      blocksOut.append(.figures([ReportFigure("Profile", svg: profile.svg(), caption: caption)], columns: 1))
    }
    return ReportSection(name: "motion", heading: "Motion", blocks: blocksOut)
  }

  /// Maps around zero; quantities of one unit share one range, so that their colours can be compared.
  ///
  /// - Parameter certainty: that of the motion for its components, whose zero is no lack of motion; their own if nil.
  func signedMaps(_ quantities: [Quantity], certainty: Grid<Float>? = nil) throws -> [ReportFigure] {
    try quantities.map { quantity in
      let pooled = quantities.filter { $0.unit == quantity.unit }.flatMap(\.values.cells)
      let range = ValueRange.aroundZero(pooled)
      let note = quantity.note.isEmpty ? "" : quantity.note + " "
      var caption = note + Self.capitalised(Self.summary(quantity))
      if let sigma = quantity.sigma {
        let typical = ValueRange.percentiles(sigma.cells, [0.5])[0]
        caption +=
          ", typical sigma "
          + NumberText.with(unit: quantity.unit, NumberText.significant(typical, digits: 2))
      }
      return try map(
        quantity, .balance, range: range, certainty: certainty ?? Self.certainty(of: quantity),
        caption: caption + ".",
        description: "Map of \(quantity.name.lowercased()); \(Self.summary(quantity)).")
    }
  }

  /// Directions of the points that certainly move, weighted by how much.
  private func rose() -> ReportFigure? {
    let motion = content.motion.values.cells
    let transform = content.frame.geoTransform
    var east: [Float] = [], north: [Float] = [], weights: [Float] = []
    for index in motion.indices where motion[index] > 0 {
      if let sigma = content.motion.sigma?.cells[index], !(motion[index] > 3 * sigma) { continue }
      let dx = Double(content.dx.cells[index]), dy = Double(content.dy.cells[index])
      let move = transform.map { $0.displacement(dx: dx, dy: dy) } ?? (east: dx, north: -dy)
      east.append(Float(move.east))
      north.append(Float(move.north))
      weights.append(motion[index])
    }
    guard east.count >= 10 else { return nil }
    let rose = DirectionRose(east: east, north: north, weights: weights, isGeographic: transform != nil)
    let which = content.motion.sigma == nil ? "all points" : "points that move more than three sigma"
    let mean = NumberText.decimal(rose.meanDirection)
    let from = transform == nil ? "clockwise from up" : "clockwise from north"
    return ReportFigure(
      "Direction", svg: rose.svg(),
      caption:
        "\(Self.capitalised(which)), weighted by \(content.motion.name.lowercased()); sector areas are shares. "
        + (rose.meanDirection.isNaN ? "No common direction." : "Mean direction (red mark) \(mean)° \(from)."))
  }

  /// Strain maps and a table of how large and how certain they are.
  func strainSection() throws -> ReportSection? {
    guard !content.strain.isEmpty else { return nil }
    var rows: [[String]] = []
    for quantity in content.strain {
      let shares = ValueRange.percentiles(quantity.values.cells, [0.05, 0.95])
      let isOneUnit = content.strain.allSatisfy { $0.unit == quantity.unit } || quantity.unit.isEmpty
      var row = [isOneUnit ? quantity.name : "\(quantity.name) (\(quantity.unit))"]
      row += shares.map { NumberText.significant($0) }
      if let sigma = quantity.sigma {
        row.append(NumberText.significant(ValueRange.percentiles(sigma.cells, [0.5])[0], digits: 2))
        var certain = 0, all = 0
        for (value, one) in zip(quantity.values.cells, sigma.cells) where value.isFinite && one.isFinite {
          all += 1
          if abs(value) > 2 * one { certain += 1 }
        }
        row.append(NumberText.percent(Double(certain) / Double(max(1, all)), places: 0))
      } else {
        row += ["–", "–"]
      }
      rows.append(row)
    }
    let units = Set(content.strain.map(\.unit))
    let table = ReportTable(
      units.count == 1 && units.first != "" ? "Strain in numbers (\(content.strain[0].unit))" : "Strain in numbers",
      columns: [.text("component"), .number("5 %"), .number("95 %"), .number("sigma"), .number("> 2 sigma")],
      rows: rows)
    let maps = try signedMaps(content.strain)
    // An odd count leaves a free place in the last row: the table fits there.
    let blocks: [ReportBlock] =
      maps.count % 2 == 1
      ? [.figuresAndTable(maps, table, note: content.strainNote)]
      : [.figures(maps, columns: 2), .table(table), .paragraph(content.strainNote)]
    return ReportSection(name: "strain", heading: "Strain", blocks: blocks)
  }

  static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
