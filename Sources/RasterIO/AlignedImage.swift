// SPDX-License-Identifier: Apache-2.0
import Grids

/// The secondary image on the pixel grid of the reference, read by windows of the reference.
///
/// Where the grids are the same or differ by whole pixels, pixels come through unchanged. Else they are interpolated
/// without sub-pixel bias, or, where the secondary is more than 1.2 times finer, averaged over the reference's pixels.
/// A pixel is NaN where missing pixels of the secondary would carry weight, and outside it. Results have the same bits in
/// whatever windows they are read; memory is bounded by the window.
public final class AlignedImage: PixelSource {
  public let rows: Int
  public let columns: Int
  public let report: AlignmentReport

  private let secondary: any PixelSource
  private let mapping: PixelMapping?
  private let kernel: ResamplingKernel?

  /// Windows whose part of the secondary is larger than this many pixels are read in halves.
  private static let largestPart = 8 << 20

  /// - Parameters:
  ///   - secondary: the image to be aligned.
  ///   - georeference: where it lies; of its shape.
  ///   - reference: the raster whose pixels it shall have.
  ///   - kernel: nil chooses; `.nearest` is for masks and classes.
  /// - Throws: `RasterError` of kind `.noOverlap`, `.gridMismatch` or `.noTransformation`.
  public init(
    _ secondary: any PixelSource, at georeference: Georeference, onto reference: Georeference,
    kernel: ResamplingKernel? = nil
  ) throws(RasterError) {
    let relation = try GridRelation(reference: reference, secondary: georeference)
    self.secondary = secondary
    rows = reference.rows
    columns = reference.columns
    mapping = relation.mapping
    var method = relation.method
    if case .resampled(let chosen, let reason) = method {
      self.kernel = kernel ?? chosen
      method = .resampled(kernel ?? chosen, reason: reason)
    } else {
      self.kernel = nil
    }
    report = AlignmentReport(
      method: method, overlap: relation.overlap, positionError: mapping?.error ?? 0, notices: relation.notices)
  }

  public convenience init(_ secondary: RasterImage, onto reference: RasterImage) throws(RasterError) {
    try self.init(secondary, at: secondary.info.georeference, onto: reference.info.georeference)
  }

  public func read(_ window: Window) throws(RasterError) -> Grid<Float> {
    guard let mapping, let kernel else {
      var shifted = window
      if case .wholePixelShift(let rows, let columns) = report.method {
        shifted.row += rows
        shifted.column += columns
      }
      return try secondary.read(shifted)
    }
    var out = Grid(rows: window.rows, columns: window.columns, filledWith: Float.nan)
    let inside = self.window.intersection(window)
    if !inside.isEmpty { try fill(inside, of: window, &out, mapping, kernel) }
    return out
  }

  private func fill(
    _ part: Window, of window: Window, _ out: inout Grid<Float>, _ mapping: PixelMapping, _ kernel: ResamplingKernel
  ) throws(RasterError) {
    let mapped = try mapping.nodes(around: part)
    guard let bounds = mapped.bounds else { return }
    let needed = bounds.intersection(secondary.window.grown(by: 1)).grown(by: kernel.margin)
    if bounds.intersection(secondary.window.grown(by: 1)).isEmpty { return }
    if needed.rows * needed.columns > AlignedImage.largestPart, max(part.rows, part.columns) > 32 {
      for half in part.halves { try fill(half, of: window, &out, mapping, kernel) }
      return
    }
    let source = ResamplingSource(
      try secondary.read(needed), row: needed.row, column: needed.column, kernel: kernel)
    for row in part.row..<part.endRow {
      let positions = mapped.positions(ofRow: row)
      let values = source.sample(rows: positions.rows, columns: positions.columns)
      let to = (row - window.row) * window.columns + part.column - window.column
      out.cells.replaceSubrange(to..<to + part.columns, with: values)
    }
  }
}

extension Window {
  /// The window cut in two across its longer side.
  fileprivate var halves: [Window] {
    if rows >= columns {
      let first = rows / 2
      return [
        Window(row: row, column: column, rows: first, columns: columns),
        Window(row: row + first, column: column, rows: rows - first, columns: columns),
      ]
    }
    let first = columns / 2
    return [
      Window(row: row, column: column, rows: rows, columns: first),
      Window(row: row, column: column + first, rows: rows, columns: columns - first),
    ]
  }
}
