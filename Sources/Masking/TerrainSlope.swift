// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids

/// Slope of the ground from an elevation model.
///
/// Source: Horn 1981, weighted differences over 3 × 3 cells. Checked by: `TerrainTests`, on planes.
public enum TerrainSlope {
  /// Slope in degrees; NaN in the outermost rows and columns and where one of the nine elevations is missing.
  ///
  /// - Parameters:
  ///   - elevation: m.
  ///   - transform: of the elevation model, in metres; cells may be oblong or turned.
  public static func degrees(_ elevation: Grid<Float>, transform: GeoTransform) -> Grid<Float> {
    gradients(elevation, transform).map { Float(atan($0.steepness) * 180 / .pi) }
  }

  /// A mask that is true where the slope lies within `range` in degrees: false on steeper and flatter ground, and where
  /// it is not known.
  public static func mask(
    _ elevation: Grid<Float>, transform: GeoTransform, within range: ClosedRange<Double>
  ) -> Mask {
    degrees(elevation, transform: transform).map { range.contains(Double($0)) }
  }

  /// Rise of the ground, m per metre, toward east and north; NaN where `degrees` is.
  public static func rises(
    _ elevation: Grid<Float>, transform: GeoTransform
  ) -> (east: Grid<Float>, north: Grid<Float>) {
    let gradients = gradients(elevation, transform)
    return (gradients.map { Float($0.east) }, gradients.map { Float($0.north) })
  }

  /// Rise of the ground per metre east and north at every cell.
  static func gradients(_ elevation: Grid<Float>, _ transform: GeoTransform) -> Grid<TerrainGradient> {
    let t = transform
    let determinant = t.eastPerColumn * t.northPerRow - t.eastPerRow * t.northPerColumn
    precondition(determinant != 0, "the geotransform has no area")
    var out = Grid(rows: elevation.rows, columns: elevation.columns, filledWith: TerrainGradient.missing)
    guard elevation.rows > 2, elevation.columns > 2 else { return out }
    for row in 1..<elevation.rows - 1 {
      for column in 1..<elevation.columns - 1 {
        let (perColumn, perRow) = hornDifferences(elevation, row, column)
        // Solves dz/dcolumn = ze·ec + zn·nc and dz/drow = ze·er + zn·nr for the slopes ze and zn.
        out[row, column] = TerrainGradient(
          east: (perColumn * t.northPerRow - perRow * t.northPerColumn) / determinant,
          north: (perRow * t.eastPerColumn - perColumn * t.eastPerRow) / determinant)
      }
    }
    return out
  }

  private static func hornDifferences(_ z: Grid<Float>, _ row: Int, _ column: Int) -> (
    perColumn: Double, perRow: Double
  ) {
    func at(_ dr: Int, _ dc: Int) -> Double { Double(z[row + dr, column + dc]) }
    // The centre takes part so that a missing elevation has no slope.
    let centre = 0 * at(0, 0)
    let right = at(-1, 1) + 2 * at(0, 1) + at(1, 1), left = at(-1, -1) + 2 * at(0, -1) + at(1, -1)
    let below = at(1, -1) + 2 * at(1, 0) + at(1, 1), above = at(-1, -1) + 2 * at(-1, 0) + at(-1, 1)
    return ((right - left) / 8 + centre, (below - above) / 8 + centre)
  }
}

/// Rise of the ground per metre toward east and north.
struct TerrainGradient: Sendable {
  let east, north: Double

  static let missing = TerrainGradient(east: .nan, north: .nan)

  var steepness: Double { (east * east + north * north).squareRoot() }
}
