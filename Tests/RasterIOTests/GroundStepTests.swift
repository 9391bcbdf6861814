// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import RasterIO
import Testing

@Suite("Ground step")
struct GroundStepTests {
  private func place(_ crs: CRS, _ east: Double, _ north: Double, _ size: Double) -> Georeference {
    Georeference(
      name: "a", rows: 10, columns: 10,
      transform: GeoTransform(originEast: east, originNorth: north, eastPerColumn: size, northPerRow: -size), crs: crs
    )
  }

  @Test("a UTM pixel on the central meridian is 1/0.9996 of its size, and grid north is true north, within 1e-6")
  func transverseMercator() throws {
    let step = try #require(try place(try utm(33), 499_995, 5e6, 10).groundStep(row: 0, column: 0))
    #expect(abs(step.rightEast - 10 / 0.9996) < 1e-5 && abs(step.downNorth + 10 / 0.9996) < 1e-5)
    #expect(abs(step.rightNorth) < 1e-5 && abs(step.downEast) < 1e-5)
  }

  @Test(
    "away from the central meridian grid north turns by the convergence, atan(tan(dLon) sin(lat)), within 0.002 deg")
  func convergence() throws {
    let georeference = place(try utm(33), 700_000, 6_000_000, 10)
    let step = try #require(try georeference.groundStep(row: 0, column: 0))
    let turn = atan2(-step.downEast, -step.downNorth) * 180 / .pi
    // PROJ puts the pixel at 18.05967 E, 54.10916 N; the zone is centred on 15 E.
    let expected = atan(tan(3.05967 * Double.pi / 180) * sin(54.10916 * Double.pi / 180)) * 180 / .pi
    #expect(abs(abs(turn) - expected) < 0.002, "\(turn) \(expected)")
  }

  @Test("Web Mercator at 60 degrees doubles lengths; degrees become metres; both within 0.5 %")
  func otherSystems() throws {
    let mercator = try #require(try place(try CRS("EPSG:3857"), 1e6, 8_399_738, 20).groundStep(row: 0, column: 0))
    #expect(abs(mercator.pixelSize.width - 10.03) < 0.05)
    let degrees = try #require(try place(.longitudeLatitude, 0, 0.0005, 0.001).groundStep(row: 0, column: 0))
    #expect(abs(degrees.pixelSize.width - 111.3195) < 1e-3 && abs(degrees.pixelSize.height - 110.5743) < 1e-3)
    let moved = degrees.displacement(dx: 2, dy: -1)
    #expect(abs(moved.east - 222.639) < 1e-2 && abs(moved.north - 110.574) < 1e-2)
  }

  @Test("pixels without georeference have no ground step")
  func none() throws {
    #expect(try Georeference(name: "photo", rows: 3, columns: 3).groundStep(row: 0, column: 0) == nil)
  }
}
