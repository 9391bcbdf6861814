// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Testing

@Suite("Corrections")
struct CorrectionTests {
  typealias Artefact = ArtefactScene.Artefact
  typealias Motion = ArtefactScene.Motion

  static let components: [KeyPath<OffsetGrids, Grid<Float>> & Sendable] = [\.dx, \.dy]

  @Test(
    "one artefact in noise of 0.1 px falls to at most 10 % of its amplitude whatever moves, with a mask and without",
    arguments: Artefact.allCases, Motion.allCases)
  func single(artefact: Artefact, motion: Motion) {
    let truth = ArtefactScene(motion)
    for knowsGround in motion == .fault ? [false] : [false, true] {
      let scene = truth.scene([artefact], knowsGround: knowsGround)
      let result = ArtefactScene.correction(of: artefact).corrected(scene)
      #expect(result.x.isApplied && result.y.isApplied, "\(result.x) \(result.y)")
      for component in Self.components {
        let (rest, amplitude) = truth.left([artefact], by: result.model, component)
        #expect(rest <= 0.1 * amplitude, "mask \(knowsGround): \(rest / amplitude)")
      }
    }
  }

  @Test(
    "stripes are found without footprints and fall to at most 15 % of their amplitude",
    arguments: [Motion.none, .fault])
  func foundStripes(motion: Motion) {
    let truth = ArtefactScene(motion)
    var scene = truth.scene([.stripes], knowsGround: false)
    scene.detector = nil
    let result = StripeCorrection().corrected(scene)
    #expect(result.x.isApplied && result.y.isApplied, "\(result.x) \(result.y)")
    for component in Self.components {
      let (rest, amplitude) = truth.left([.stripes], by: result.model, component)
      #expect(rest <= 0.15 * amplitude, "\(rest / amplitude)")
    }
  }

  @Test(
    "all four at once fall to at most 6 % and change motion by 0.015 px, a step by 0.01 px, with a mask and without",
    arguments: Motion.allCases)
  func together(motion: Motion) {
    let truth = ArtefactScene(motion)
    for knowsGround in motion == .fault ? [false] : [false, true] {
      let chain = CorrectionChain(Artefact.allCases.map { .correction(ArtefactScene.correction(of: $0)) })
      let result = chain.applied(to: truth.scene(Artefact.allCases, knowsGround: knowsGround))
      for component in Self.components {
        let (rest, amplitude) = truth.left(Artefact.allCases, by: result.model, component)
        #expect(rest <= 0.06 * amplitude && rest <= 0.015, "mask \(knowsGround): \(rest) of \(amplitude)")
        if motion == .fault {
          let error = truth.stepError(Artefact.allCases, result.model, component)
          #expect(abs(error) <= 0.01, "\(error)")
        }
      }
    }
  }

  @Test(
    "a field without artefacts is left alone: every correction is refused with its reason", arguments: Motion.allCases
  )
  func refused(motion: Motion) {
    let truth = ArtefactScene(motion)
    for knowsGround in motion == .fault ? [false] : [false, true] {
      let scene = truth.scene([], knowsGround: knowsGround)
      for artefact in Artefact.allCases {
        let result = ArtefactScene.correction(of: artefact).corrected(scene)
        for (outcome, model) in [(result.x, result.model.dx), (result.y, result.model.dy)] {
          guard case .refused(.notLowered(let before, let after)) = outcome else {
            Issue.record("\(artefact) was applied: \(outcome)")
            continue
          }
          #expect(after > 0.99 * before && model.cells.allSatisfy { $0 == 0 })
        }
      }
    }
  }

  @Test("the constant is the shift of still ground within 0.002 px, without a mask within 0.01 px")
  func constant() {
    let truth = ArtefactScene(.glacier)
    for knowsGround in [false, true] {
      var scene = truth.scene([], knowsGround: knowsGround)
      scene.field.dx = scene.field.dx.map { $0 + 0.37 }
      let result = ConstantCorrection().corrected(scene)
      #expect(abs(result.xTerms[0].value - 0.37) < (knowsGround ? 0.002 : 0.01))
      #expect(result.x.isApplied && !result.y.isApplied)
      #expect(abs(result.before.x.median - 0.37) < 0.02 && abs(result.after.x.median) < 0.02)
      #expect(result.before.isGroundGiven == knowsGround)
      #expect(result.after.x.rmse < result.before.x.rmse && abs(result.after.x.nmad / 0.1 - 1) < 0.1)
    }
  }

