// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching
import Parameters
import Processing
import RasterIO
import Services
import Simulation
import Testing

@Suite("Evaluation of a match in bands")
struct MatchEvaluationTests {
  private let fixture: PairFixture

  init() throws { fixture = try PairFixture() }

  /// A noisy field with lost, wrong and imprecise points, some rows of which lead far up and down the backward field.
  private static func forward(_ rows: Int, _ columns: Int) -> MatchLayers {
    var random = SeededRandom(seed: 5)
    var out = MatchLayers.measured(rows, columns)
    for index in out.flags.cells.indices {
      let (a, b) = random.normalPair()
      out[.dx].cells[index] += 0.03 * Float(a) + 0.01 * Float(index / columns)
      out[.dy].cells[index] += 0.03 * Float(b)
      out[.dxPerColumn].cells[index] = 0.01 * Float(a)
      let chance = random.uniform()
      if chance < 0.05 { out[.dx].cells[index] += 3 }
      if chance > 0.95 { out[.dxSigma].cells[index] = 0.5 }
      if chance > 0.9 && chance < 0.95 { out.flags.cells[index] = .noTexture }
      if chance > 0.4 && chance < 0.42 { out[.dy].cells[index] = chance < 0.41 ? 300 : -300 }
    }
    return out
  }

  private struct Found: Sendable {
    let outcome: MatchEvaluation.Outcome
    let products: [Product]
    let quality: MatchQuality
  }

  /// Evaluates a field that is stored in four tiles.
  private func evaluate(_ p: MatchParameters, bandPoints: Int, folder name: String) throws -> Found {
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p), lattice = plan.lattice
    let layers = Self.forward(plan.scene.rows, plan.scene.columns)
    let folder = try RunFolder(at: fixture[name], for: "match")
    var tiles: [MatchedField.StoredTile] = []
    let half = (rows: plan.scene.rows / 2, columns: plan.scene.columns / 2)
    for row in [0, half.rows] {
      for column in [0, half.columns] {
        let window = Window(
          row: row, column: column, rows: row == 0 ? half.rows : plan.scene.rows - half.rows,
          columns: column == 0 ? half.columns : plan.scene.columns - half.columns)
        func key(_ direction: String) -> UnitKey {
          UnitKey(algorithm: direction, version: 1, inputs: [], parameters: "", window: window)
        }
        let part = layers.cropped(to: window)
        var back = part.offsets
        back.dx = back.dx.map { -$0 }
        back.dy = back.dy.map { -$0 }
        try folder.units.save(TileResult.forward(part).arrays, for: key("forward"))
        try folder.units.save(TileResult.backward(back).arrays, for: key("backward"))
        tiles.append(.init(window: window, forward: key("forward"), backward: key("backward")))
      }
    }
    let field = MatchedField(tiles, in: folder.units, region: plan.region)
    let outcome = try MatchEvaluation(
      field, marks: PointMarks(pair, plan, p), parameters: p,
      ground: GroundScale(pair, plan, pixelSize: nil), separation: 365.25, folder: folder,
      runner: TileRunner(threads: 2, cancellation: Cancellation(), progress: ProgressReporter(.quiet)),
      bandPoints: bandPoints
    ).run()
    #expect(outcome.products.rows == lattice.rows && outcome.products.columns == lattice.columns)
    let all = try outcome.products.load(outcome.products.entries.map(\.name)).products
    return Found(outcome: outcome, products: all, quality: try MatchQuality(outcome))
  }

  private func parameters() throws -> MatchParameters {
    var p = try fixture.parameters(400, 240, transform: PairFixture.utm, crs: "EPSG:32632")
    p.stableTerrain = .box(west: 500_000, south: 4_996_500, east: 501_500, north: 5_000_000)
    return p
  }

  static let changes: [@Sendable (inout MatchParameters) -> Void] = [
    { _ in }, { $0.smoothing = .median }, { $0.gaugeLength = 60 },
    { p in
      p.smoothing = .mean
      p.gaugeLength = 40
      p.area = .box(west: 500_333, south: 4_996_777, east: 502_111, north: 4_999_555)
    },
  ]

  @Test(
    "bands of 8 rows give the bits of a single band, with smoothing, gauges and areas", arguments: changes.indices)
  func bands(_ change: Int) throws {
    var p = try parameters()
    Self.changes[change](&p)
    let whole = try evaluate(p, bandPoints: 1 << 20, folder: "whole")
    let narrow = try evaluate(p, bandPoints: 1, folder: "narrow")
    #expect(whole.products.count > 40 && whole.products.map(\.name) == narrow.products.map(\.name))
    for (a, b) in zip(whole.products, narrow.products) { #expect(same(a.values, b.values), "\(a.name)") }
    #expect(try whole.outcome.flags.thinned(to: 1) == narrow.outcome.flags.thinned(to: 1))
    #expect(whole.quality.reasons.map(\.count) == narrow.quality.reasons.map(\.count))
    #expect(whole.quality.closure == narrow.quality.closure && whole.quality.stable == narrow.quality.stable)
    #expect(whole.quality.normalisedErrors == narrow.quality.normalisedErrors)
  }

  @Test("flags are those of the filters over the whole field, and what they reject has no value")
  func filters() throws {
    let p = try parameters()
    let found = try evaluate(p, bandPoints: 1, folder: "out")
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    let layers = Self.forward(plan.scene.rows, plan.scene.columns)
    var back = layers.offsets
    back.dx = back.dx.map { -$0 }
    back.dy = back.dy.map { -$0 }
    let expected = MatchFilters(parameters: p, spacing: plan.scene.spacing, hasNeighbours: true).flags(
      layers, closures: ClosureGrids(forward: layers.offsets, backward: back, spacing: Double(plan.scene.spacing)))
    #expect(Set(expected.cells) == [.measured, .noTexture, .imprecise, .inconsistent])
    #expect(try found.outcome.flags.thinned(to: 1).cells == expected.cells.map(\.rawValue))
    let dx = try #require(found.products.first { $0.name == "dx" }?.values)
    for index in dx.cells.indices {
      #expect(
        expected.cells[index] == .measured ? dx.cells[index] == layers.value(.dx, index) : dx.cells[index].isNaN)
    }
    #expect(found.quality.asked == expected.cells.count)
    #expect(found.quality.measured == expected.cells.count { $0 == .measured })
  }

  @Test("statistics of stable ground in bands are those of the arrays, to the bit")
  func stable() throws {
    let found = try evaluate(try parameters(), bandPoints: 1, folder: "out")
    func grid(_ name: String) throws -> Grid<Float> {
      try #require(found.products.first { $0.name == name }?.values)
    }
    let field = OffsetGrids(
      dx: try grid("dx"), dy: try grid("dy"), dxSigma: try grid("dx_sigma"), dySigma: try grid("dy_sigma"))
    let mask = try #require(try found.outcome.stable?.thinned(to: 1).map { $0 == 1 })
    let expected = try #require(StableTerrain().statistics(field, isStable: mask))
    #expect(found.quality.stable == expected && expected.count > 200)
    var errors: [Float] = []
    for index in mask.cells.indices where mask.cells[index] && field.dx.cells[index].isFinite {
      errors.append((field.dx.cells[index] - Float(expected.medianX)) / 0.03)
      errors.append((field.dy.cells[index] - Float(expected.medianY)) / 0.04)
    }
    #expect(found.quality.normalisedErrors == errors && found.quality.normalisedErrorCount == errors.count)
    let dx = try #require(found.outcome.products["dx"])
    let spread = try Spread(dx.file.stream)
    #expect(spread.median == Double(median(field.dx.cells)) && spread.nmad == Double(nmad(field.dx.cells)))
    #expect(
      [spread.low, spread.middle, spread.high] == quantiles(field.dx.cells, at: [0.05, 0.5, 0.95]).map(Double.init))
  }

  @Test("a search without gradients has no product of them, and gauged strain with sigmas")
  func search() throws {
    var p = try fixture.parameters(300, 300)
    p.method = .ncc
    let pair = try ImagePair(p)
    let plan = try MatchPlan(pair, p)
    var layers = MatchLayers(rows: plan.lattice.rows, columns: plan.lattice.columns, flag: .measured)
    for layer in [MatchLayers.Layer.dx, .dy, .ncc, .snr] { layers[layer] = layers[layer].map { _ in 0.75 } }
    layers[.window] = layers[.window].map { _ in 31 }
    for layer in [MatchLayers.Layer.dxSigma, .dySigma] { layers[layer] = layers[layer].map { _ in 0.1 } }
    let folder = try RunFolder(at: fixture["out"], for: "match")
    let outcome = try MatchEvaluation(
      MatchedField(layers), marks: PointMarks(pair, plan, p), parameters: p, ground: nil, separation: nil,
      folder: folder,
      runner: TileRunner(threads: 1, cancellation: Cancellation(), progress: ProgressReporter(.quiet))
    ).run()
    let names = outcome.products.entries.map(\.name)
    #expect(Set(["dx", "dx_sigma", "dy", "dy_sigma", "ncc", "snr", "window"]).isSubset(of: names))
    #expect(names.allSatisfy { !$0.contains("per") })
    #expect(names.contains("strain_shear") && names.contains("strain_shear_sigma"))
    #expect(outcome.closures == nil && outcome.stable == nil && outcome.survey.medianWindow == 31)
  }
}

