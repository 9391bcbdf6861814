// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids

extension SampleReport {
  static let transform = GeoTransform(
    originEast: 614_000, originNorth: 4_412_000, eastPerColumn: 10, northPerRow: -10)

  /// A full content: every part of the page is there.
  func content() -> MatchReportContent {
    let side = Int(Double(Self.cells) * Self.spacing)
    let frame = MapFrame(
      area: Window(row: 0, column: 0, rows: side, columns: side), geoTransform: Self.transform, crsName: "EPSG:32718")
    let placement = GridPlacement(row: 3.5, column: 3.5, spacing: Self.spacing)
    var content = MatchReportContent(
      title: "Sample glacier, 1 to 21 January 2020", frame: frame, placement: placement,
      motion: Quantity("Speed", unit: "m/yr", values: speed, sigma: sigma), dx: dx, dy: dy)
    content.subtitle = "A made-up valley glacier that shows every part of a report."
    content.facts = [
      ("reference", "sample_20200101.tif"), ("secondary", "sample_20200121.tif"), ("separation", "20 d"),
      ("pixel", "10 m"), ("points every", "8 px (80 m)"),
    ]
    content.callouts = [
      Callout(.good, "The match is good.", text: "94 % of the points were measured and stable ground stands still."),
      Callout(
        .warning, "What to try next",
        points: [
          "The two margins scatter: a smaller template window (31 px) resolves the shear there.",
          "Give --stable-terrain to remove the bias of 0.02 px that the outline of the moving ground suggests.",
        ]),
    ]
    content.base = MatchReportContent.Base(image: image, placement: .blocks(of: 2))
    let componentSigma = sigma.map { $0 / 1.41 }
    content.components = [
      Quantity(
        "East velocity", unit: "m/yr", values: eastVelocity, sigma: componentSigma, note: "Positive eastward."),
      Quantity(
        "North velocity", unit: "m/yr", values: northVelocity, sigma: componentSigma, note: "Positive northward."),
    ]
    let strainSigma = sigma.map { $0 / 900 }
    content.strain = zip(["Longitudinal strain rate", "Transverse strain rate", "Shear strain rate"], strain).map {
      Quantity($0.0, unit: "1/yr", values: $0.1, sigma: strainSigma)
    }
    content.strainNote =
      "Positive rates stretch, negative ones shorten. Shear is the tensor shear, half of the engineering shear. "
      + "Gauge length 408 m."
    content.quality = [
      Quantity("Correlation", unit: "", values: ncc, note: "Peak of the normalised cross-correlation.")
    ]
    content.flags = MatchReportContent.Flags(values: flags, reasons: Self.reasons)
    addChecks(to: &content)
    addOrigin(to: &content)
    return content
  }

  private func addChecks(to content: inout MatchReportContent) {
    let indices = isStable.indices.filter { isStable[$0] }
    content.stableGround = StableGround(
      east: indices.map { eastVelocity.cells[$0] }, north: indices.map { northVelocity.cells[$0] }, unit: "m/yr",
      measuredShare: 0.957)
    content.stableGroundSource = "Stable ground is what lies outside of the polygons in rgi_outline.gpkg."
    content.calibration = MatchReportContent.Calibration(
      source: "forward minus backward offsets", normalisedErrors: normalisedErrors)
    let row = 75
    content.profile = ProfileChart(
      distances: (0..<Self.cells).map { Double($0) * 0.08 }, values: (0..<Self.cells).map { speed[row, $0] },
      sigmas: (0..<Self.cells).map { sigma[row, $0] }, distanceUnit: "km", name: "speed", unit: "m/yr")
  }

  private func addOrigin(to content: inout MatchReportContent) {
    content.parameters = [
      MatchReportContent.ParameterGroup(
        "Search",
        rows: [
          MatchReportContent.ParameterRow(
            "template-window", value: "51", unit: "px", help: "Side of the square that is matched.", isSet: true),
          MatchReportContent.ParameterRow(
            "search-radius", value: "16", unit: "px", help: "Largest offset tried around the coarse motion."),
          MatchReportContent.ParameterRow("spacing", value: "8", unit: "px", help: "Distance of measured points."),
        ]),
      MatchReportContent.ParameterGroup(
        "Filters",
        rows: [
          MatchReportContent.ParameterRow(
            "precision-limit", value: "0.2", unit: "px", help: "Points with a larger sigma are dropped.")
        ]),
    ]
    content.products = [
      ("products/speed.tif", "Speed, m/yr, COG"), ("products/flags.tif", "Reasons of missing points, COG"),
      ("vectors.gpkg", "One arrow for each point, GeoPackage"),
    ]
    content.provenance = [("software", "ogive 0.1.0"), ("run time", "4.2 s"), ("threads", "2")]
    content.footer = "Made by Ogive 0.1.0."
  }

  static let reasons = [
    MatchReportContent.Reason(
      number: 1, name: "no texture", meaning: "The template has too little contrast.",
      cure: "A larger template window."),
    MatchReportContent.Reason(
      number: 2, name: "masked", meaning: "Too little of the template is unmasked.", cure: "A smaller mask."),
    MatchReportContent.Reason(
      number: 3, name: "off image", meaning: "The template or its target leaves the image.", cure: "Larger images."),
    MatchReportContent.Reason(
      number: 4, name: "ambiguous", meaning: "Two places fit about equally well.",
      cure: "A larger template window or a smaller search radius."),
    MatchReportContent.Reason(
      number: 7, name: "inconsistent", meaning: "The offset contradicts its neighbours.",
      cure: "A smaller template window at shear margins."),
  ]
}
