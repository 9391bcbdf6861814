// SPDX-License-Identifier: Apache-2.0

/// Affine map between array coordinates (pixel centres at integers) and map coordinates.
///
/// Holds GDAL's six numbers, whose origin is the outer corner of the first pixel: the `+ 0.5` between the two
/// conventions is applied here and nowhere else.
public struct GeoTransform: Hashable, Sendable, Codable {
  /// Map coordinates of the outer corner of pixel (0, 0).
  public let originEast, originNorth: Double
  /// Change of east and of north by one step to the right.
  public let eastPerColumn, northPerColumn: Double
  /// Change of east and of north by one step down.
  public let eastPerRow, northPerRow: Double

  public init(
    originEast: Double, originNorth: Double, eastPerColumn: Double, northPerRow: Double,
    eastPerRow: Double = 0, northPerColumn: Double = 0
  ) {
    self.originEast = originEast
    self.originNorth = originNorth
    self.eastPerColumn = eastPerColumn
    self.northPerColumn = northPerColumn
    self.eastPerRow = eastPerRow
    self.northPerRow = northPerRow
  }

  /// Map coordinates of an array position (pixel centres at integers).
  public func coordinate(row: Double, column: Double) -> (east: Double, north: Double) {
    let c = column + 0.5, r = row + 0.5
    return (
      originEast + c * eastPerColumn + r * eastPerRow,
      originNorth + c * northPerColumn + r * northPerRow
    )
  }

  /// Array position (pixel centres at integers) of a map coordinate.
  public func position(east: Double, north: Double) -> (row: Double, column: Double) {
    let e = east - originEast, n = north - originNorth
    let determinant = eastPerColumn * northPerRow - eastPerRow * northPerColumn
    let column = (e * northPerRow - n * eastPerRow) / determinant
    let row = (n * eastPerColumn - e * northPerColumn) / determinant
    return (row - 0.5, column - 0.5)
  }

  /// An offset in pixels as a displacement in map units.
  public func displacement(dx: Double, dy: Double) -> (east: Double, north: Double) {
    (dx * eastPerColumn + dy * eastPerRow, dx * northPerColumn + dy * northPerRow)
  }

  /// Width and height of a pixel in map units.
  public var pixelSize: (width: Double, height: Double) {
    (
      (eastPerColumn * eastPerColumn + northPerColumn * northPerColumn).squareRoot(),
      (eastPerRow * eastPerRow + northPerRow * northPerRow).squareRoot()
    )
  }

  /// The transform of a grid whose cell (0, 0) is centred on array position (`row`, `column`) of this one and
  /// whose cells are `spacing` pixels apart.
  public func grid(row: Double, column: Double, spacing: Double) -> GeoTransform {
    let corner = coordinate(row: row - spacing / 2, column: column - spacing / 2)
    // coordinate() adds half a pixel of this grid; the corner of a cell centred on (row, column) needs just that.
    return GeoTransform(
      originEast: corner.east, originNorth: corner.north, eastPerColumn: eastPerColumn * spacing,
      northPerRow: northPerRow * spacing, eastPerRow: eastPerRow * spacing, northPerColumn: northPerColumn * spacing)
  }
}
