// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// The pixels on which all scenes of a stack are laid.
public struct SceneGrid: Hashable, Sendable {
  public let rows, columns: Int
  /// Nil for images without a place on a map, which are used in pixels.
  public let crs: CRS?
  /// Whether the images have a place on a map.
  public let isOnMap: Bool
  /// As on a map whose east is columns and whose north is rows, where there is no other.
  private let lattice: GeoTransform

  /// Nil for images without a place on a map.
  public var transform: GeoTransform? { isOnMap ? lattice : nil }

  /// - Parameter transform: nil for images without a place on a map, whose first pixel is the first of the grid.
  public init(rows: Int, columns: Int, transform: GeoTransform? = nil, crs: CRS? = nil) {
    self.init(
      rows: rows, columns: columns, isOnMap: transform != nil, lattice: transform ?? Self.pixels,
      crs: transform == nil ? nil : crs)
  }

  /// The grid of a raster.
  public init(_ raster: Georeference) {
    self.init(rows: raster.rows, columns: raster.columns, transform: raster.transform, crs: raster.crs)
  }

  private init(rows: Int, columns: Int, isOnMap: Bool, lattice: GeoTransform, crs: CRS?) {
    precondition(rows >= 0 && columns >= 0, "a grid needs a shape of at least 0 × 0")
    (self.rows, self.columns, self.isOnMap, self.lattice, self.crs) = (rows, columns, isOnMap, lattice, crs)
  }

  /// Positions in pixels as if they were on a map.
  private static let pixels = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 1, northPerRow: 1)

  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// As `RasterIO` takes it; without a transform where the images have no place on a map.
  public var georeference: Georeference {
    Georeference(name: "the common grid", rows: rows, columns: columns, transform: transform, crs: crs)
  }

  /// The first row and column of the images that the grid holds, where they have no place on a map; else (0, 0).
  public var origin: (row: Int, column: Int) {
    isOnMap ? (0, 0) : (Int(lattice.originNorth), Int(lattice.originEast))
  }

  /// The pixels of a window, which may reach outside.
  public func cropped(to window: Window) -> SceneGrid {
    SceneGrid(
      rows: window.rows, columns: window.columns, isOnMap: isOnMap,
      lattice: lattice.grid(row: Double(window.row), column: Double(window.column), spacing: 1), crs: crs)
  }

  /// Cells of `factor × factor` pixels, from pixel (0, 0) on; those at the right and lower border may reach outside.
  public func coarsened(by factor: Int) -> SceneGrid {
    precondition(factor >= 1, "a factor is 1 or more, not \(factor)")
    return SceneGrid(
      rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor, isOnMap: isOnMap,
      lattice: lattice.scaled(by: Double(factor)), crs: crs)
  }

  /// An image on this grid, by windows of it.
  ///
  /// - Parameters:
  ///   - place: where the image lies; one without a map begins at the first pixel of all images.
  ///   - kernel: nil chooses; `.nearest` is for masks and classes.
  /// - Throws: `RasterError` of kind `.noOverlap`, `.gridMismatch` or `.noTransformation`.
  package func align(
    _ source: any PixelSource, at place: Georeference, kernel: ResamplingKernel? = nil
  ) throws(RasterError) -> AlignedImage {
    // One without a map goes with a transform of pixels, so that a cut-out of the images keeps its place.
    let isInPixels = !isOnMap && place.transform == nil
    let own = Georeference(
      name: georeference.name, rows: rows, columns: columns, transform: isInPixels ? lattice : transform, crs: crs)
    let other = Georeference(
      name: place.name, rows: place.rows, columns: place.columns,
      transform: isInPixels ? Self.pixels : place.transform, crs: isInPixels ? nil : place.crs)
    return try AlignedImage(source, at: other, onto: own, kernel: kernel)
  }

  /// The grid that scenes have in common; strict: one scene that does not fit is an error.
  ///
  /// `SceneStack` says how the grid is found, and goes on without scenes that do not fit.
  ///
  /// - Throws: `SceneError`, the first of `SceneStack.problems`.
  public static func common(
    of scenes: [Scene], band: BandName, area: SceneArea? = nil, pixelSize: Double? = nil
  ) throws(SceneError) -> SceneGrid {
    let stack = try SceneStack(scenes, band: band, area: area, pixelSize: pixelSize)
    if let first = stack.problems.first { throw first }
    return stack.grid
  }
}

extension GeoTransform {
  /// Pixels `scale` times as long and wide, with the same outer corner.
  func scaled(by scale: Double) -> GeoTransform {
    grid(row: (scale - 1) / 2, column: (scale - 1) / 2, spacing: scale)
  }
}
