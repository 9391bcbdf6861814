// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Matching
import Parameters
import RasterIO

/// Puts the content of the report together.
struct MatchReport {
  let result: MatchResult

  init(_ result: MatchResult) { self.result = result }

  func content() throws -> MatchReportContent {
    let r = result, grids = try ReportGrids(result)
    var out = MatchReportContent(
      title: title, frame: frame,
      placement: GridPlacement(
        row: Double(r.plan.lattice.row), column: Double(r.plan.lattice.column),
        spacing: Double(r.plan.scene.spacing * grids.every)),
      motion: grids.motion, dx: grids.dx, dy: grids.dy)
    out.every = grids.every
    out.counts = grids.counts
    out.subtitle = subtitle
    out.facts = facts
    out.callouts = callouts(every: grids.every)
    out.base = base
    out.components = grids.components
    out.strain = grids.strain
    out.strainNote =
      "Components along and across the direction of motion; shear is the tensor shear; rotation is positive "
      + "counter-clockwise seen from above."
    out.quality = grids.quality
    out.flags = try grids.flags
    out.stableGroundSource = r.stableSource
    out.stableGround = try grids.stableGround
    if !r.quality.normalisedErrors.isEmpty {
      out.calibration = .init(
        source: "offsets on stable ground", normalisedErrors: r.quality.normalisedErrors,
        outOf: r.quality.normalisedErrorCount)
    }
    out.parameters = result.parameters.reportGroups(given: result.given)
    out.products = r.products.entries.map { ("products/\($0.name).tif", "\($0.title), \($0.unit)") }
    out.provenance = provenance
    out.footer = "Ogive \(r.version)"
    return out
  }

  var title: String {
    if let a = result.dates.reference, let b = result.dates.secondary {
      return "Motion from \(a.iso8601.prefix(10)) to \(b.iso8601.prefix(10))"
    }
    return "Motion from \(short(result.parameters.reference.path)) to \(short(result.parameters.secondary.path))"
  }

  private func name(_ path: String) -> String { fileName(path) }

  /// A file's name that fits into a heading.
  private func short(_ path: String) -> String {
    let name = fileName(path)
    return name.count <= 36 ? name : "\(name.prefix(16))…\(name.suffix(16))"
  }

  var subtitle: String {
    guard let days = result.dates.separation else { return "Offsets without dates" }
    return "\(NumberText.significant(days)) days apart"
  }

  /// How offsets were measured, in words.
  private var method: String {
    let isList = result.plan.points != nil && result.parameters.method.search == nil
    return isList ? "search, then least squares matching point by point" : result.parameters.method.summary
  }

  var facts: [(name: String, value: String)] {
    let r = result
    var out: [(name: String, value: String)] = [
      ("Reference", "\(name(r.parameters.reference.path)), \(r.pair.rows) × \(r.pair.columns) px"),
      ("Secondary", name(r.parameters.secondary.path)),
    ]
    if let crs = r.pair.georeference.crs { out.append(("Coordinate system", crs.description)) }
    if let ground = r.ground {
      let size = ground.step(row: 0, column: 0).pixelSize
      out.append(("Pixel", "\(hundredths(size.width)) × \(hundredths(size.height)) m"))
    }
    out.append(("Method", method))
    return out
  }

  var frame: MapFrame {
    let place = result.pair.georeference
    let pixels = result.plan.pixels
    let isDegrees = place.crs?.isGeographic == true
    return MapFrame(
      area: pixels.intersection(place.window), geoTransform: place.transform, unit: isDegrees ? .degrees : .metres,
      crsName: place.crs?.description ?? "", pixelMetres: result.ground?.step(row: 0, column: 0).pixelSize.width)
  }

  var base: MatchReportContent.Base? {
    let factor = max(1, (max(result.pair.rows, result.pair.columns) + 1199) / 1200)
    guard let image = try? result.pair.referenceSource.readDecimated(factor: factor) else { return nil }
    return .init(image: image, placement: .blocks(of: factor))
  }

  /// - Parameter every: every how many rows and columns of the points the page shows.
  func callouts(every: Int = 1) -> [Callout] {
    var out: [Callout] = []
    if !result.advice.isEmpty {
      out.append(
        Callout(result.quality.validShare < 0.5 ? .warning : .note, "What to try next", points: result.advice))
    }
    if !uncertainty.isEmpty { out.append(Callout(.note, "How far the uncertainties hold", points: uncertainty)) }
    let thinned =
      "maps and distributions of this page show every \(every)th row and column of the points; the files hold all"
    let notes = result.notices + (every > 1 ? [thinned] : [])
    if !notes.isEmpty { out.append(Callout(.note, "Notes", points: notes)) }
    return out
  }

  /// What is known about the standard deviations, in words.
  var uncertainty: [String] {
    let r = result
    var out: [String] = []
    if r.parameters.method.search != nil {
      out.append(
        "The standard deviations of this search are those of least squares matching at the same points, and what the "
          + "two differ by around; points where the two do not agree to a pixel are left out.")
    }
    if let c = r.quality.stable?.calibration {
      out.append(
        "On stable ground the errors are \(hundredths(c.factorX)) (right) and \(hundredths(c.factorY)) (down) times the "
          + "stated standard deviation, and \(percent(c.coverage68)) lie within one of it; 1 and 68 % are perfect.")
    }
    if let c = r.quality.closure, let k = c.calibration {
      out.append(
        "Matching back again differs by \(thousandths(c.x)) and \(thousandths(c.y)) px (one sigma of one match): "
          + "\(hundredths(k.factorX)) and \(hundredths(k.factorY)) of the stated standard deviation. Both ways see the same "
          + "image noise, so this is a lower bound: values well above 1 would mean that the standard deviations are too "
          + "small.")
    }
    return out
  }

  var provenance: [(name: String, value: String)] {
    var out: [(name: String, value: String)] = result.inputs.map {
      (name($0.path), "SHA-256 \($0.checksum.hexadecimal)")
    }
    out.append(("Alignment", result.pair.aligned.report.summary))
    if let c = result.quality.closure {
      var text = "forward and backward offsets differ by \(thousandths(c.x)) and \(thousandths(c.y)) px (one sigma)"
      if let k = c.calibration {
        text += ", \(hundredths(k.factorX)) and \(hundredths(k.factorY)) of the stated sigma"
      }
      out.append(("Closure", text))
    }
    out.append(("Software", "Ogive \(result.version)"))
    out.append(("Run time", "\(hundredths(result.seconds)) s"))
    return out
  }
}
