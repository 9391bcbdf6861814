// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import TimeSeries

/// The maps of a stack's report that say how far the mean motion can be trusted.
struct StackReportMaps {
  private let result: StackResult
  private let content: MatchReportContent

  init(_ result: StackResult, _ content: MatchReportContent) { (self.result, self.content) = (result, content) }

  func section() throws -> ReportSection {
    var maps: [(FusedLayer, String, ColourMap)] = [
      (.vectorCoherence, "Vector coherence", .speed), (.unitVectorCoherence, "Coherence of directions", .speed),
      (.count, "Pairs", .speed), (.qualityIndex, "Quality index", .speed),
    ]
    maps +=
      result.isEvent
      ? [
        (.eastDisplacementSigma, "Sigma to the east", .uncertainty),
        (.northDisplacementSigma, "Sigma to the north", .uncertainty),
      ]
      : [
        (.eastSpread, "Spread of single pairs, east", .uncertainty),
        (.northSpread, "Spread of single pairs, north", .uncertainty),
      ]
    let counts = try result.reduced(.count).grid
    let figures = try maps.map { layer, name, colours in
      var values = try result.reduced(layer).grid
      // Nothing is drawn where no pair has anything.
      for index in values.cells.indices where !(counts.cells[index] > 0) { values.cells[index] = .nan }
      let isShare = [.vectorCoherence, .unitVectorCoherence, .qualityIndex].contains(layer)
      let colourLayer = ColourLayer(
        values, placement: content.placement, map: colours,
        range: isShare
          ? ValueRange(0, 1)
          : layer == .count
            ? ValueRange(0, Double(counts.cells.filter(\.isFinite).max() ?? 1)) : ValueRange.amounts(values.cells),
        name: name, unit: result.unit(layer))
      let figure = MapFigure(
        frame: content.frame, base: nil, colours: colourLayer, description: "Map: \(StackProducts.title(layer)).",
        side: 280)
      return ReportFigure(
        name, svg: try figure.svg(encodePNG: MatchWriter.encodePNG), caption: Self.caption(StackProducts.title(layer))
      )
    }
    return ReportSection(
      name: "trust", heading: "How far it can be trusted", blocks: [.figures(figures, columns: 2)])
  }

  private static func caption(_ title: String) -> String { title.prefix(1).uppercased() + title.dropFirst() + "." }
}
