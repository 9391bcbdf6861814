// SPDX-License-Identifier: Apache-2.0
import Grids
import RasterIO

/// The pixels on which all scenes of a stack are laid.
public struct SceneGrid: Hashable, Sendable {
  public let rows, columns: Int
  /// Nil for images without a place on a map, which are used in pixels.
  public let transform: GeoTransform?
  public let crs: CRS?

  public init(rows: Int, columns: Int, transform: GeoTransform? = nil, crs: CRS? = nil) {
    precondition(rows >= 0 && columns >= 0, "a grid needs a shape of at least 0 × 0")
    (self.rows, self.columns, self.transform, self.crs) = (rows, columns, transform, crs)
  }

  /// The grid of a raster.
  public init(_ raster: Georeference) {
    self.init(rows: raster.rows, columns: raster.columns, transform: raster.transform, crs: raster.crs)
  }

  public var window: Window { Window(row: 0, column: 0, rows: rows, columns: columns) }

  /// As `RasterIO` takes it.
  public var georeference: Georeference {
    Georeference(name: "the common grid", rows: rows, columns: columns, transform: transform, crs: crs)
  }

  /// The pixels of a window, which may reach outside.
  public func cropped(to window: Window) -> SceneGrid {
    SceneGrid(
      rows: window.rows, columns: window.columns,
      transform: transform?.grid(row: Double(window.row), column: Double(window.column), spacing: 1), crs: crs)
  }

  /// Cells of `factor × factor` pixels, from pixel (0, 0) on; those at the right and lower border may reach outside.
  public func coarsened(by factor: Int) -> SceneGrid {
    precondition(factor >= 1, "a factor is 1 or more, not \(factor)")
    return SceneGrid(
      rows: (rows + factor - 1) / factor, columns: (columns + factor - 1) / factor,
      transform: transform?.scaled(by: Double(factor)), crs: crs)
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
