// SPDX-License-Identifier: Apache-2.0
import Grids
import Services
import Testing

@Suite("Ground scale of a match")
struct GroundScaleTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  private func scale(_ transform: GeoTransform?, _ crs: String?, pixelSize: Double? = nil) throws -> GroundScale? {
    let p = try fixture.parameters(300, 300, transform: transform, crs: crs)
    let pair = try ImagePair(p)
    return try GroundScale(pair, MatchPlan(pair, p), pixelSize: pixelSize)
  }

  @Test("UTM on its central meridian: 10 m pixels are 10 m / 0.9996 on the ground within 1 mm, and point north")
  func utm() throws {
    let scale = try #require(try scale(PairFixture.utm, "EPSG:32632"))
    let step = scale.step(row: 0, column: 0)
    #expect(abs(step.rightEast - 10 / 0.9996) < 1e-3 && abs(step.downNorth + 10 / 0.9996) < 1e-3)
    #expect(abs(step.rightNorth) < 1e-3 && abs(step.downEast) < 1e-3)
  }

  @Test("Web Mercator at 60° north: lengths shrink by the cosine of the latitude, within 1 %")
  func mercator() throws {
    let north = 8_399_737.89  // 60° north
    let place = GeoTransform(originEast: 0, originNorth: north, eastPerColumn: 10, northPerRow: -10)
    let step = try #require(try scale(place, "EPSG:3857")).step(row: 0, column: 0)
    #expect(abs(step.rightEast / 5 - 1) < 0.01 && abs(step.downNorth / -5 - 1) < 0.01)
  }

  @Test("the scale between the nodes is theirs within 1e-6 on a map whose scale changes")
  func nodes() throws {
    let place = GeoTransform(originEast: 8, originNorth: 46, eastPerColumn: 1e-4, northPerRow: -1e-4)
    let p = try fixture.parameters(300, 300, transform: place, crs: "EPSG:4326")
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    let scale = try #require(try GroundScale(pair, plan, pixelSize: nil))
    for (row, column) in [(0, 0), (11, 5), (36, 36)] {
      let exact = try #require(
        try pair.georeference.groundStep(
          row: Double(plan.lattice.row + row * 8), column: Double(plan.lattice.column + column * 8)))
      let found = scale.step(row: row, column: column)
      #expect(abs(found.rightEast / exact.rightEast - 1) < 1e-6 && abs(found.downNorth / exact.downNorth - 1) < 1e-6)
    }
  }

  @Test("strain of the truth has the axes of strain of a match: at 60° north degrees become metres alike within 1e-5")
  func transform() throws {
    let place = GeoTransform(originEast: 8, originNorth: 60, eastPerColumn: 1e-4, northPerRow: -1e-4)
    let p = try fixture.parameters(300, 300, transform: place, crs: "EPSG:4326")
    let pair = try ImagePair(p)
    let match = try #require(try GroundScale(pair, try MatchPlan(pair, p), pixelSize: nil)).transform
    let truth = try pair.georeference.groundTransform(rows: 300, columns: 300)
    #expect(abs(truth.eastPerColumn / match.eastPerColumn - 1) < 1e-5)
    #expect(abs(truth.northPerRow / match.northPerRow - 1) < 1e-5)
    #expect(abs(truth.eastPerColumn / -truth.northPerRow - 0.5) < 0.01)
  }

  @Test("without map coordinates there is no scale but that of a given pixel, with the top as north")
  func plain() throws {
    #expect(try scale(nil, nil) == nil)
    let given = try #require(try scale(nil, nil, pixelSize: 0.5))
    #expect(given.step(row: 3, column: 4).displacement(dx: 2, dy: 4) == (east: 1, north: -2))
    #expect(given.note.contains("taken as north"))
    let local = try #require(try scale(PairFixture.utm, nil))
    #expect(local.step(row: 0, column: 0).displacement(dx: 1, dy: 1) == (east: 10, north: -10))
    #expect(local.note.contains("taken as metres"))
  }
}
