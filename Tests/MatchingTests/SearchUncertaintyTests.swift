// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Testing

@Suite("Sigma of a search")
struct SearchUncertaintyTests {
  private static let unknown = SIMD2<Double>(repeating: .nan)

  private static func match(_ dx: Double, _ dy: Double, sigma: Float, flag: MatchFlag = .measured)
    -> LeastSquaresMatch
  {
    var out = LeastSquaresMatch(flag: flag)
    out.offset = AffineOffset(dx: dx, dy: dy)
    out.covariance[0, 0] = sigma * sigma
    out.covariance[3, 3] = 4 * sigma * sigma
    return out
  }

  @Test("an efficient estimate with more noise on top has the variance of both within 8 %, on average within 1 %")
  func sum() {
    var random = SeededGenerator(seed: 3)
    let efficient = 0.03, own = 0.08
    var offsets = Grid<SIMD2<Double>>(rows: 80, columns: 80, filledWith: Self.unknown)
    var matches = Grid(rows: 80, columns: 80, filledWith: LeastSquaresMatch(flag: .measured))
    for index in offsets.cells.indices {
      let l = SIMD2(random.normal(), random.normal()) * efficient
      matches.cells[index] = Self.match(l.x, l.y, sigma: Float(efficient))
      offsets.cells[index] = l + SIMD2(random.normal(), random.normal()) * own
    }
    let variances = SearchUncertainty.variances(of: offsets, matches: matches)
    let truth = SIMD2(efficient * efficient + own * own, 4 * efficient * efficient + own * own)
    let ratios = variances.cells.map { $0 / truth }
    let mean = ratios.reduce(.zero, +) / Double(ratios.count)
    #expect(abs(mean.x - 1) < 0.01 && abs(mean.y - 1) < 0.01)
    let spread = ratios.map { ($0.x - 1) * ($0.x - 1) }.reduce(0, +) / Double(ratios.count)
    #expect(spread.squareRoot() < 0.17)
  }

  @Test(
    "points where the two disagree by a pixel, or one failed, have no variance and do not spoil their neighbours'")
  func disagreement() {
    var offsets = Grid<SIMD2<Double>>(rows: 9, columns: 9, filledWith: SIMD2(0.1, 0))
    var matches = Grid(rows: 9, columns: 9, filledWith: Self.match(0, 0, sigma: 0.1))
    offsets[4, 4] = SIMD2(0.1, -7)
    offsets[2, 3] = Self.unknown
    matches[6, 6].flag = .noConvergence
    let variances = SearchUncertainty.variances(of: offsets, matches: matches)
    for (row, column) in [(4, 4), (2, 3), (6, 6)] { #expect(variances[row, column].x.isNaN) }
    #expect(abs(variances[4, 5].x - 0.02) < 1e-6 && abs(variances[4, 5].y - 0.04) < 1e-6)
  }

  @Test("a pull towards whole pixels, which all neighbours share, is in the variance")
  func pull() {
    let offsets = Grid<SIMD2<Double>>(rows: 5, columns: 5, filledWith: SIMD2(2, 2.3))
    let matches = Grid(rows: 5, columns: 5, filledWith: Self.match(2.3, 2.3, sigma: 0.001))
    let variance = SearchUncertainty.variances(of: offsets, matches: matches)[2, 2]
    #expect(abs(variance.x - 0.09) < 1e-4 && variance.y < 1e-5)
  }
}
