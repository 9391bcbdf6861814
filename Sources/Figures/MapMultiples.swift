// SPDX-License-Identifier: Apache-2.0
import Grids

/// Several maps of one place side by side in one scale of colours, so that the eye can compare them: before, model and
/// after of a correction, one choice against another.
///
/// The maps have no axes; a scale bar stands in the first. Grids finer than `side` are averaged in blocks.
public struct MapMultiples: Sendable {
  /// One of the maps.
  public struct Panel: Sendable {
    public let title: String
    /// NaN is clear.
    public let values: Grid<Float>

    public init(_ title: String, _ values: Grid<Float>) { (self.title, self.values) = (title, values) }
  }

  public let frame: MapFrame
  public let placement: GridPlacement
  public let panels: [Panel]
  /// Maps in a row.
  public let columns: Int
  /// What the rows show, written along their left side; empty for none.
  public var rowNames: [String] = []
  public let map: ColourMap
  public let range: ValueRange
  /// What the colours mean.
  public let name, unit: String
  /// Ground that is outlined in every map, in the shape of the panels; nil for none.
  public var outline: Mask?
  /// What the maps show, in words for those who do not see them.
  public let description: String
  /// Longest side of an embedded picture, px.
  public var side = 150

  /// - Parameters:
  ///   - panels: grids of one shape.
  ///   - placement: where these lie on the reference image.
  public init(
    _ panels: [Panel], frame: MapFrame, placement: GridPlacement, columns: Int, map: ColourMap, range: ValueRange,
    name: String, unit: String, description: String
  ) {
    precondition(columns > 0 && !panels.isEmpty, "small multiples need a panel")
    precondition(
      panels.allSatisfy { $0.values.window == panels[0].values.window }, "small multiples have panels of one shape")
    (self.panels, self.frame, self.placement, self.columns) = (panels, frame, placement, columns)
    (self.map, self.range, self.name, self.unit) = (map, range, name, unit)
    self.description = description
  }

  private static let width = 620.0, gap = 8.0, titleHeight = 19.0
  private var left: Double { rowNames.isEmpty ? 1 : 20 }

  /// The drawing as an SVG element that takes its looks from the page's style sheet.
  ///
  /// - Throws: only what `encodePNG` throws.
  public func svg(encodePNG: PNGEncoder) throws -> String {
    let rows = (panels.count + columns - 1) / columns, aspect = Double(frame.area.rows) / Double(frame.area.columns)
    let room = (Self.width - left - 1 - Self.gap * Double(columns - 1)) / Double(columns)
    let panelWidth = min(room, 1.3 * room / aspect), panelHeight = panelWidth * aspect
    let barTop = Double(rows) * (panelHeight + Self.titleHeight) + 6
    var canvas = Canvas(width: Self.width, height: barTop + ColourBar.height)
    for (index, panel) in panels.enumerated() {
      let x = left + Double(index % columns) * (room + Self.gap) + (room - panelWidth) / 2
      let y = Double(index / columns) * (panelHeight + Self.titleHeight) + Self.titleHeight
      let layout = MapLayout(frame: frame, left: x, top: y, plotWidth: panelWidth)
      canvas.label(panel.title, x: x + panelWidth / 2, y: y - 6, "axis")
      canvas.rectangle(x: x, y: y, width: panelWidth, height: panelHeight, "ground")
      canvas.add(try picture(of: panel, in: layout, encodePNG: encodePNG))
      canvas.rectangle(x: x, y: y, width: panelWidth, height: panelHeight, "frame")
      if index == 0 { MapFurniture.draw(in: layout, arrow: nil, on: &canvas) }
    }
    for (row, name) in rowNames.prefix(rows).enumerated() {
      let y = (Double(row) + 0.5) * (panelHeight + Self.titleHeight) + Self.titleHeight / 2
      canvas.label(name, x: 12, y: y, "axis", turned: true)
    }
    // The ends of the bar tell whether any of the maps goes beyond it.
    let all = Grid(
      rows: 1, columns: panels.count * panels[0].values.cells.count, cells: panels.flatMap(\.values.cells))
    let layer = ColourLayer(all, placement: placement, map: map, range: range, name: name, unit: unit)
    try ColourBar(layer: layer, hasBase: false).draw(
      left: Self.width / 4, top: barTop, width: Self.width / 2, on: &canvas, encodePNG: encodePNG)
    return canvas.document(style: "figure wide", description: description)
  }

  private func picture(of panel: Panel, in layout: MapLayout, encodePNG: PNGEncoder) throws -> String {
    let (small, factor) = panel.values.reduced(toSide: side), area = frame.area
    var inner = Canvas(width: Double(area.columns), height: Double(area.rows))
    MapFigure.place(
      try PixelImage(small, map: map, range: range, levels: 48).dataAddress(encodePNG: encodePNG), small.rows,
      small.columns, placement.reduced(by: factor), on: &inner, scale: layout.scale)
    if let outline { inner.path(Self.edges(of: outline, at: placement), "shore") }
    let n = NumberText.coordinate
    return "<svg x=\"\(n(layout.left))\" y=\"\(n(layout.top))\" width=\"\(n(layout.plotWidth))\" "
      + "height=\"\(n(layout.plotHeight))\" preserveAspectRatio=\"none\" "
      + "viewBox=\"\(area.column) \(area.row) \(area.columns) \(area.rows)\">\n\(inner.body)</svg>"
  }

  /// The sides of cells between ground inside and outside a mask, as lines of a drawing in pixels.
  static func edges(of mask: Mask, at place: GridPlacement) -> String {
    func isInside(_ row: Int, _ column: Int) -> Bool {
      row >= 0 && column >= 0 && row < mask.rows && column < mask.columns && mask[row, column]
    }
    let n = NumberText.coordinate, step = place.spacing
    let top = place.row + 0.5 - step / 2, left = place.column + 0.5 - step / 2
    var out = ""
    func runs(_ lines: Int, _ along: Int, _ isEdge: (Int, Int) -> Bool, _ draw: (Int, Range<Int>) -> String) {
      for line in 0...lines {
        var start: Int?
        for place in 0...along {
          let isOn = place < along && isEdge(line, place)
          if isOn, start == nil { start = place }
          if !isOn, let first = start {
            out += draw(line, first..<place)
            start = nil
          }
        }
      }
    }
    runs(mask.rows, mask.columns, { isInside($0 - 1, $1) != isInside($0, $1) }) { row, run in
      "M\(n(left + step * Double(run.lowerBound))) \(n(top + step * Double(row)))h\(n(step * Double(run.count)))"
    }
    runs(mask.columns, mask.rows, { isInside($1, $0 - 1) != isInside($1, $0) }) { column, run in
      "M\(n(left + step * Double(column))) \(n(top + step * Double(run.lowerBound)))v\(n(step * Double(run.count)))"
    }
    return out
  }
}

extension Mask {
  /// Each cell as most of the cells within `radius` around it: what single cells say is left out.
  public func smoothed(radius: Int) -> Mask {
    var out = self
    for row in 0..<rows {
      for column in 0..<columns {
        var inside = 0, all = 0
        for r in max(0, row - radius)...min(rows - 1, row + radius) {
          for c in max(0, column - radius)...min(columns - 1, column + radius) {
            all += 1
            if self[r, c] { inside += 1 }
          }
        }
        out[row, column] = 2 * inside > all
      }
    }
    return out
  }
}
