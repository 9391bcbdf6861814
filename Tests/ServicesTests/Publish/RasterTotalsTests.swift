// SPDX-License-Identifier: Apache-2.0
import Grids
import Services
import Testing

@Suite("Totals of a raster")
struct RasterTotalsTests {
  @Test("bands add up to what the whole has, far from zero too, missing values aside")
  func bands() throws {
    var totals = RasterTotals()
    #expect(totals.statistics == nil)
    // 1000 to 1999, in bands of unequal size, and one band without any value.
    for band in [1000..<1001, 1001..<1500, 1500..<2000] {
      totals.add(Grid(rows: 1, columns: band.count, cells: band.map(Float.init)))
    }
    totals.add(Grid(rows: 2, columns: 500, filledWith: .nan))
    let found = try #require(totals.statistics)
    #expect(found.minimum == 1000 && found.maximum == 1999)
    #expect(abs(found.mean - 1499.5) < 1e-9)
    // Variance of n equally spaced numbers: (n² − 1) / 12.
    #expect(abs(found.standardDeviation - (999_999.0 / 12).squareRoot()) < 1e-9)
    #expect(found.validPercentage == 50)
  }
}
