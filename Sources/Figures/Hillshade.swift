// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// An elevation model lit from one side, as the ground of a map.
public enum Hillshade {
  /// Brightness of each cell, 0 (in shadow) ... 1 (facing the light).
  ///
  /// - Parameters:
  ///   - elevation: metres; NaN = missing, and missing in the result.
  ///   - cellSize: width and height of a cell, metres, above 0.
  ///   - azimuth: where the light comes from, degrees clockwise from the top of the grid.
  ///   - altitude: height of the light above the horizon, degrees.
  ///   - exaggeration: factor on the heights.
  /// - Returns: a grid of the same shape; its border repeats the slopes of the nearest full neighbourhood.
  ///
  /// Source: the slopes of Horn 1981 (3 × 3 weighted differences) and Lambert's cosine law. Checked by:
  /// `HillshadeTests`.
  public static func shade(
    _ elevation: Grid<Float>, cellSize: (width: Double, height: Double), azimuth: Double = 315,
    altitude: Double = 45, exaggeration: Double = 1
  ) -> Grid<Float> {
    precondition(cellSize.width > 0 && cellSize.height > 0, "a hillshade needs cells with an extent")
    var out = elevation
    guard elevation.rows >= 3 && elevation.columns >= 3 else { return elevation.map { $0.isNaN ? .nan : 1 } }
    let turn = azimuth * .pi / 180, rise = altitude * .pi / 180
    let light = SIMD3(sin(turn) * cos(rise), cos(turn) * cos(rise), sin(rise))
    let stepRight = exaggeration / (8 * cellSize.width), stepUp = exaggeration / (8 * cellSize.height)
    for row in 0..<elevation.rows {
      let r = min(elevation.rows - 2, max(1, row))
      for column in 0..<elevation.columns where !elevation[row, column].isNaN {
        let c = min(elevation.columns - 2, max(1, column))
        func z(_ dr: Int, _ dc: Int) -> Double { Double(elevation[r + dr, c + dc]) }
        let right = z(-1, 1) + 2 * z(0, 1) + z(1, 1) - z(-1, -1) - 2 * z(0, -1) - z(1, -1)
        let up = z(-1, -1) + 2 * z(-1, 0) + z(-1, 1) - z(1, -1) - 2 * z(1, 0) - z(1, 1)
        let slope = SIMD3(-right * stepRight, -up * stepUp, 1)
        let cosine = (slope * light).sum() / (slope * slope).sum().squareRoot()
        // Not max(0, cosine), which turns NaN into 0.
        out[row, column] = cosine < 0 ? 0 : Float(cosine)
      }
    }
    return out
  }
}
