// SPDX-License-Identifier: Apache-2.0
import Correction
import Grids
import Matching
import Parameters
import Processing

/// The stage `correct`: models of the distortions of each pair, fitted to some of its points.
///
/// What is kept is the sum of the models at those points; it is smooth between them but for the edges of stripes, and is
/// interpolated where offsets are used.
struct CorrectStage {
  let context: StackContext
  let network: StackNetwork
  let matched: MatchStage.Outcome
  let ground: StackGround
  let terrain: Terrain?
  let detectors: StackDetectors
  let metresPerPixel: Double?

  struct Pair: Sendable {
    let matched: MatchStage.Pair
    let trust: PairTrust
    /// The fields `model-dx`, `model-dy` on the samples; nil where nothing is corrected.
    var model: TiledUnits?
    let key: UnitKey
    var report: CorrectionReport
    /// Corrected offsets of some points of stable ground, px.
    var stable: (x: [Float], y: [Float])

    /// What the pair's corrected and filtered offsets are made from.
    var checksum: Checksum {
      let more = (trust.opposite?.keys.map(\.checksum.hexadecimal) ?? []) + (model == nil ? ["as matched"] : [])
      return more.isEmpty ? key.checksum : SHA256.checksum(of: key.checksum.hexadecimal + more.joined())
    }
  }

  struct Outcome: Sendable {
    var pairs: [Pair]
    let problems: [StackProblem]
    /// Ground that was said to be stable, on the samples; nil where it was found in each pair.
    var givenGround: Mask?
  }

  private static let modelStep: Float = 0.000_5
  private static let mostStable = 4000
  /// Ground that was found, not given, must agree this well after the corrections, px (NMAD). Still ground does to a
  /// tenth; a picture full of ice, whose motion would be taken off as a ramp, is apart by pixels.
  private static let mostScatter = 0.5

  func run() throws -> Outcome {
    let stage = StageIdentity("stack-correct", version: 2, parameters: parameters)
    let pairs = matched.pairs, choices = context.parameters.corrections
    let trusts = pairs.map { PairTrust($0, among: pairs, in: network, terrain) }
    let units = try pairs.indices.map { index in
      let dates = trusts[index].dates
      var reads = pairs[index].keys.map(\.checksum) + ground.files
      if let terrain { reads.append(terrain.checksum(dates)) }
      if choices.destripe || choices.dejitter { reads += try detectors.checksums(dates, context) }
      return StageUnit(pairs[index].name, key: stage.key(reading: reads))
    }
    try context.folder.checksums.save()
    let outcomes = try context.runner.run("correct", unit: "pairs", units) { try corrected(pairs[$0], trusts[$0]) }
    var found: [Pair] = [], problems = detectors.problems
    let sampling = Sampling(context.plan)
    let plan = TilePlan(
      rows: sampling.rows, columns: sampling.columns, tileRows: max(1, sampling.rows),
      tileColumns: max(1, sampling.columns))
    for (index, pair) in pairs.enumerated() {
      if case .failed(let error) = outcomes[index] {
        problems.append(StackProblem(what: "corrections of pair \(pair.name)", cause: "\(error)"))
        continue
      }
      let key = units[index].key
      let kept = try context.store.load(key, rows: nil, names: ["report", "stable-dx", "stable-dy"])
      let text = try JSONValue(parsing: Array((kept.text("report") ?? "").utf8), named: "a stored unit")
      guard let report = CorrectionReport(json: text) else { throw MatchedField.incomplete(context.store) }
      found.append(
        Pair(
          matched: pair, trust: trusts[index], model: TiledUnits(plan, keys: [key], in: context.store), key: key,
          report: report,
          stable: (kept.floats("stable-dx")?.cells ?? [], kept.floats("stable-dy")?.cells ?? [])))
    }
    let groundless = found.filter(\.report.isGroundless).count
    if groundless > 0 {
      context.runner.progress.note(
        "\(groundless) of \(found.count) pairs are not corrected: no stable ground to do it by; "
          + "give --stable-terrain or --moving where there is some")
    }
    return Outcome(pairs: found, problems: problems, givenGround: ground.isStable)
  }

  private var parameters: JSONObject {
    let choices = context.parameters.corrections
    return choices.json.merged(with: [
      "minimumCorrelation": .number(context.parameters.fusion.minimumCorrelation),
      "metresPerPixel": JSONValue(metresPerPixel), "step": .integer(context.plan.thinning),
      "window": .integer(context.parameters.matching.windowRadius),
    ])
  }

