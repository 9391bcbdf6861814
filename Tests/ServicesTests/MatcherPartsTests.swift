// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Services
import Testing

@Suite("Filters of a match")
struct MatchFiltersTests {
  private func flags(
    _ layers: MatchLayers, closures: ClosureGrids? = nil, hasNeighbours: Bool = true,
    _ change: (inout MatchParameters) -> Void = { _ in }
  ) -> [MatchFlag] {
    var p = MatchParameters()
    change(&p)
    return MatchFilters(parameters: p, spacing: 8, hasNeighbours: hasNeighbours).flags(layers, closures: closures)
      .cells
  }

  @Test("each test marks its own point: correlation, precision, closure and neighbours")
  func each() {
    var layers = MatchLayers.measured(7, 7)
    layers[.ncc].cells[0] = 0.29
    layers[.dySigma].cells[6] = 0.21
    layers[.dx].cells[24] = 2.5
    layers.flags.cells[48] = .noTexture
    let zero = Grid<Float>(rows: 7, columns: 7, filledWith: 0)
    var closures = ClosureGrids(x: zero, y: zero, xVariance: zero.map { _ in 0.01 }, yVariance: zero)
    // Four standard deviations of 0.1 px and 0.1 px besides: 0.5 px.
    closures.x.cells[42] = 0.51
    closures.x.cells[43] = 0.49
    let found = flags(layers, closures: closures)
    for (index, flag) in [
      (0, MatchFlag.ambiguous), (6, .imprecise), (24, .inconsistent), (42, .inconsistent), (48, .noTexture),
    ] {
      #expect(found[index] == flag)
    }
    #expect(found.count { $0 == .measured } == 44)
  }

  @Test("an unknown sigma is imprecise; neighbours do not count in a list of points or with the test turned off")
  func exceptions() {
    var layers = MatchLayers.measured(5, 5)
    layers[.dxSigma] = layers[.dxSigma].map { _ in .nan }
    #expect(flags(layers).allSatisfy { $0 == .imprecise })
    layers = .measured(5, 5)
    layers[.dx].cells[12] = 9
    #expect(flags(layers)[12] == .inconsistent)
    #expect(flags(layers, hasNeighbours: false)[12] == .measured)
    #expect(flags(layers) { $0.medianThreshold = 0 }[12] == .measured)
  }

  @Test("cleaning takes values away and keeps what says why; smoothing then looks at measured neighbours only")
  func cleaning() {
    var layers = MatchLayers.measured(3, 3)
    layers[.dx].cells[0] = 100
    layers.flags.cells[0] = .inconsistent
    layers[.dx].cells[4] = 1.9
    var p = MatchParameters()
    p.smoothing = .mean
    MatchFilters(parameters: p, spacing: 8, hasNeighbours: true).clean(&layers)
    #expect(layers.value(.dx, 0).isNaN && layers.value(.c00, 0).isNaN && layers.value(.ncc, 0) == 0.9)
    // Eight points of one sigma: seven of 1 and one of 1.9.
    #expect(abs(layers.value(.dx, 4) - (7 + 1.9) / 8) < 1e-6)
  }
}

@Suite("Coarse field of a block")
struct BlockPriorTests {
  /// A field that is (a + b · column, c) on images reduced by two, known at its cells.
  private func stage(_ a: Float, perColumn b: Float, _ c: Float) -> CoarseStage {
    var dx = Grid<Float>(rows: 9, columns: 9, filledWith: a)
    for row in 0..<9 { for column in 0..<9 { dx[row, column] += b * 16 * Float(column) } }
    let field = CoarseField(
      originRow: 0, originColumn: 0, spacing: 16, dx: dx, dy: dx.map { _ in c },
      reliable: dx.map { _ in true }, ncc: dx.map { _ in 0.9 }, searchRadius: 3, reliableShare: 1)
    return CoarseStage(field, factor: 2, level: 1)
  }

