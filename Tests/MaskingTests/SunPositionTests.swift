// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Masking
import Testing

@Suite("Where the sun stands")
struct SunPositionTests {
  @Test("the example of Reda & Andreas 2004 (Golden, Colorado) to 0.03 degrees, their refraction taken off")
  func published() throws {
    // 2003-10-17 19:30:30 UTC: zenith 50.11162, azimuth 194.34024, refraction 0.0164 degrees.
    let sun = try #require(SunPosition(seconds: 1_066_419_030, latitude: 39.742_476, longitude: -105.1786))
    #expect(abs(sun.azimuth - 194.340_24) < 0.03, "\(sun)")
    #expect(abs(sun.elevation - (90 - 50.111_62 - 0.0164)) < 0.03, "\(sun)")
  }

  @Test(
    "at noon of the solstices on the equator it stands 66.6 degrees high, in the north in June, in the south in December"
  )
  func solstices() throws {
    let june = try #require(SunPosition(seconds: 1_592_654_520, latitude: 0, longitude: 0))  // 2020-06-20 12:02
    #expect(abs(june.elevation - 66.56) < 0.05 && min(june.azimuth, 360 - june.azimuth) < 2, "\(june)")
    let december = try #require(SunPosition(seconds: 1_608_551_880, latitude: 0, longitude: 0))  // 2020-12-21 11:58
    #expect(abs(december.elevation - 66.56) < 0.05 && abs(december.azimuth - 180) < 2, "\(december)")
  }

  @Test("there is none at night")
  func night() {
    #expect(SunPosition(seconds: 1_608_508_800, latitude: 46, longitude: 10) == nil)  // midnight
    #expect(SunPosition(seconds: 1_608_552_000, latitude: 80, longitude: 10) == nil)  // polar night
  }

  @Test("a part of the ground has the shadows that the whole has there, where it reaches as far as they are long")
  func part() {
    let t = GeoTransform(originEast: 0, originNorth: 0, eastPerColumn: 10, northPerRow: -10)
    let ground = Grid<Float>(
      rows: 120, columns: 140,
      cells: (0..<120 * 140).map { index in
        let r = Double(index / 140), c = Double(index % 140)
        return Float(80 * sin(c / 9) * cos(r / 11) + 40 * sin((c + r) / 5))
      })
    let sun = SunPosition(azimuth: 140, elevation: 25)
    let whole = TerrainShadow(ground, transform: t, sun: sun).sunlit
    let reach = TerrainShadow.reach(ofRise: 240, transform: t, sun: sun)
    #expect(reach.rows > 0 && reach.columns > 0)
    let part = Window(row: 20, column: 30, rows: 40, columns: 50)
    let around = Window(row: 19, column: 29, rows: 42 + reach.rows, columns: 52 + reach.columns)
      .intersection(ground.window)
    let lit = TerrainShadow.sunlit(
      ground.cropped(to: around), in: Window(row: 1, column: 1, rows: 40, columns: 50), transform: t, sun: sun)
    #expect(lit == whole.cropped(to: part))
    #expect(lit.cells.contains(true) && lit.cells.contains(false))
  }
}
