// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Processing
import RasterIO

/// The first look at a pair: offsets of the whole scene on a reduced image, so that the matcher starts near enough.
package struct CoarseStage: Sendable {
  package let field: CoarseField
  /// Pixels of the scene in one pixel of the reduced images.
  package let factor: Int

  /// Halvings of the scene at which the field is good to about a pixel.
  package let level: Int

  /// Longest side of the reduced images, px.
  private static let side = 1536

  /// A field found otherwise, on images reduced by `factor`.
  package init(_ field: CoarseField, factor: Int, level: Int) {
    (self.field, self.factor, self.level) = (field, factor, level)
  }

  init(_ pair: ImagePair, _ p: MatchParameters, threads: Int, cancellation: Cancellation) throws {
    var factor = 1
    while max(pair.rows, pair.columns) / factor > Self.side { factor *= 2 }
    self.factor = factor
    let reference = try pair.referenceSource.readDecimated(factor: factor)
    try cancellation.check()
    let secondary = try pair.secondarySource.readDecimated(factor: factor)
    try cancellation.check()
    try Self.check(reference, pair.reference.info.path)
    try Self.check(secondary, pair.secondary.info.path)
    var parameters = CoarseSearch.Parameters()
    if let radius = p.searchRadius { parameters.largestOffset = max(1, (radius + factor - 1) / factor) }
    if p.method == .orientation { parameters.method = .orientation }
    // Images reduced already need no further halving at the end of the search.
    parameters.finestLevel = factor > 1 ? 0 : 1
    level = factor.trailingZeroBitCount + parameters.finestLevel
    field = CoarseSearch.run(
      reference: reference, secondary: secondary, parameters: parameters, threads: threads)
  }

  /// - Throws: `ServiceError` where there is nothing to match.
  private static func check(_ image: Grid<Float>, _ path: String) throws {
    guard let first = image.cells.first(where: { $0.isFinite }) else {
      throw ServiceError(
        .noData,
        "\(path) holds no valid pixel where the two images overlap: all are nodata, NaN or masked; check --band, "
          + "--nodata and --mask")
    }
    if !image.cells.contains(where: { $0.isFinite && $0 != first }) {
      throw ServiceError(
        .noTexture,
        "\(path) is constant (every valid pixel is \(first)): there is no texture to match; check --band")
    }
  }

  /// Offset of the scene expected at a pixel, px.
  package func offset(row: Double, column: Double) -> (dx: Double, dy: Double) {
    let f = Double(factor)
    // Pixel centres at integers: the reduced pixel i is centred on (i + 0.5) f − 0.5.
    let d = field.offset(atRow: (row + 0.5) / f - 0.5, column: (column + 0.5) / f - 0.5)
    return (d.dx * f, d.dy * f)
  }

  /// Distance from the expected offset that must be searched, px.
  package var searchRadius: Int { field.searchRadius * factor }

  /// Whether the pair shows any common content at this scale.
  package var isReliable: Bool { field.reliableShare > 0.02 }
}
