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
  let found: MatchEvaluation.Outcome
  let quality: MatchQuality
  /// Percentiles of each product, in their order.
  let spreads: [Spread]
  let ground: GroundScale?
  let stableSource: String
  /// The error level of a search from the roughness of its field, an upper bound, px.
  let inputs: [Processing.InputFile]
  let parameters: MatchParameters
  let given: Set<String>
  let version: String
  let seconds: Double
  let transform: GeoTransform

  var notices: [String] { pair.notices + dates.notices + (ground.map { [$0.note] } ?? []) }
  var advice: [String] { quality.advice(parameters, dates: dates, isCoarseReliable: coarse.isReliable) }

  var products: ProductFiles { found.products }

  /// All products of a list of points, which is held as a whole.
  var allProducts: ProductList { get throws { try products.load(products.entries.map(\.name)) } }
  /// The flags as the raster of flags holds them.
  var allFlags: Grid<UInt8> { get throws { try flags(every: 1) } }

  /// Every n-th row and column of the flags, as the raster of flags holds them.
  func flags(every step: Int) throws -> Grid<UInt8> {
    try found.flags.thinned(to: step).map { MarkedFlag(byte: $0).product }
  }

  /// Percentiles of a product; nil where the run has none of that name.
  func spread(_ name: String) -> Spread? {
    zip(products.entries, spreads).first { $0.0.name == name }?.1
  }

  func outcome(_ folder: String) -> MatchRun.Outcome {
    let lattice = plan.points == nil ? ", one every \(plan.scene.spacing) px" : ""
    var lines = [
      "measured \(quality.measured) of \(quality.reachable) reachable points (\(percent(quality.validShare)))"
        + lattice
    ]
    if quality.measured > 0, let dx = spread("dx"), let dy = spread("dy") {
      lines.append("median offset \(thousandths(dx.middle)) px right, \(thousandths(dy.middle)) px down")
    }
    if let sx = finiteMedian("dx_sigma"), let sy = finiteMedian("dy_sigma") {
      lines.append(
        "median standard deviation \(NumberText.significant(sx, digits: 2)) and "
          + "\(NumberText.significant(sy, digits: 2)) px")
    }
    if let s = spread("speed") {
      lines.append("median speed \(thousandths(s.middle)) m/yr, 95 % of the points below \(thousandths(s.high)) m/yr")
    }
    for reason in quality.reasons.sorted(by: { $0.count > $1.count }).prefix(3) {
      lines.append("\(reason.count) points missing: \(reason.flag.reason.name)")
    }
    return MatchRun.Outcome(
      folder: folder, measured: quality.measured, asked: quality.asked, lines: lines, notices: notices)
  }

  private func finiteMedian(_ name: String) -> Double? {
    spread(name).flatMap { $0.median.isFinite ? $0.median : nil }
  }
}

extension Spread {
  var json: JSONValue {
    ["median": JSONValue(middle), "nmad": JSONValue(nmad), "p05": JSONValue(low), "p95": JSONValue(high)]
  }
}

/// Three decimals, and no minus before zero.
func thousandths(_ value: Double) -> String { "\((value * 1000).rounded() / 1000 + 0)" }
func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
