// SPDX-License-Identifier: Apache-2.0
import Grids

/// How a secondary image was put on the pixels of the reference.
public struct AlignmentReport: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// Same CRS, same transform, same size: pixels are taken as they are.
    case identicalGrid
    /// Pixel (r, c) of the reference is pixel (r + rows, c + columns) of the secondary, unchanged.
    case wholePixelShift(rows: Int, columns: Int)
    /// Pixels were interpolated, and why.
    case resampled(ResamplingKernel, reason: String)
    /// There is no georeference: pixel (0, 0) of both is the same place.
    case pixelsOnly
  }

  public let method: Method
  /// Pixels of the reference that the secondary covers.
  public let overlap: Window
  /// Error of the positions by interpolating the map transformation, px; below 0.001.
  public let positionError: Double
  /// What the user should know.
  public let notices: [String]

  /// One sentence for the log and the report.
  public var summary: String {
    switch method {
    case .identicalGrid: "both images have the same pixel grid; no pixel was changed"
    case .wholePixelShift(let rows, let columns):
      "the secondary image was shifted by whole pixels (\(rows) rows, \(columns) columns); no pixel was changed"
    case .resampled(.areaMean(let rows, let columns), let reason):
      "the secondary image was resampled as means over \(hundredths(rows)) x \(hundredths(columns)) of its pixels "
        + "because \(reason)"
    case .resampled(_, let reason):
      "the secondary image was resampled with a quintic spline because \(reason)"
    case .pixelsOnly: "neither image is georeferenced: pixels of the same row and column were taken as one place"
    }
  }
}

func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }

/// How two rasters lie to each other, found from their georeferences alone.
struct GridRelation {
  let method: AlignmentReport.Method
  let mapping: PixelMapping?
  let overlap: Window
  let notices: [String]

  /// Offsets from whole pixels, px, below which two grids count as the same.
  private static let gridTolerance = 1e-6

  /// - Throws: `RasterError` of kind `.gridMismatch`, `.noTransformation` or `.noOverlap`.
  init(reference: Georeference, secondary: Georeference) throws(RasterError) {
    try GridRelation.checkGeoreferences(reference, secondary)
    let hasMap =
      reference.transform != nil && secondary.transform != nil && (reference.crs == nil) == (secondary.crs == nil)
    guard hasMap else {
      (method, mapping) = (.pixelsOnly, nil)
      overlap = reference.window.intersection(secondary.window)
      notices = GridRelation.pixelNotices(reference, secondary)
      return
    }
    let mapping = try PixelMapping(target: reference, source: secondary)
    overlap = try GridRelation.overlap(reference, secondary)
    notices =
      reference.crs == nil
      ? ["neither image names its CRS: their map transforms are taken to be in the same one"] : []
    if let (rows, columns) = try GridRelation.wholePixels(mapping, reference) {
      let isSame =
        rows == 0 && columns == 0 && reference.rows == secondary.rows && reference.columns == secondary.columns
      method = isSame ? .identicalGrid : .wholePixelShift(rows: rows, columns: columns)
      self.mapping = nil
    } else {
      method = try GridRelation.resampling(mapping, reference, secondary, overlap)
      self.mapping = mapping
    }
  }

  private static func checkGeoreferences(_ reference: Georeference, _ secondary: Georeference) throws(RasterError) {
    let isFirst = reference.crs != nil && reference.transform != nil
    let isSecond = secondary.crs != nil && secondary.transform != nil
    if isFirst == isSecond { return }
    let (with, without) = isFirst ? (reference, secondary) : (secondary, reference)
    let lack = without.crs == nil ? "no CRS" : "no map transform"
    throw RasterError(
      .gridMismatch,
      "\(with.name) is georeferenced (\(with.crs.map { "\($0)" } ?? "")) and \(without.name) has \(lack): "
        + "georeference it, or take the georeference from both to work in pixels (gdal_edit.py)")
  }

  private static func pixelNotices(_ reference: Georeference, _ secondary: Georeference) -> [String] {
    var out = ["neither image is georeferenced: the upper left pixels of both are taken as the same place"]
    if (reference.rows, reference.columns) != (secondary.rows, secondary.columns) {
      out.append(
        "the images differ in size (\(reference.rows) x \(reference.columns) and \(secondary.rows) x "
          + "\(secondary.columns) rows x columns): only the part that both have is used")
    }
    return out
  }

  private static func wholePixels(
    _ mapping: PixelMapping, _ reference: Georeference
  ) throws(RasterError) -> (rows: Int, columns: Int)? {
    let bottom = Double(reference.rows - 1), right = Double(reference.columns - 1)
    let rows = [0, 0, bottom, bottom], columns = [0, right, 0, right]
    let mapped = try mapping.exact(rows: rows, columns: columns)
    let shiftRows = (mapped.rows[0] - rows[0]).rounded(), shiftColumns = (mapped.columns[0] - columns[0]).rounded()
    guard shiftRows.magnitude < 1e9, shiftColumns.magnitude < 1e9 else { return nil }
    for index in 0..<4 {
      guard abs(mapped.rows[index] - rows[index] - shiftRows) < gridTolerance,
        abs(mapped.columns[index] - columns[index] - shiftColumns) < gridTolerance
      else { return nil }
    }
    return (Int(shiftRows), Int(shiftColumns))
  }

  private static func resampling(
    _ mapping: PixelMapping, _ reference: Georeference, _ secondary: Georeference, _ overlap: Window
  ) throws(RasterError) -> AlignmentReport.Method {
    let footprint = try mapping.footprint(
      row: Double(overlap.row) + Double(overlap.rows) / 2,
      column: Double(overlap.column) + Double(overlap.columns) / 2)
    let ratio = "\(hundredths(footprint.columns)) x \(hundredths(footprint.rows)) of its pixels"
    if max(footprint.rows, footprint.columns) > 1.2 {
      return .resampled(
        .areaMean(rows: max(1, footprint.rows), columns: max(1, footprint.columns)),
        reason: "its pixels are smaller (a pixel of the reference covers \(ratio))")
    }
    let isSameCRS =
      reference.crs == secondary.crs || reference.crs.map { a in secondary.crs.map { a.isSame(as: $0) } } == true
    let isSameSize = abs(footprint.rows - 1) < 0.01 && abs(footprint.columns - 1) < 0.01
    let reason =
      !isSameCRS
      ? "it is in another CRS (\(secondary.crs.map { "\($0)" } ?? "none"), not \(reference.crs.map { "\($0)" } ?? "none"))"
      : isSameSize
        ? "its pixels lie between those of the reference"
        : "its pixel size differs (a pixel of the reference covers \(ratio))"
    return .resampled(.spline, reason: reason)
  }

  /// The box of reference pixels in which the secondary's outline lies.
  private static func overlap(_ reference: Georeference, _ secondary: Georeference) throws(RasterError) -> Window {
    if let box = try reference.pixels(under: secondary) {
      let overlap = reference.window.intersection(box)
      if !overlap.isEmpty { return overlap }
    }
    throw RasterError(
      .noOverlap,
      "the images do not overlap: \(reference.name) covers \(reference.extent) (\(reference.crs.map { "\($0)" } ?? "no CRS")) "
        + "and \(secondary.name) \(secondary.extent) (\(secondary.crs.map { "\($0)" } ?? "no CRS")), east then north; "
        + "check that both show the same place")
  }
}
