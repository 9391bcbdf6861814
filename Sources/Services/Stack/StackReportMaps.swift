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
    let maps: [(FusedLayer, String, ColourMap)] = [
      (.vectorCoherence, "Vector coherence", .speed), (.unitVectorCoherence, "Coherence of directions", .speed),
      (.count, "Pairs", .speed), (.qualityIndex, "Quality index", .speed),
      (.eastSigma, "Sigma of the mean, east", .uncertainty),
      (.eastSpread, "Spread of single pairs, east", .uncertainty),
    ]
    let figures = try maps.map { layer, name, colours in
      let values = try result.reduced(layer).grid
      let isShare = [.vectorCoherence, .unitVectorCoherence, .qualityIndex].contains(layer)
      let colourLayer = ColourLayer(
        values, placement: content.placement, map: colours,
        range: isShare ? ValueRange(0, 1) : ValueRange.amounts(values.cells), name: name, unit: result.unit(layer))
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
