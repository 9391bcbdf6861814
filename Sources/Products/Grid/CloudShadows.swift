// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import RasterIO

/// Shadows of the clouds of one scene on a grid, for classes by colour.
///
/// A cloud and its shadow may lie kilometres apart, in two tiles: shadows are looked for once, in the whole of the grid and what
/// lies around it toward the sun, on cells that are coarse enough for the memory. Shadows are much larger than these.
struct CloudShadows: Sendable {
  private let isShadow: Mask
  /// Pixels of the grid in the side of a cell, and the first pixel of the first cell.
  private let factor, row, column: Int

  /// Most cells in a side, and most clouds' height, m: higher ones are thin.
  private static let side = 2000, cloudHeight = 6000.0, farthest = 20_000.0

  /// Nil where the scene does not say where the sun stood, or has not the bands for classes by colour.
  init?(_ scene: Scene, grid: SceneGrid, parameters: SpectralClassification.Parameters) throws(RasterError) {
    guard let direction = scene.angles.sun, direction.elevation > 0,
      let step = try grid.georeference.groundStep(row: Double(grid.rows) / 2, column: Double(grid.columns) / 2)
    else { return nil }
    let sun = SunPosition(azimuth: direction.azimuth, elevation: direction.elevation)
    let metres = min(Self.farthest, Self.cloudHeight / tan(sun.elevation * .pi / 180))
    let margin = Int(metres / min(step.pixelSize.width, step.pixelSize.height))
    let around = grid.window.grown(by: margin)
    factor = max(1, (max(around.rows, around.columns) + Self.side - 1) / Self.side)
    (row, column) = (around.row, around.column)
    let coarse = grid.cropped(to: around).coarsened(by: factor)
    guard let source = try SpectralSource(scene, grid: coarse, parameters: parameters) else { return nil }
    let cell = Double(factor)
    // Metres to true east and north, as azimuths are counted.
    let transform = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: step.rightEast * cell, northPerRow: step.downNorth * cell,
      eastPerRow: step.downEast * cell, northPerColumn: step.rightNorth * cell)
    isShadow = CloudShadow.adding(
      to: try source.read(coarse.window), nir: try source.nearInfrared(coarse.window), transform: transform, sun: sun
    ).map { $0 == .shadow }
  }

  /// The classes of a window of the grid, with shadow in the place of land, snow and water.
  func adding(to classes: Grid<SurfaceClass>, _ window: Window) -> Grid<SurfaceClass> {
    var out = classes
    for r in 0..<window.rows {
      let line = (window.row + r - row) / factor
      for c in 0..<window.columns where isShadow[line, (window.column + c - column) / factor] {
        switch out[r, c] {
        case .land, .snow, .water: out[r, c] = .shadow
        default: break
        }
      }
    }
    return out
  }
}