  /// Cells between those that are compared beside the edge of a detector: twice the matching window, which blurs the jump.
  private var stripeReach: Int {
    let window = Double(2 * context.parameters.matching.windowRadius + 1)
    return max(StripeCorrection.leastReach, Int((2 * window / Sampling(context.plan).side).rounded(.up)))
  }

  /// The steps in their order.
  private var chain: CorrectionChain {
    let choices = context.parameters.corrections
    var steps: [CorrectionChain.Step] = []
    if choices.deshift { steps.append(.correction(ConstantCorrection())) }
    if choices.deramp { steps.append(.correction(PolynomialCorrection(parameters: choices.ramp))) }
    if ground.height != nil { steps.append(.correction(HeightCorrection())) }
    if choices.destripe {
      var stripes = choices.stripes
      stripes.stripeReach = stripes.stripeReach ?? stripeReach
      steps.append(.correction(StripeCorrection(parameters: stripes)))
    }
    if choices.dejitter { steps.append(.correction(JitterCorrection(parameters: choices.jitter))) }
    return CorrectionChain(steps, parameters: choices.chain)
  }

  private func corrected(_ pair: MatchStage.Pair, _ trust: PairTrust) throws -> UnitArrays {
    let choices = context.parameters.corrections, sampling = Sampling(context.plan)
    let isAlongTrack = choices.destripe || choices.dejitter
    let seen = isAlongTrack ? try detectors.detectors(trust.dates) : nil
    let track = choices.trackDirection ?? (isAlongTrack ? detectors.trackDirection(trust.dates, seen) ?? 0 : nil)
    var scene = CorrectionScene(
      field: try sampled(pair, trust, sampling), isStable: ground.isStable, height: ground.height,
      detector: choices.destripe ? seen : nil, trackDirection: track,
      cellSize: sampling.side * (metresPerPixel ?? 1), parameters: choices.fit)
    var result = chain.applied(to: scene)
    if scene.isStable == nil, let last = result.steps.last?.after, max(last.x.nmad, last.y.nmad) > Self.mostScatter {
      // With no ground at all every step refuses and says so.
      scene.isStable = scene.field.dx.map { _ in false }
      result = chain.applied(to: scene)
    }
    let stable = Self.stable(result.field, scene.isStable ?? StableGround.found(in: result.field))
    func row(_ values: [Float]) -> Grid<Float> { Grid(rows: 1, columns: values.count, cells: values) }
    return UnitArrays([
      .init("model-dx", result.model.dx, as: .steps(Self.modelStep)),
      .init("model-dy", result.model.dy, as: .steps(Self.modelStep)),
      .init("report", text: CorrectionReport(result.steps).json.text(.canonical)),
      .init("stable-dx", row(stable.x)), .init("stable-dy", row(stable.y)),
    ])
  }

  /// Every n-th point of a pair that can be trusted and whose correlation is not too low.
  private func sampled(_ pair: MatchStage.Pair, _ trust: PairTrust, _ sampling: Sampling) throws -> OffsetGrids {
    let missing = Grid<Float>(rows: sampling.rows, columns: sampling.columns, filledWith: .nan)
    var out = OffsetGrids(dx: missing, dy: missing, dxSigma: missing, dySigma: missing)
    let least = Float(context.parameters.fusion.minimumCorrelation)
    for row in 0..<sampling.rows {
      let window = Window(row: row * sampling.step, column: 0, rows: 1, columns: context.plan.lattice.columns)
      let line = try pair.offsets.floats(MatchStage.fields, window), isOut = try trust.isOut(window)
      for column in 0..<sampling.columns {
        let at = column * sampling.step
        guard line[4].cells[at] >= least, isOut?.cells[at] != true else { continue }
        out.dx[row, column] = line[0].cells[at]
        out.dy[row, column] = line[1].cells[at]
        out.dxSigma?[row, column] = line[2].cells[at]
        out.dySigma?[row, column] = line[3].cells[at]
      }
    }
    return out
  }

  /// Some points of stable ground, evenly taken.
  private static func stable(_ field: OffsetGrids, _ ground: Mask) -> (x: [Float], y: [Float]) {
    let kept = ground.cells.indices.filter {
      ground.cells[$0] && field.dx.cells[$0].isFinite && field.dy.cells[$0].isFinite
    }
    // Odd, so that a grid with an even number of columns does not give the same ones again and again.
    let step = kept.count > mostStable ? (kept.count / mostStable) | 1 : 1
    let chosen = stride(from: 0, to: kept.count, by: step).map { kept[$0] }
    return (chosen.map { field.dx.cells[$0] }, chosen.map { field.dy.cells[$0] })
  }
}