  @Test("offsets and the radius of the reduced images are doubled, at the same place of the scene")
  func scale() {
    let stage = stage(5, perColumn: 0.125, -3)
    // Column 40.5 of the scene is column 20 of the reduced image: 2 · (5 + 2.5).
    let found = stage.offset(row: 10, column: 40.5)
    #expect(abs(found.dx - 15) < 1e-9 && found.dy == -6)
    #expect(stage.searchRadius == 6 && stage.isReliable)
  }

  @Test("the shift of a block is the nearest whole step to the median, and the slack reaches what is left and 16 px")
  func shift() {
    let step = DenseMatching.slackStep
    let prior = BlockPrior(stage(11, perColumn: 0, -3), Window(row: 0, column: 0, rows: 128, columns: 128))
    #expect(
      prior.dx == Int((22 / Double(step)).rounded()) * step && prior.dy == Int((-6 / Double(step)).rounded()) * step)
    #expect(prior.slack % step == 0 && prior.slack >= 16 + max(abs(22 - prior.dx), abs(-6 - prior.dy)))
    #expect(prior.slack < 16 + 2 * step)
  }

  @Test("the way back undoes the way there: d + d' = 0 within 1e-9 for a field with a gradient")
  func back() {
    let stage = stage(4, perColumn: 0.0625, 2)
    let window = Window(row: 20, column: 30, rows: 64, columns: 64)
    let there = BlockPrior(stage, window), back = BlockPrior(stage, window, sign: -1)
    for (row, column) in [(40.0, 50.0), (35, 61.5)] {
      let d = back.offset(row: row - 20, column: column - 30)
      // The backward offset at a place is minus the forward offset there, one step of the fixed point back.
      let first = stage.offset(row: row, column: column)
      let expected = stage.offset(row: row - first.dy, column: column - first.dx)
      #expect(d.dx == -expected.dx && d.dy == -expected.dy)
      #expect(there.offset(row: row - 20, column: column - 30) == first)
    }
    #expect(back.dx <= 0 && there.dx >= 0)
  }
}

@Suite("Second look")
struct SecondLookTests {
  private let look = SecondLook(parameters: MatchParameters())

  @Test("is worth its time when more than 2 % of the points are lost, and counts no point without texture")
  func worth() {
    var layers = MatchLayers.measured(10, 10)
    for index in 0..<2 { layers[.ncc].cells[index] = 0.1 }
    #expect(!look.isWorthwhile(layers))
    layers.flags.cells[2] = .noTexture
    #expect(!look.isWorthwhile(layers))
    layers.flags.cells[3] = .noConvergence
    #expect(look.isWorthwhile(layers))
  }

  @Test("takes lost points over, doubtful ones where both correlation and sigma are better, and good ones never")
  func merge() {
    var first = MatchLayers.measured(1, 6)
    first[.ncc].cells = [0.9, 0.5, 0.5, 0.5, 0.2, 0.2]
    var second = MatchLayers.measured(1, 6, dx: 7)
    second[.ncc].cells = [0.95, 0.8, 0.8, 0.4, 0.8, 0.1]
    second[.dxSigma].cells = [0.01, 0.01, 0.09, 0.01, 0.15, 0.01]
    look.merge(second, into: &first)
    // Good; better in both; better in one; worse; lost and found; lost both times.
    #expect(first[.dx].cells == [1, 7, 1, 1, 7, 1])
  }

  @Test("looks at the images without their local means")
  func detail() {
    let image = PairFixture.noise(40, 40)
    let block = DenseMatching.Block(
      reference: image, secondary: image.map { $0 + 5 }, slack: 0, scene: image.window, secondaryScene: image.window,
      coarsestLevel: 0)
    let found = look.detail(of: block)
    #expect(same(found.reference, image.withoutLocalMean(sigma: SecondLook.detailSigma)))
    for index in image.cells.indices {
      #expect(abs(found.reference.cells[index] - found.secondary.cells[index]) < 1e-3)
    }
  }
}
