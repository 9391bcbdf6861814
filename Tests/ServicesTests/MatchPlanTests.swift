// SPDX-License-Identifier: Apache-2.0
import Foundation
import Grids
import Matching
import Parameters
import Services
import Testing

@Suite("Plan of a match")
struct MatchPlanTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  @Test("large images get a point every 8 px, those below 256 px every 4; the first point is half a step in")
  func spacing() throws {
    let large = try fixture.parameters(256, 300)
    let plan = try MatchPlan(ImagePair(large), large)
    #expect(plan.scene.spacing == 8 && plan.scene.row == 4 && plan.scene.column == 4)
    #expect(plan.lattice.rows == 32 && plan.lattice.columns == 37)
    let small = try fixture.parameters(255, 300, names: ("c.tif", "d.tif"))
    #expect(try MatchPlan(ImagePair(small), small).scene.spacing == 4)
  }

  @Test("tiles are anchored to the scene, hold each point of the region once and are 1024 px wide")
  func tiles() throws {
    var p = try fixture.parameters(64, 2600)
    p.spacing = 16
    p.area = .box(west: 500, south: 10, east: 2400, north: 60)
    let plan = try MatchPlan(ImagePair(p), p)
    #expect(
      plan.tiles.map(\.column) == [0, 64, 128] && plan.tiles.map(\.columns) == [64, 64, plan.scene.columns - 128])
    #expect(plan.tiles.allSatisfy { $0.row == 0 && $0.rows == plan.scene.rows })
    var seen = [Int](repeating: 0, count: plan.scene.columns)
    for tile in plan.tiles { for column in tile.column..<tile.endColumn { seen[column] += 1 } }
    #expect(seen.allSatisfy { $0 == 1 })
  }

  @Test("an area keeps the points inside it, on the lattice of the whole scene")
  func area() throws {
    var p = try fixture.parameters(300, 300, transform: PairFixture.utm, crs: "EPSG:32632")
    // Pixels 100 to 178 across and 40 to 119 down.
    p.area = .box(west: 501_000, south: 4_998_800, east: 501_790, north: 4_999_600)
    let plan = try MatchPlan(ImagePair(p), p)
    #expect(plan.lattice.row == 44 && plan.lattice.column == 100)
    #expect(plan.lattice.rows == 10 && plan.lattice.columns == 10)
    #expect(plan.lattice.pixels == Window(row: 44, column: 100, rows: 73, columns: 73))
  }

  @Test("an area between the points is refused with a cure")
  func empty() throws {
    var p = try fixture.parameters(300, 300, transform: PairFixture.utm, crs: "EPSG:32632")
    p.area = .box(west: 501_060, south: 4_999_350, east: 501_070, north: 4_999_360)
    let pair = try ImagePair(p)
    let error = #expect(throws: ServiceError.self) { try MatchPlan(pair, p) }
    #expect(error?.kind == .noPoints && error?.message.contains("smaller --spacing") == true)
  }

  @Test(
    "blocks start and end on the matcher's alignment, hold the margin and go no further than a step off the scene")
  func blocks() throws {
    let p = try fixture.parameters(300, 1500)
    let plan = try MatchPlan(ImagePair(p), p)
    let step = DenseMatching.alignment
    for tile in plan.tiles {
      let block = plan.block(of: tile, margin: 100)
      for edge in [block.row, block.column, block.endRow, block.endColumn] { #expect(edge % step == 0) }
      let wanted = plan.scene.part(tile).pixels.grown(by: 100).intersection(plan.sceneWindow)
      #expect(block.contains(wanted))
      #expect(plan.sceneWindow.grown(by: 2 * step).contains(block))
    }
  }

  @Test("a list of points is kept in its order; a list outside the image is refused")
  func points() throws {
    var p = try fixture.parameters(300, 300)
    try "row,col\n10,20\n200.5,30\n".write(toFile: fixture["p.csv"], atomically: true, encoding: .utf8)
    p.points = InputFile(fixture["p.csv"])
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    #expect(plan.points?.map(\.row) == [10, 200.5] && plan.points?.map(\.column) == [20, 30])
    #expect(plan.lattice.rows == 2 && plan.lattice.columns == 1)
    #expect(plan.pixels.contains(Window(row: 10, column: 20, rows: 191, columns: 11)))
    try "row,col\n10,2000\n".write(toFile: fixture["p.csv"], atomically: true, encoding: .utf8)
    let error = #expect(throws: ServiceError.self) { try MatchPlan(pair, p) }
    #expect(error?.kind == .noPoints)
  }
}
