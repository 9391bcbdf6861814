// SPDX-License-Identifier: Apache-2.0
import Grids
import Matching

/// How good a match is: shares, and errors where they can be seen.
struct MatchQuality: Sendable {
  /// Points that were asked for and those that were measured.
  let asked: Int
  let measured: Int
  /// Points by reason; only reasons that occur.
  let reasons: [(flag: MatchFlag, count: Int)]
  let stable: StableTerrainStatistics?
  /// Error level from going forth and back.
  let closure: ErrorLevel?
  /// (value − bias) / sigma of both components on stable ground.
  let normalisedErrors: [Float]

  /// Points whose window and target lie in both images.
  var reachable: Int { asked - (reasons.first { $0.flag == .offImage }?.count ?? 0) }
  /// Share of the reachable points that were measured.
  var validShare: Double { reachable == 0 ? 0 : Double(measured) / Double(reachable) }

  init(_ layers: MatchLayers, backward: OffsetGrids?, isAsked: Mask?, isStable: Mask?, spacing: Int) {
    var counts = [Int](repeating: 0, count: MatchFlag.allCases.count)
    for index in layers.flags.cells.indices where isAsked?.cells[index] ?? true {
      counts[Int(layers.flags.cells[index].rawValue)] += 1
    }
    asked = counts.reduce(0, +)
    measured = counts[Int(MatchFlag.measured.rawValue)]
    reasons = MatchFlag.allCases.compactMap { flag in
      let count = counts[Int(flag.rawValue)]
      return flag == .measured || count == 0 ? nil : (flag, count)
    }
    stable = isStable.flatMap { StableTerrain().statistics(layers.offsets, isStable: $0) }
    closure = backward.flatMap {
      StableTerrain.closureLevel(forward: layers.offsets, backward: $0, spacing: Double(spacing))
    }
    var errors: [Float] = []
    if let stable, let isStable {
      let dx = layers[.dx], dy = layers[.dy], sx = layers[.dxSigma], sy = layers[.dySigma]
      for index in dx.cells.indices where isStable.cells[index] && dx.cells[index].isFinite {
        let a = (dx.cells[index] - Float(stable.medianX)) / sx.cells[index]
        let b = (dy.cells[index] - Float(stable.medianY)) / sy.cells[index]
        if a.isFinite && b.isFinite { errors += [a, b] }
      }
    }
    normalisedErrors = errors
  }

  /// What to try next, most useful first.
  func advice(_ p: MatchParameters, dates: PairDates, isCoarseReliable: Bool) -> [String] {
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