@Suite("Survey of layers")
struct LayerSurveyTests {
  @Test("parts added up give counts and the median window of the whole, the mean of two for an even count")
  func adding() {
    var first = MatchLayers(rows: 2, columns: 3, flag: .offImage)
    first[.window] = Grid(rows: 2, columns: 3, cells: [25, 25, 51, .nan, 51, 25])
    var second = MatchLayers.measured(1, 3)
    second[.window] = Grid(rows: 1, columns: 3, cells: [101, 101, 51])
    var survey = LayerSurvey(first, isAsked: nil)
    #expect(!survey.hasGradients && !survey.hasSigmas && survey.medianWindow == 25)
    survey.add(LayerSurvey(second, isAsked: Mask(rows: 1, columns: 3, cells: [true, false, true])))
    #expect(survey.hasGradients && survey.hasSigmas)
    #expect(survey.medianWindow == 51)
    #expect(survey.counts[Int(MatchFlag.offImage.rawValue)] == 6 && survey.counts[0] == 2)
    second[.window] = Grid(rows: 1, columns: 3, cells: [101, 51, .nan])
    #expect(LayerSurvey(second, isAsked: nil).medianWindow == 76)
    #expect(LayerSurvey().medianWindow.isNaN)
  }

  @Test("a flag in a byte keeps whether its point was asked for")
  func marks() {
    for flag in MatchFlag.allCases {
      let asked = MarkedFlag(flag, isAsked: true), other = MarkedFlag(flag, isAsked: false)
      #expect(asked.isAsked && asked.flag == flag && asked.product == flag.rawValue)
      #expect(!other.isAsked && other.flag == flag && other.product == 255)
      #expect(MarkedFlag(byte: other.byte).flag == flag)
    }
  }
}
