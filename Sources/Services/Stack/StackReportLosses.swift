// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids

/// Where and on which dates points of the pairs were lost, and to what.
struct StackReportLosses {
  private let result: StackResult
  private let samples: StackSamples
  private let frame: MapFrame

  init(_ result: StackResult, _ samples: StackSamples, frame: MapFrame) {
    (self.result, self.samples, self.frame) = (result, samples, frame)
  }

  /// What costs points, in the order of the report.
  private static let causes: [(fate: PointFate, name: String, colour: Colour)] = [
    (.cloudy, "under cloud", ColourMap.categories[1]), (.decorrelated, "not found again", ColourMap.categories[5]),
    (.filtered, "filtered out", ColourMap.categories[6]),
  ]

  func section() throws -> ReportSection? {
    let counts = samples.counts, seen = PointFate.allCases.filter { $0 != .unseen }.map { counts[$0] ?? 0 }
    let total = seen.reduce(0, +)
    guard total > 0 else { return nil }
    let figure = MapMultiples(
      Self.causes.map { MapMultiples.Panel($0.name, samples.lost(to: $0.fate).map { 100 * $0 }) }, frame: frame,
      placement: samples.placement(result.plan), columns: 3, map: .uncertainty, range: ValueRange(0, 100),
      name: "Share of the pairs", unit: "%", description: "Maps of the share of the pairs lost to each cause.")
    let bars =
      [BarChart.Bar(name: "used", count: counts[.used] ?? 0, colour: ColourMap.categories[2])]
      + Self.causes.map { BarChart.Bar(name: $0.name, count: counts[$0.fate] ?? 0, colour: $0.colour) }
    let chart = BarChart(bars, total: total, description: "Points of the pairs by what became of them.", size: .wide)
    let some = samples.pairs.count < result.corrected.pairs.count
    return ReportSection(
      name: "losses", heading: "Where pairs were lost",
      blocks: [
        .paragraph(
          "Points that have data in both images of a pair, by what became of them"
            + (some ? ", in \(samples.pairs.count) of the \(result.corrected.pairs.count) pairs" : "")
            + ". Under cloud: one of both dates departs from its series there; the match still counts, but little. Not found "
            + "again: the correlation stays at or below the threshold, for the surface has changed, lies in shadow, is "
            + "featureless, or has moved beyond the search range. Filtered out: longer than allowed, or against a filter."
        ),
        .figures(
          [
            ReportFigure(
              "Lost to what", svg: try figure.svg(encodePNG: MatchWriter.encodePNG),
              caption: "A dark patch in the middle of fast motion asks for a wider search range or shorter pairs.")
          ], columns: 1), .figures([ReportFigure("All points", svg: chart.svg())], columns: 1),
      ])
  }

  /// Share of the seen points that are used, of the pairs of each scene of the network; nil where no pair was looked at.
  static func usedShares(_ result: StackResult, _ samples: StackSamples) -> [Double?] {
    let network = result.network.network
    var used = [Int](repeating: 0, count: network.scenes.count), seen = used
    for pair in samples.pairs {
      let link = network.pairs[result.corrected.pairs[pair.place].matched.place]
      var own = (used: 0, seen: 0)
      for fate in pair.fates.cells where fate != PointFate.unseen.rawValue {
        own.seen += 1
        if fate == PointFate.used.rawValue { own.used += 1 }
      }
      for scene in [link.earlier, link.later] {
        used[scene] += own.used
        seen[scene] += own.seen
      }
    }
    return used.indices.map { seen[$0] > 0 ? Double(used[$0]) / Double(seen[$0]) : nil }
  }
}
