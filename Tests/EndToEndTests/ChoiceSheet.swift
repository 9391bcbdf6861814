// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import RasterIO

/// The picture of a guide: what one choice after the other makes of a scene, in one scale of colours.
struct ChoiceSheet {
  typealias Panel = MapMultiples.Panel

  private let figure: MapMultiples

  /// - Parameters:
  ///   - metres: size of a pixel; nil for none.
  ///   - spacing: pixels between the values.
  init(
    _ panels: [Panel], map: ColourMap, range: (Double, Double), name: String, unit: String, metres: Double?,
    spacing: Int
  ) {
    let size = panels[0].values
    var figure = MapMultiples(
      panels,
      frame: MapFrame(
        area: Window(row: 0, column: 0, rows: size.rows * spacing, columns: size.columns * spacing),
        pixelMetres: metres),
      placement: GridPlacement(row: 0, column: 0, spacing: Double(spacing)), columns: 3, map: map,
      range: ValueRange(range.0, range.1), name: name, unit: unit, description: "\(name) by choices.")
    figure.side = 100
    self.figure = figure
  }

  /// Writes an SVG into the folder that `OGIVE_IMAGES` names; nothing where it is not set.
  func write(_ name: String) throws {
    guard let folder = ProcessInfo.processInfo.environment["OGIVE_IMAGES"] else { return }
    let svg = try figure.svg { rgba, rows, columns in
      let cells = stride(from: 0, to: rgba.count, by: 4).map {
        RGBA(rgba[$0], rgba[$0 + 1], rgba[$0 + 2], rgba[$0 + 3])
      }
      return try PNG.encode(Grid(rows: rows, columns: columns, cells: cells))
    }
    try Data(SVGDocument.standalone(svg).utf8).write(to: URL(filePath: "\(folder)/\(name).svg"))
  }
}
