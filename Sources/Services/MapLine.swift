// SPDX-License-Identifier: Apache-2.0
import Deformation
import Parameters
import RasterIO

/// Lines on a map as users give them: `--line EAST,NORTH,EAST,NORTH` or a vector file.
enum MapLine {
  /// - Throws: `ParameterError` for numbers of a parameter `line` that are no line; none at all are fine.
  static func check(_ line: [Double]) throws(ParameterError) {
    if !line.isEmpty, line.count < 4 || line.count % 2 != 0 {
      throw .conflict("line", "`line` takes two places or more, each as EAST,NORTH: an even number of 4 or more")
    }
  }

  /// The line on the ground, and what a pixel is there.
  ///
  /// - Parameters:
  ///   - numbers: used where there is no file.
  /// - Throws: `ServiceError.noPoints` for a line without length; `RasterError` for a file that can't be read.
  static func ground(
    _ numbers: [Double], _ file: InputFile?, on place: Georeference
  ) throws -> (line: FaultLine, step: GroundStep) {
    let step = try step(place)
    guard let line = FaultLine(try vertices(numbers, file, on: place).map { position($0.row, $0.column, step) })
    else {
      throw ServiceError(.noPoints, "the line has no length: give two places or more that differ")
    }
    return (line, step)
  }

  /// Metres to the east and north of the grid's first pixel.
  static func position(_ row: Double, _ column: Double, _ step: GroundStep) -> SIMD2<Double> {
    let at = step.displacement(dx: column, dy: row)
    return SIMD2(at.east, at.north)
  }

  private static func vertices(_ numbers: [Double], _ file: InputFile?, on place: Georeference) throws -> [PixelPoint]
  {
    if let file { return try VectorFile.open(file.path, on: place).points }
    return stride(from: 0, to: numbers.count, by: 2).map { index in
      let x = numbers[index], y = numbers[index + 1]
      // Without a map, coordinates are counted from the outer corner of the first pixel.
      let at = place.transform?.position(east: x, north: y) ?? (y - 0.5, x - 0.5)
      return PixelPoint(row: at.0, column: at.1)
    }
  }

  /// A cell on the ground; where there is no map, north is up in the image.
  private static func step(_ place: Georeference) throws -> GroundStep {
    let middle = (row: Double(place.rows) / 2, column: Double(place.columns) / 2)
    if let step = try place.groundStep(row: middle.row, column: middle.column) { return step }
    guard let t = place.transform else { return GroundStep(rightEast: 1, rightNorth: 0, downEast: 0, downNorth: -1) }
    let turn = t.eastPerColumn * t.northPerRow - t.eastPerRow * t.northPerColumn > 0 ? -1.0 : 1
    return GroundStep(
      rightEast: t.eastPerColumn, rightNorth: turn * t.northPerColumn, downEast: t.eastPerRow,
      downNorth: turn * t.northPerRow)
  }
}
