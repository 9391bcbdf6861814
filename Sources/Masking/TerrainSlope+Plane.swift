// SPDX-License-Identifier: Apache-2.0
import Grids

extension TerrainSlope {
  /// Rise of the planes that fit the heights of square windows best, m per metre toward east and north; NaN where a height
  /// of the window is missing.
  ///
  /// The slope as a window that is matched sees it, without the roughness within. O(cells × window side).
  ///
  /// - Parameters:
  ///   - elevation: m; has `reach` cells more on each side than the result.
  ///   - transform: of the elevation model, in metres; cells may be oblong or turned.
  ///   - reach: cells on each side of the middle one, at least 1.
  /// - Returns: grids that are `2 · reach` rows and columns smaller.
  public static func planeRises(
    _ elevation: Grid<Float>, transform t: GeoTransform, reach: Int
  ) -> (east: Grid<Float>, north: Grid<Float>) {
    precondition(reach >= 1, "a plane needs 3 × 3 heights")
    let rows = max(0, elevation.rows - 2 * reach), columns = max(0, elevation.columns - 2 * reach)
    var east = Grid(rows: rows, columns: columns, filledWith: Float.nan), north = east
    let determinant = t.eastPerColumn * t.northPerRow - t.eastPerRow * t.northPerColumn
    precondition(determinant != 0, "the geotransform has no area")
    guard rows > 0, columns > 0 else { return (east, north) }
    let side = 2 * reach + 1
    // Σ of the squared distances from the middle, over the window.
    let squares = Double(side) * Double(reach * (reach + 1) * side) / 3
    // For each row and window of columns: Σ z, and Σ z · distance to the right.
    for row in 0..<rows {
      var sums = Array(repeating: 0.0, count: elevation.columns), tilts = sums
      for column in 0..<elevation.columns {
        for step in -reach...reach {
          let z = Double(elevation[row + reach + step, column])
          sums[column] += z
          tilts[column] += z * Double(step)
        }
      }
      for column in 0..<columns {
        var perColumn = 0.0, perRow = 0.0
        for step in -reach...reach {
          perColumn += sums[column + reach + step] * Double(step)
          perRow += tilts[column + reach + step]
        }
        (perColumn, perRow) = (perColumn / squares, perRow / squares)
        east[row, column] = Float((perColumn * t.northPerRow - perRow * t.northPerColumn) / determinant)
        north[row, column] = Float((perRow * t.eastPerColumn - perColumn * t.eastPerRow) / determinant)
      }
    }
    return (east, north)
  }
}
