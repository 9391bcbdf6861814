// SPDX-License-Identifier: Apache-2.0
import Grids
import Testing

@Suite("Robust statistics")
struct RobustStatisticsTests {
  @Test("the median equals that of sorted values, to the bit, for 400 lists with ties, order, NaN and infinities")
  func median() {
    var state: UInt64 = 9
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    for trial in 0..<400 {
      let count = 1 + next() % 60, levels = 1 + next() % 40
      var values = (0..<count).map { _ in Double(next() % levels) / 7 - 2 }
      if trial % 4 == 0 { values.sort() }
      if trial % 8 == 0 { values.reverse() }
      if trial % 3 == 0 { values.append(.infinity) }
      let sorted = values.sorted(), half = sorted.count / 2
      let expected = sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
      #expect(Grids.median(values + [.nan]) == expected)
    }
    #expect(Grids.median([Float]()).isNaN && Grids.median([Float.nan]).isNaN)
  }

  @Test("the NMAD of 1...9 is 1.4826 · 2, whatever one value does")
  func nmad() {
    #expect(Grids.nmad((1...9).map(Double.init)) == 1.4826 * 2)
    #expect(Grids.nmad([1, 2, 3, 4, 5, 6, 7, 8, 1e9] as [Double]) == 1.4826 * 2)
    #expect(Grids.nmad([Double]()).isNaN)
  }

  @Test("takes linear time on data that fall and rise, as deviations from the middle of sorted data do")
  func risingAndFalling() {
    let count = 400_001
    let values = (0..<count).map { abs(Float($0 - count / 2)) }
    let start = ContinuousClock.now
    #expect(Grids.median(values) == Float(count / 4))
    // Quadratic time would be minutes; the bound leaves a busy machine a factor of a hundred.
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test("quantiles are the values of that rank")
  func ranks() {
    let values = (0...100).map { Float(($0 * 37) % 101) }
    #expect(quantiles(values + [.nan], at: [0.95, 0, 0.5, 1, 0.05]) == [95, 0, 50, 100, 5])
    let none = quantiles([Float](), at: [0.5])
    #expect(none.count == 1 && none[0].isNaN)
  }
}
