// SPDX-License-Identifier: Apache-2.0
import Figures
import Grids
import RasterIO

/// Maps of an inversion for its report.
struct SeriesMaps {
  let result: InvertResult
  let products: SeriesProducts

  /// A product averaged down to what a page shows.
  static func reduced(_ product: SeriesProducts.Product, _ products: SeriesProducts, _ place: Georeference) throws
    -> Grid<Float>
  {
    try Quicklook.reduced(rows: place.rows, columns: place.columns) { rows in
      try products.values(product, Window(row: rows.lowerBound, column: 0, rows: rows.count, columns: place.columns))
    }
  }

  private var factor: Int {
    max(1, (max(result.place.rows, result.place.columns) + Quicklook.side - 1) / Quicklook.side)
  }

  private var frame: MapFrame {
    let place = result.place
    return MapFrame(
      area: place.window, geoTransform: place.transform, unit: place.crs?.isGeographic == true ? .degrees : .metres,
      crsName: place.crs?.description ?? "")
  }

  func figure(_ name: String, _ title: String, _ map: ColourMap, size: MapFigure.Size = .half) throws -> ReportFigure?
  {
    guard let product = products.named(name) else { return nil }
    let values = try Self.reduced(product, products, result.place)
    guard values.cells.contains(where: \.isFinite) else { return nil }
    let range =
      LayerStyle(product.content, values: values.cells, unit: product.unit).range ?? ValueRange.amounts(values.cells)
    let layer = ColourLayer(
      values, placement: .blocks(of: factor), map: map, range: range, name: title, unit: product.unit)
    let figure = MapFigure(frame: frame, size: size, colours: layer, description: "Map: \(product.title).")
    let caption = product.title.prefix(1).uppercased() + product.title.dropFirst() + "."
    return ReportFigure(title, svg: try figure.svg(encodePNG: MatchWriter.encodePNG), caption: caption)
  }
}