  @Test("without noise a plane is taken out to 1e-5 px, and a bent field needs order 2")
  func exact() {
    var field = OffsetGrids(
      dx: Grid(rows: 60, columns: 80, filledWith: 0), dy: Grid(rows: 60, columns: 80, filledWith: 0))
    for r in 0..<60 {
      for c in 0..<80 {
        field.dx[r, c] = 0.01 * Float(r) - 0.02 * Float(c) + 1
        field.dy[r, c] = 0.0004 * Float(r * c) + 0.0002 * Float(c * c)
      }
    }
    let scene = CorrectionScene(field: field, isStable: field.dx.map { _ in true })
    let plane = PolynomialCorrection().corrected(scene)
    #expect(plane.corrected.dx.cells.allSatisfy { abs($0) < 1e-5 })
    #expect(plane.after.y.rmse > 0.05)
    var p = PolynomialCorrection.Parameters()
    p.polynomialOrder = 2
    let bent = PolynomialCorrection(parameters: p).corrected(scene)
    #expect(bent.corrected.dy.cells.allSatisfy { abs($0) < 1e-5 })
  }

  @Test("what a scene lacks is said in the reason")
  func lacking() {
    let field = OffsetGrids(
      dx: Grid(rows: 50, columns: 50, filledWith: 1), dy: Grid(rows: 50, columns: 50, filledWith: .nan))
    let scene = CorrectionScene(field: field)
    #expect(HeightCorrection().corrected(scene).x == .refused(.missing("grid of heights")))
    #expect(JitterCorrection().corrected(scene).x == .refused(.missing("track direction")))
    let nothing = ConstantCorrection().corrected(scene)
    #expect(nothing.x.isApplied && nothing.y == .refused(.tooFewCells(count: 0, needed: 100)))
    guard case .refused(let reason) = nothing.y else { return }
    #expect(reason.description == "only 0 cells could be used, and a fit needs 100")
    var masked = scene
    masked.isStable = field.dx.map { _ in false }
    #expect(PolynomialCorrection().corrected(masked).x == .refused(.tooFewCells(count: 0, needed: 100)))
    #expect(
      StripeCorrection().corrected(scene).x
        == .refused(.missing("grid of detectors, nor a track direction by which to find them")))
  }

  @Test("missing cells stay missing, sigmas stay, and twice gives the same bits")
  func repeatable() {
    let truth = ArtefactScene(.glacier)
    var scene = truth.scene([.ramp, .stripes], knowsGround: true)
    scene.field.dxSigma = scene.field.dx.map { $0.isNaN ? .nan : 0.1 }
    scene.field.dySigma = scene.field.dxSigma
    let chain = CorrectionChain([.correction(PolynomialCorrection()), .correction(StripeCorrection())])
    let first = chain.applied(to: scene), second = chain.applied(to: scene)
    #expect(first.field.dx.cells.map(\.bitPattern) == second.field.dx.cells.map(\.bitPattern))
    #expect(first.field.dx.cells.map(\.isNaN) == scene.field.dx.cells.map(\.isNaN))
    #expect(first.field.dxSigma?.cells.map(\.bitPattern) == scene.field.dxSigma?.cells.map(\.bitPattern))
    #expect(first.steps.map(\.name) == ["plane", "stripes"])
    #expect(first.steps[1].before.x.rmse == first.steps[0].after.x.rmse)
  }

  @Test(
    "the table of docs/results/corrections.md",
    .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to anything"),
    arguments: Motion.allCases)
  func table(motion: Motion) {
    let truth = ArtefactScene(motion, seed: 2)
    for knowsGround in motion == .fault ? [false] : [false, true] {
      for kinds in Artefact.allCases.map({ [$0] }) + [Artefact.allCases] {
        let chain = CorrectionChain(kinds.map { .correction(ArtefactScene.correction(of: $0)) })
        let model = chain.applied(to: truth.scene(kinds, knowsGround: knowsGround)).model
        let cells = Self.components.map { component in
          let (rest, amplitude) = truth.left(kinds, by: model, component)
          return String(format: "%.3f | %.4f (%.1f %%)", amplitude, rest, 100 * rest / amplitude)
        }
        let name = kinds.count > 1 ? "all" : "\(kinds[0])"
        let step = motion == .fault ? String(format: " %.4f", truth.stepError(kinds, model, \.dx)) : ""
        print(
          "| \(motion) | \(knowsGround ? "given" : "not known") | \(name) | \(cells.joined(separator: " | ")) |\(step) |"
        )
      }
    }
  }
}
