// SPDX-License-Identifier: Apache-2.0
import Grids
import Products
import Testing

@Suite("Units and tiles of cubes")
struct CubeUnitTests {
  @Test(
    "units of many spellings",
    arguments: [
      ("m/y", CubeUnit.metresPerYear), ("meter/year", .metresPerYear), ("m yr-1", .metresPerYear),
      ("m a^-1", .metresPerYear), ("metres per year", .metresPerYear), ("m yr**-1", .metresPerYear),
      ("m/d", .metresPerDay), ("m day-1", .metresPerDay), ("Meters", .metres), ("m", .metres), ("px", .pixels),
      ("pixels", .pixels),
    ])
  func spellings(text: String, unit: CubeUnit) { #expect(CubeUnit(text) == unit) }

  @Test("other texts are no units", arguments: ["", "1", "m/s", "m y", "m/y-1", "degrees", "rad", "years"])
  func foreign(text: String) { #expect(CubeUnit(text) == nil) }

  @Test("kilometres and millimetres have their lengths and names")
  func lengths() {
    #expect(CubeUnit("km/yr")?.metres == 1000 && CubeUnit("mm")?.metres == 0.001)
    #expect(CubeUnit("mm/d")?.description == "mm/d" && CubeUnit.metresPerYear.description == "m/yr")
  }

  @Test(
    "tiles are whole blocks while they fit, and say how often a block is unpacked",
    arguments: [
      // rows, columns, block, pixels in memory -> tile, reads
      (100, 200, (10, 20), 4500, (20, 200), 1), (100, 200, (10, 20), 1000, (10, 100), 1),
      (100, 200, (10, 20), 60, (3, 20), 4), (100, 200, (10, 20), 7, (1, 7), 30),
      (100, 200, (1, 200), 1000, (5, 200), 1),
      (4, 5, (50, 50), 1000, (4, 5), 1),
    ] as [(Int, Int, (Int, Int), Int, (Int, Int), Int)])
  func tiles(rows: Int, columns: Int, block: (Int, Int), pixels: Int, tile: (Int, Int), reads: Int) {
    let tiling = CubeTiling(rows: rows, columns: columns, blockRows: block.0, blockColumns: block.1, pixels: pixels)
    #expect((tiling.tileRows, tiling.tileColumns) == tile && tiling.readsPerBlock == reads)
    #expect(tiling.windows.reduce(0) { $0 + $1.rows * $1.columns } == rows * columns)
    #expect(tiling.windows.allSatisfy { $0.rows * $0.columns <= pixels })
    #expect((tiling.notice != nil) == (reads > 4))
  }
}
