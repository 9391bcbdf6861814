// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO

/// Directions over a Landsat scene from its rasters of angles (`_SZA`, `_SAA`, `_VZA`, `_VAA`), at some of their pixels: between
/// those directions change evenly, and reading all of every scene that is looked at would take seconds each.
///
/// Source of the layout: Landsat Collection 2 Level 1 Data Format Control Book (LSDS-1822): 16-bit numbers of hundredths of a
/// degree, azimuths from -180 to 180, 0 in both where there is no image. Checked by: `LandsatAnglesTests`.
enum LandsatAngleRasters {
  /// Distance between nodes that is aimed at, m.
  private static let spacing = 20_000.0

  /// Nil where a raster is not there, cannot be read, or the two differ in shape.
  static func grid(_ zenith: SceneAngles.AngleRaster?, _ azimuth: SceneAngles.AngleRaster?) -> AngleGrid? {
    guard let zenith, let azimuth, let up = try? RasterImage.open(zenith.path),
      let turn = try? RasterImage.open(azimuth.path), up.rows == turn.rows, up.columns == turn.columns,
      let side = up.info.transform?.pixelSize.width
    else { return nil }
    let every = max(1, Int((spacing / side).rounded()))
    // The last node lies on the edge or beyond it, so that every pixel has four around it.
    let rows = (up.rows + every - 1) / every + 1, columns = (up.columns + every - 1) / every + 1
    var nodes = Grid<SIMD3<Double>?>(rows: rows, columns: columns, filledWith: nil)
    for row in 0..<rows - 1 {
      for column in 0..<columns - 1 {
        let place = Window(row: row * every, column: column * every, rows: 1, columns: 1)
        guard let zenith = try? up.read(place), let azimuth = try? turn.read(place) else { return nil }
        nodes[row, column] = vector(zenith[0, 0], azimuth[0, 0])
      }
      nodes[row, columns - 1] = beyond(nodes, row, columns - 2, (0, 1))
    }
    for column in 0..<columns { nodes[rows - 1, column] = beyond(nodes, rows - 2, column, (1, 0)) }
    let directions = nodes.map { $0.map { SkyDirection(east: $0.x, north: $0.y, up: $0.z) } }
    return AngleGrid(
      zenith: directions.map { Float($0?.zenith ?? .nan) }, azimuth: directions.map { Float($0?.azimuth ?? .nan) },
      spacing: Double(every) * side)
  }

  /// Toward what two numbers of a product say; nil where they say that there is no image.
  private static func vector(_ zenith: Float, _ azimuth: Float) -> SIMD3<Double>? {
    guard zenith.isFinite, azimuth.isFinite, zenith != 0 || azimuth != 0, zenith >= 0 else { return nil }
    let scale = SceneAngles.AngleRaster.scale * .pi / 180
    let (z, a) = (Double(zenith) * scale, Double(azimuth) * scale)
    return SIMD3(sin(z) * sin(a), sin(z) * cos(a), cos(z))
  }

  /// What the node after the last goes on with: a straight line through the two before, or the one.
  private static func beyond(
    _ nodes: Grid<SIMD3<Double>?>, _ row: Int, _ column: Int, _ step: (row: Int, column: Int)
  ) -> SIMD3<Double>? {
    guard let last = nodes[row, column] else { return nil }
    guard row >= step.row, column >= step.column, let before = nodes[row - step.row, column - step.column] else {
      return last
    }
    return last + (last - before)
  }
}
