// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Simulation
import Testing

@Suite("Filters of offset fields")
struct OffsetFilterTests {
  static func grid(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Float) -> Grid<Float> {
    var out = Grid<Float>(rows: rows, columns: columns, filledWith: 0)
    for r in 0..<rows { for c in 0..<columns { out[r, c] = value(r, c) } }
    return out
  }

  static func measured(_ rows: Int, _ columns: Int) -> Grid<MatchFlag> {
    Grid(rows: rows, columns: columns, filledWith: .measured)
  }

  // MARK: - Normalised median

  @Test("marks the wrong offsets of a straining, noisy field, all of 30, and at most 1 % of the 1570 good ones")
  func median() {
    var random = SeededRandom(seed: 12)
    var dx = Self.grid(40, 40) { 0.02 * Float($1) - 0.01 * Float($0) }
    var dy = Self.grid(40, 40) { 0.015 * Float($0 + $1) }
    for i in 0..<1600 {
      let (a, b) = random.normalPair()
      dx.cells[i] += 0.03 * Float(a)
      dy.cells[i] += 0.03 * Float(b)
    }
    var wrong = Set<Int>()
    while wrong.count < 30 {
      let i = Int(random.next() % 1600)
      if wrong.insert(i).inserted { dx.cells[i] += random.uniform() < 0.5 ? 1.5 : -4 }
    }
    let flags = NormalisedMedianFilter().flags(dx: dx, dy: dy, flags: Self.measured(40, 40))
    let marked = Set(flags.cells.indices.filter { flags.cells[$0] == .inconsistent })
    #expect(wrong.isSubset(of: marked))
    #expect(marked.count - wrong.count <= 16)
  }

  @Test("the ratio is the published one: 8 neighbours of spread 0.1 and noise 0.1 put the limit of 2 at 0.4 px")
  func published() {
    var p = NormalisedMedianFilter.Parameters()
    p.medianRadius = 1
    let ring: [Float] = [-0.1, 0.1, -0.1, 0.1, 0, -0.1, 0.1, -0.1, 0.1]
    for (offset, flag) in [(Float(0.39), MatchFlag.measured), (0.41, .inconsistent), (-0.41, .inconsistent)] {
      var dx = Grid(rows: 3, columns: 3, cells: ring)
      dx[1, 1] = offset
      let dy = dx.map { _ in Float(0) }
      let out = NormalisedMedianFilter(parameters: p).flags(dx: dx, dy: dy, flags: Self.measured(3, 3))
      #expect(out[1, 1] == flag)
    }
  }

  @Test("other flags stay, unmeasured points are no neighbours, lonely points are left alone")
  func untouched() {
    var dx = Self.grid(9, 9) { _, _ in 1 }
    var flags = Self.measured(9, 9)
    for i in 0..<81 where i % 2 == 0 {
      flags.cells[i] = .masked
      dx.cells[i] = 50
    }
    let out = NormalisedMedianFilter().flags(dx: dx, dy: dx, flags: flags)
    #expect(out == flags)
    var lonely = Grid(rows: 9, columns: 9, filledWith: MatchFlag.noTexture)
    lonely[4, 4] = .measured
    #expect(NormalisedMedianFilter().flags(dx: dx, dy: dx, flags: lonely) == lonely)
  }

  @Test("tiles with the margin give the flags of the whole")
  func tiles() {
    var random = SeededRandom(seed: 2)
    let dx = Self.grid(30, 30) { _, _ in Float(random.normalPair().0) }
    let filter = NormalisedMedianFilter(), m = filter.margin
    let whole = filter.flags(dx: dx, dy: dx, flags: Self.measured(30, 30))
    let tile = Window(row: 8, column: 11, rows: 10, columns: 9), cut = dx.cropped(to: tile.grown(by: m))
    let part = filter.flags(dx: cut, dy: cut, flags: Self.measured(cut.rows, cut.columns))
    #expect(part.cropped(to: Window(row: m, column: m, rows: 10, columns: 9)) == whole.cropped(to: tile))
    #expect(whole.cells.contains(.inconsistent))
  }

  // MARK: - Thresholds

