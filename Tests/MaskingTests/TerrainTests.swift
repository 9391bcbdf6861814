// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Testing

@Suite("Slope and shadow of terrain")
struct TerrainTests {
  /// 10 m cells, north up.
  private static let northUp = GeoTransform(originEast: 5e5, originNorth: 6e6, eastPerColumn: 10, northPerRow: -10)

  private static func ground(_ rows: Int, _ columns: Int, _ height: (Double, Double) -> Double, _ t: GeoTransform)
    -> Grid<Float>
  {
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows {
      for c in 0..<columns {
        let at = t.coordinate(row: Double(r), column: Double(c))
        out[r, c] = Float(height(at.east - t.originEast, at.north - t.originNorth))
      }
    }
    return out
  }

  @Test("a plane has its slope to 0.001 degrees, on cells of any shape", arguments: [0.0, 30, 137])
  func plane(turn: Double) {
    let a = turn * .pi / 180
    let t = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: 10 * cos(a), northPerRow: -20 * cos(a), eastPerRow: 20 * sin(a),
      northPerColumn: 10 * sin(a))
    let slopes = TerrainSlope.degrees(Self.ground(9, 9, { 0.3 * $0 - 0.4 * $1 }, t), transform: t)
    #expect(abs(slopes[4, 4] - Float(atan(0.5) * 180 / .pi)) < 1e-3)
    #expect(slopes[0, 4].isNaN)
    let mask = TerrainSlope.mask(Self.ground(9, 9, { 0.3 * $0 - 0.4 * $1 }, t), transform: t, within: 20...30)
    #expect(mask[4, 4] && !mask[0, 4])
    #expect(!TerrainSlope.mask(Self.ground(9, 9, { 0.3 * $0 - 0.4 * $1 }, t), transform: t, within: 0...20)[4, 4])
  }

  @Test(
    "planes over windows have the slope of a plane, on turned cells; a missing height has none",
    arguments: [0.0, 30, 137])
  func planes(turn: Double) {
    let a = turn * .pi / 180
    let t = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: 10 * cos(a), northPerRow: -20 * cos(a), eastPerRow: 20 * sin(a),
      northPerColumn: 10 * sin(a))
    var ground = Self.ground(9, 12, { 0.3 * $0 - 0.4 * $1 }, t)
    ground[0, 0] = .nan
    let rises = TerrainSlope.planeRises(ground, transform: t, reach: 3)
    #expect(rises.east.rows == 3 && rises.east.columns == 6)
    #expect(rises.east[0, 0].isNaN && rises.east[1, 0].isFinite && rises.east[0, 1].isFinite)
    #expect(abs(rises.east[2, 3] - 0.3) < 1e-5 && abs(rises.north[2, 3] + 0.4) < 1e-5)
  }

  @Test(
    "a wall throws a shadow of its height over the tangent of the sun's elevation, within a cell",
    arguments: [0.0, 90, 180, 270])
  func wall(azimuth: Double) {
    // A wall of 100 m through the middle, across the sun's direction; the shadow is 100 m / tan 30° = 173 m long.
    let isAcross = azimuth == 90 || azimuth == 270
    let ground = Self.ground(
      81, 81, { east, north in abs((isAcross ? east : -north) - 405) < 6 ? 100 : 0 }, Self.northUp)
    let sun = SunPosition(azimuth: azimuth, elevation: 30)
    let shadow = TerrainShadow(ground, transform: Self.northUp, sun: sun, threads: 2)
    let away = azimuth == 0 || azimuth == 270 ? 1 : -1  // where columns or rows grow away from the sun
    for step in 2..<38 {
      let place = 40 + away * step
      let isDark = isAcross ? shadow.cast[40, place] : shadow.cast[place, 40]
      if step != 17 && step != 18 { #expect(isDark == (step < 18), "\(step) cells from the wall") }
      let front = 40 - away * step
      #expect(!(isAcross ? shadow.cast[40, front] : shadow.cast[front, 40]))
    }
    #expect(TerrainShadow(ground, transform: Self.northUp, sun: sun).cast == shadow.cast)
  }

  @Test("a slope turned from the sun shades itself once it is steeper than the sun is high")
  func selfShading() {
    let sun = SunPosition(azimuth: 180, elevation: 30)
    for (rise, isShaded) in [(0.5, false), (0.65, true), (-0.65, false)] {
      // Falls toward north where the rise is above zero.
      let ground = Self.ground(9, 9, { -rise * $1 }, Self.northUp)
      let shadow = TerrainShadow(ground, transform: Self.northUp, sun: sun)
      #expect(shadow.selfShaded[4, 4] == isShaded)
      #expect(shadow.sunlit[4, 4] == !(isShaded || shadow.cast[4, 4]))
      let normal = (1 + rise * rise).squareRoot()
      #expect(abs(Double(shadow.illumination[4, 4]) - (0.5 - rise * cos(.pi / 6)) / normal) < 1e-6)
    }
  }

  @Test("missing elevations cast no shadow and lie in none")
  func missing() {
    var ground = Self.ground(21, 21, { _, _ in 0 }, Self.northUp)
    ground[10, 10] = .nan
    let shadow = TerrainShadow(ground, transform: Self.northUp, sun: SunPosition(azimuth: 45, elevation: 5))
    #expect(!shadow.cast.cells.contains(true) && !shadow.selfShaded.cells.contains(true))
    #expect(shadow.illumination[10, 10].isNaN)
  }
}
