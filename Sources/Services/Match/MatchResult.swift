// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import Matching
import Parameters
import Processing
import RasterIO

/// Everything that is known at the end of a match, for the summary, the STAC item and the report.
struct MatchResult: Sendable {
  let pair: ImagePair
  let dates: PairDates
  let plan: MatchPlan
  let coarse: CoarseStage
  let layers: MatchLayers
  let products: MotionProducts
  let quality: MatchQuality
  let ground: GroundScale?
  let flags: Grid<UInt8>
  let stableSource: String
  let isStable: Mask?
  let inputs: [Processing.InputFile]
  let parameters: MatchParameters
  let given: Set<String>
  let version: String
  let seconds: Double
  let transform: GeoTransform

  var notices: [String] { pair.notices + dates.notices + (ground.map { [$0.note] } ?? []) + searchNotice }
  private var searchNotice: [String] {
    parameters.method.search == nil
      ? [] : ["offsets found by search have no standard deviation: no product *_sigma is written"]
  }
  var advice: [String] { quality.advice(parameters, dates: dates, isCoarseReliable: coarse.isReliable) }

  /// The error level of a search from the roughness of its field, over steps of a window so that errors are
  /// independent; an upper bound, px.
  var errorLevel: ErrorLevel? {
    guard parameters.method.search != nil, plan.points == nil else { return nil }
    let window = Int(layers[.window].cells.first { $0.isFinite } ?? 51)
    return StableTerrain.roughnessLevel(
      layers.offsets, step: max(1, (window + plan.scene.spacing - 1) / plan.scene.spacing))
  }

  /// Percentiles of what was measured.
  struct Spread: Sendable {
    let median, nmad, low, high: Double

    init(_ grid: Grid<Float>) {
      let finite = grid.cells.filter(\.isFinite)
      let found = quantiles(finite, at: [0.05, 0.5, 0.95]).map(Double.init)
      (low, median, high) = (found[0], found[1], found[2])
      nmad = Double(Grids.nmad(finite))
    }

    var json: JSONValue {
      ["median": JSONValue(median), "nmad": JSONValue(nmad), "p05": JSONValue(low), "p95": JSONValue(high)]
    }
  }

  func outcome(_ folder: String) -> MatchRun.Outcome {
    let dx = Spread(layers[.dx]), dy = Spread(layers[.dy])
    let lattice = plan.points == nil ? ", one every \(plan.scene.spacing) px" : ""
    var lines = [
      "measured \(quality.measured) of \(quality.reachable) reachable points (\(percent(quality.validShare)))"
        + lattice
    ]
    if quality.measured > 0 {
      lines.append("median offset \(thousandths(dx.median)) px right, \(thousandths(dy.median)) px down")
    }
    if let sx = finiteMedian("dx_sigma"), let sy = finiteMedian("dy_sigma") {
      lines.append(
        "median standard deviation \(NumberText.significant(sx, digits: 2)) and "
          + "\(NumberText.significant(sy, digits: 2)) px")
    }
    if let speed = products["speed"] {
      let s = Spread(speed)
      lines.append("median speed \(thousandths(s.median)) m/yr, 95 % of the points below \(thousandths(s.high)) m/yr")
    }
    for reason in quality.reasons.sorted(by: { $0.count > $1.count }).prefix(3) {
      lines.append("\(reason.count) points missing: \(reason.flag.reason.name)")
    }
    return MatchRun.Outcome(
      folder: folder, measured: quality.measured, asked: quality.asked, lines: lines, notices: notices)
  }

  func finiteMedian(_ name: String) -> Double? {
    guard let grid = products[name] else { return nil }
    let value = median(grid.cells)
    return value.isFinite ? Double(value) : nil
  }
}

/// Three decimals, and no minus before zero.
func thousandths(_ value: Double) -> String { "\((value * 1000).rounded() / 1000 + 0)" }
func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
