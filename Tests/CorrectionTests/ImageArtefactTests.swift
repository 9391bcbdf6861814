// SPDX-License-Identifier: Apache-2.0
import Correction
import Foundation
import Grids
import Testing

/// Artefacts put into a real image, found by a matcher and taken out: the figures of `docs/results/corrections.md`.
@Suite("Artefacts in a real image")
struct ImageArtefactTests {
  typealias Artefact = ArtefactScene.Artefact
  typealias Motion = ArtefactScene.Motion
  typealias Matcher = ImageArtefactScene.Matcher

  @Test(
    "a step of 0.8 px under all artefacts is recovered within 0.03 px, and 15 % of the artefacts stay at most",
    .enabled(if: ImageArtefactScene.file != nil, "needs the demonstration data (Scripts/fetch-demo-data)"))
  func step() throws {
    let pair = try ImageArtefactScene(.fault)
    let scene = pair.scene(pair.matched(Artefact.allCases, by: .dense), knowsGround: false)
    let result = Self.chain(Artefact.allCases).applied(to: scene)
    #expect(abs(pair.stepError(scene.field, \.dy)) > 0.03, "without the corrections the step is wrong")
    for component in CorrectionTests.components {
      let (rest, amplitude) = pair.truth.left(Artefact.allCases, by: result.model, component)
      #expect(rest <= 0.15 * amplitude, "\(rest) of \(amplitude)")
      #expect(abs(pair.stepError(result.field, component)) <= 0.03)
    }
  }

  @Test(
    "the table of docs/results/corrections.md",
    .enabled(if: ProcessInfo.processInfo.environment["OGIVE_MEASURE"] != nil, "set OGIVE_MEASURE to anything"),
    .enabled(if: ImageArtefactScene.file != nil, "needs the demonstration data (Scripts/fetch-demo-data)"),
    arguments: Motion.allCases, Matcher.allCases)
  func table(motion: Motion, matcher: Matcher) throws {
    let pair = try ImageArtefactScene(motion)
    // The regularised matcher is forty times as slow.
    for kinds in (matcher == .dense ? Artefact.allCases.map { [$0] } : []) + [Artefact.allCases] {
      let field = pair.matched(kinds, by: matcher)
      for knowsGround in motion == .glacier ? [false, true] : [false] {
        let result = Self.chain(kinds).applied(to: pair.scene(field, knowsGround: knowsGround))
        let cells = CorrectionTests.components.map { component -> String in
          let (rest, amplitude) = pair.truth.left(kinds, by: result.model, component)
          #expect(rest <= 0.15 * amplitude, "\(motion) \(kinds) \(rest / amplitude)")
          return String(format: "%.3f | %.4f (%.1f %%)", amplitude, rest, 100 * rest / amplitude)
        }
        let changes = CorrectionTests.components.map { component -> String in
          guard motion != .none else { return "" }
          let change =
            motion == .glacier
            ? pair.motionChange(kinds, result.model, component) : pair.stepError(result.field, component)
          #expect(abs(change) <= (motion == .fault ? 0.03 : 0.02), "\(motion) \(kinds) \(change)")
          return String(format: "%.4f", change)
        }
        let name = kinds.count > 1 ? "all" : "\(kinds[0])"
        print(
          "| \(matcher) | \(motion) | \(knowsGround ? "given" : "not known") | \(name) | "
            + "\((cells + changes).joined(separator: " | ")) |")
      }
    }
  }

  private static func chain(_ kinds: [Artefact]) -> CorrectionChain {
    var stripes = StripeCorrection.Parameters()
    // Three pixels a cell: wider than the matchers' windows.
    stripes.stripeReach = 16
    return CorrectionChain(
      kinds.map {
        .correction($0 == .stripes ? StripeCorrection(parameters: stripes) : ArtefactScene.correction(of: $0))
      })
  }
}
