// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

/// How good a match is: shares, and errors where they can be seen.
package struct MatchQuality: Sendable {
  /// Points that were asked for and those that were measured.
  package let asked: Int
  package let measured: Int
  /// Points by reason; only reasons that occur.
  package let reasons: [(flag: MatchFlag, count: Int)]
  package let stable: StableTerrainStatistics?
  /// Error level from going forth and back.
  package let closure: ErrorLevel?
  /// (value − bias) / sigma of both components on stable ground, evenly thinned, and how many there are in all.
  package let normalisedErrors: [Float]
  package let normalisedErrorCount: Int

  /// Points whose window and target lie in both images.
  package var reachable: Int { asked - (reasons.first { $0.flag == .offImage }?.count ?? 0) }
  /// Share of the reachable points that were measured.
  package var validShare: Double { reachable == 0 ? 0 : Double(measured) / Double(reachable) }

  package init(_ outcome: MatchEvaluation.Outcome) throws {
    let counts = outcome.survey.counts
    asked = counts.reduce(0, +)
    measured = counts[Int(MatchFlag.measured.rawValue)]
    reasons = MatchFlag.allCases.compactMap { flag in
      let count = counts[Int(flag.rawValue)]
      return flag == .measured || count == 0 ? nil : (flag, count)
    }
    let ground = StableSamples(outcome)
    stable = try ground.flatMap { try StableTerrain().statistics(of: $0.forEach) }
    closure = try outcome.closures.flatMap { try StableTerrain.closureLevel(of: $0.forEach) }
    var errors = EvenSample<Float>()
    if let stable, let ground {
      let centre = (x: Float(stable.medianX), y: Float(stable.medianY))
      errors = try EvenSample(limit: Self.mostErrors) { take in
        try ground.forEach { Self.normalise($0, centre, take) }
      }
    }
    (normalisedErrors, normalisedErrorCount) = (errors.values, errors.count)
  }

  /// More errors than the report looks at.
  private static let mostErrors = 200_000

  private static func normalise(
    _ samples: OffsetSamples, _ centre: (x: Float, y: Float), _ take: (Float) -> Void
  ) {
    guard let sx = samples.dxSigma, let sy = samples.dySigma else { return }
    for index in samples.dx.indices where samples.dx[index].isFinite {
      let a = (samples.dx[index] - centre.x) / sx[index], b = (samples.dy[index] - centre.y) / sy[index]
      if a.isFinite && b.isFinite {
        take(a)
        take(b)
      }
    }
  }

  /// What to try next, most useful first.
  package func advice(_ p: MatchParameters, dates: PairDates, isCoarseReliable: Bool) -> [String] {
    var out: [String] = []
    func share(_ flag: MatchFlag) -> Double {
      Double(reasons.first { $0.flag == flag }?.count ?? 0) / Double(max(asked, 1))
    }
    if !isCoarseReliable {
      out.append(
        "The two images have little in common at any scale: check that they show the same place, that clouds do not "
          + "cover it, and that the bands agree.")
    }
    if share(.noTexture) > 0.1 { out.append("Much ground is too smooth: try a larger --template-window.") }
    if share(.masked) > 0.2 { out.append("Much ground is masked or missing: check --mask and --nodata.") }
    if share(.ambiguous) > 0.15 {
      out.append(
        "Many points correlate poorly: choose images closer in time or season, or --method orientation where light and "
          + "snow have changed.")
    }
    if share(.imprecise) > 0.15 {
      out.append("Many points are imprecise: a larger --template-window trades detail for precision.")
    }
    if share(.inconsistent) > 0.15 {
      out.append(
        "Many points contradict their neighbours: set --search-radius to the largest motion that is possible.")
    }
    if stable == nil && p.stableTerrain == nil && p.moving == nil {
      out.append(
        "Give --stable-terrain or --moving to have bias and uncertainty checked on ground that does not move.")
    }
    if let stable, let bias = [abs(stable.medianX), abs(stable.medianY)].max(), bias > 0.1 {
      out.append("Stable ground moves by \(hundredths(bias)) px: the images are not perfectly registered.")
    }
    if dates.separation == nil { out.append("Give both dates to get velocities and strain rates.") }
    return out
  }
}

func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