  @Test("sigmas above 0.2 px or unknown are imprecise, correlations below 0.3 or unknown ambiguous")
  func thresholds() {
    let a = Grid<Float>(rows: 1, columns: 4, cells: [0.1, 0.1, 0.21, .nan])
    let b = Grid<Float>(rows: 1, columns: 4, cells: [0.2, 0.3, 0.1, 0.1])
    let flags = PrecisionFilter().flags(dxSigma: a, dySigma: b, flags: Self.measured(1, 4))
    #expect(flags.cells == [.measured, .imprecise, .imprecise, .imprecise])
    let ncc = Grid<Float>(rows: 1, columns: 4, cells: [0.9, 0.29, .nan, 0.1])
    var before = Self.measured(1, 4)
    before[0, 3] = .offImage
    let clear = CorrelationFilter().flags(ncc: ncc, flags: before)
    #expect(clear.cells == [.measured, .ambiguous, .ambiguous, .offImage])
  }

  // MARK: - Forward and backward

  /// A straining field with its exact inverse: x' = a + (1 + b) x along each axis.
  static func thereAndBack() -> (OffsetGrids, OffsetGrids) {
    let spacing: Float = 8, a: Float = 5, b: Float = 0.01
    let x = grid(20, 24) { _, c in spacing * Float(c) }, y = grid(20, 24) { r, _ in spacing * Float(r) }
    let forward = OffsetGrids(dx: x.map { a + b * $0 }, dy: y.map { -a - b * $0 })
    // Where x' = x + d(x), the way back is x − x' as a function of x'.
    let backward = OffsetGrids(
      dx: x.map { ($0 - a) / (1 + b) - $0 }, dy: y.map { ($0 + a) / (1 - b) - $0 })
    return (forward, backward)
  }

  @Test("an exact way there and back passes with a floor of 1e-4 px, a single wrong offset of 0.5 px fails")
  func closure() {
    var p = ForwardBackwardFilter.Parameters()
    p.closureFloor = 1e-4
    var (forward, backward) = Self.thereAndBack()
    let flags = Self.measured(20, 24)
    let filter = ForwardBackwardFilter(parameters: p)
    #expect(filter.flags(forward: forward, backward: backward, spacing: 8, flags: flags) == flags)
    forward.dx[10, 10] += 0.5
    var out = filter.flags(forward: forward, backward: backward, spacing: 8, flags: flags)
    #expect(out.cells.filter { $0 == .inconsistent }.count == 1 && out[10, 10] == .inconsistent)
    // Claimed sigmas of 0.2 px in both directions allow 4 · 0.28 px.
    let sigma = forward.dx.map { _ in Float(0.2) }
    (forward.dxSigma, forward.dySigma, backward.dxSigma, backward.dySigma) = (sigma, sigma, sigma, sigma)
    out = filter.flags(forward: forward, backward: backward, spacing: 8, flags: flags)
    #expect(out == flags)
    backward = OffsetGrids(dx: sigma.map { _ in .nan }, dy: sigma)
    out = filter.flags(forward: forward, backward: backward, spacing: 8, flags: flags)
    #expect(out == flags, "points that can't be checked keep their flags")
  }

  // MARK: - Smoothing

  @Test("smoothing is off by default; mean weighs by variance, median ignores one outlier, missing stays missing")
  func smoothing() {
    var dx = Self.grid(3, 3) { _, _ in 1 }
    dx[0, 0] = 10
    dx[2, 2] = .nan
    let sigma = Self.grid(3, 3) { $0 == 0 && $1 == 0 ? 1000 : 1 }
    let field = OffsetGrids(dx: dx, dy: dx, dxSigma: sigma, dySigma: sigma)
    #expect(OffsetSmoothing().smoothed(field).dx.cells[0] == 10)
    var p = OffsetSmoothing.Parameters()
    p.smoothing = .mean
    var out = OffsetSmoothing(parameters: p).smoothed(field)
    #expect(abs(out.dx[1, 1] - 1) < 1e-5 && out.dx[2, 2].isNaN)
    p.smoothing = .median
    out = OffsetSmoothing(parameters: p).smoothed(field)
    #expect(out.dx[0, 0] == 1 && out.dx[1, 1] == 1 && out.dx[2, 2].isNaN)
  }
}
