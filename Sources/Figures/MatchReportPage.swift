// SPDX-License-Identifier: Apache-2.0
import Grids

/// The report of one matched pair as one self-contained page.
///
/// Motion with arrows over the image, components, strain, uncertainty and its check, stable ground, reasons of
/// missing points, quality, parameters and files, in this order; what the content lacks is left out.
public struct MatchReportPage {
  let content: MatchReportContent
  let encodePNG: PNGEncoder

  static let baseName = "base-image"
  /// Longest sides of embedded pictures, px. Nine maps of white noise, which compress worst, over a satellite image
  /// come to about 4.6 MB (added up from pictures encoded one by one); smooth fields take a fraction of that.
  static let baseSide = 720, mainSide = 520, mapSide = 280

  public init(_ content: MatchReportContent, encodePNG: @escaping PNGEncoder) {
    self.content = content
    self.encodePNG = encodePNG
  }

  /// The page as text; the same content gives the same bytes.
  ///
  /// - Throws: only what the PNG encoder throws.
  public func html() throws -> String {
    var report = HTMLReport(kind: content.kind, title: content.title, subtitle: content.subtitle)
    report.facts = content.facts
    report.keyNumbers = content.keyNumbers.isEmpty ? Self.keyNumbers(of: content) : content.keyNumbers
    report.opening = content.callouts.map { .callout($0) }
    report.sections = try sections()
    report.footer = content.footer
    if let base = content.base {
      let (small, factor) = base.image.reduced(toSide: Self.baseSide)
      report.sharedImages = [
        HTMLReport.SharedImage(
          name: Self.baseName, picture: PixelImage(grey: small, levels: 32),
          placement: base.placement.reduced(by: factor))
      ]
    }
    return try report.html(encodePNG: encodePNG)
  }

  /// The numbers that a reader looks for first: typical and high motion, its uncertainty, coverage, stable ground.
  public static func keyNumbers(of content: MatchReportContent) -> [KeyNumber] {
    let motion = content.motion
    let moving = Self.moving(motion)
    let shares = ValueRange.percentiles(moving.values, [0.5, 0.99])
    let which = moving.isSelected ? "\(NumberText.percent(moving.share, places: 0)) of the points move; " : ""
    var out = [
      KeyNumber(
        moving.isSelected ? "Median \(motion.name.lowercased()), moving" : "Median \(motion.name.lowercased())",
        NumberText.significant(shares[0]), unit: motion.unit,
        remark: which + "99\u{202F}% of them below \(NumberText.significant(shares[1]))")
    ]
    if let sigma = motion.sigma {
      let typical = ValueRange.percentiles(sigma.cells, [0.5])[0]
      out.append(
        KeyNumber(
          "Typical uncertainty", NumberText.significant(typical, digits: 2), unit: motion.unit,
          remark: "one sigma, median of all points"))
    }
    let measured = content.counts?.measured ?? motion.values.cells.reduce(0) { $0 + ($1.isNaN ? 0 : 1) }
    let all = content.counts?.all ?? motion.values.cells.count
    out.append(
      KeyNumber(
        "Points measured", NumberText.decimal(100 * Double(measured) / Double(max(1, all)), places: 1), unit: "%",
        remark: "\(NumberText.decimal(Double(measured))) of \(NumberText.decimal(Double(all)))"))
    if let stable = content.stableGround {
      let bias = (stable.biasEast * stable.biasEast + stable.biasNorth * stable.biasNorth).squareRoot()
      out.append(
        KeyNumber(
          "Stable ground bias", NumberText.significant(bias, digits: 2), unit: stable.unit,
          remark: "\(NumberText.decimal(Double(stable.count))) points"))
    } else if let calibration = content.calibration {
      let plot = CoveragePlot(calibration)
      out.append(
        KeyNumber(
          "Errors within one sigma", NumberText.decimal(100 * plot.shareWithinSigma, places: 1), unit: "%",
          remark: "68.3 % when sigma is honest"))
    }
    return out
  }

  private func sections() throws -> [ReportSection] {
    var out = [try motionSection()]
    out += [
      try strainSection(), try uncertaintySection(), try stableGroundSection(), try missingSection(),
      qualitySection(),
    ].compactMap { $0 }
    out += content.extraSections
    out += [parameterSection(), fileSection()].compactMap { $0 }
    return out
  }

  // MARK: - Shared parts

  var base: MapBase? { content.base == nil ? nil : .shared(Self.baseName) }

  /// A map of one quantity.
  func map(
    _ quantity: Quantity, _ colours: ColourMap, range: ValueRange, certainty: Grid<Float>? = nil, caption: String,
    description: String
  ) throws -> ReportFigure {
    let layer = ColourLayer(
      quantity.values, placement: content.placement, map: colours, range: range, name: quantity.name,
      unit: quantity.unit, certainty: certainty)
    let figure = MapFigure(
      frame: content.frame, base: base, colours: layer, description: description, side: Self.mapSide)
    return ReportFigure(quantity.name, svg: try figure.svg(encodePNG: encodePNG), caption: caption)
  }

  /// The values of points that certainly move (more than three sigma) and their share of the measured points; all
  /// values where there is no sigma or hardly any motion.
  static func moving(_ motion: Quantity) -> (values: [Float], share: Double, isSelected: Bool) {
    let all = motion.values.cells.filter(\.isFinite)
    guard let sigma = motion.sigma else { return (all, 1, false) }
    let values = zip(motion.values.cells, sigma.cells).filter { $0 > 3 * $1 }.map(\.0)
    let share = Double(values.count) / Double(max(1, all.count))
    return share < 0.01 || share > 0.99 ? (all, share, false) : (values, share, true)
  }

  /// How many sigma each value differs from zero; nil without sigma.
  static func certainty(of quantity: Quantity) -> Grid<Float>? {
    quantity.sigma.map { sigma in
      Grid(
        rows: sigma.rows, columns: sigma.columns,
        cells: zip(quantity.values.cells, sigma.cells).map { $1 > 0 ? min(abs($0) / $1, 100) : .nan })
    }
  }

  /// Median, middle 90 % and unit in words.
  static func summary(_ quantity: Quantity) -> String {
    let shares = ValueRange.percentiles(quantity.values.cells, [0.05, 0.5, 0.95]).map { NumberText.significant($0) }
    return "median \(NumberText.with(unit: quantity.unit, shares[1])), 90 % between \(shares[0]) and \(shares[2])"
  }
}
