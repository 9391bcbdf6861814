// SPDX-License-Identifier: Apache-2.0
import Grids

/// A map as a drawing for a page: a base image, values or classes in colours, arrows, axes, scale bar, north arrow
/// and colour bar.
///
/// Grids finer than `side` are averaged in blocks, so the drawing stays small whatever the size of the scene.
public struct MapFigure: Sendable {
  /// How wide the drawing is meant to be shown; lettering keeps its size, so the map grows around it.
  public enum Size: Sendable {
    /// About 620 px wide: the main map of a page.
    case wide
    /// About 456 px wide: one of two side by side.
    case half

    var width: Double { self == .wide ? 620 : 456 }
  }

  public var frame: MapFrame
  public var size: Size
  public var base: MapBase?
  public var colours: ColourLayer?
  public var classes: ClassLayer?
  public var arrows: ArrowLayer?
  /// What the map shows, in words for those who do not see it.
  public var description: String
  /// Longest side of an embedded picture, px.
  public var side: Int

  public init(
    frame: MapFrame, size: Size = .half, base: MapBase? = nil, colours: ColourLayer? = nil,
    classes: ClassLayer? = nil, arrows: ArrowLayer? = nil, description: String, side: Int = 400
  ) {
    self.frame = frame
    self.size = size
    self.base = base
    self.colours = colours
    self.classes = classes
    self.arrows = arrows
    self.description = description
    self.side = side
  }

  /// The drawing as an SVG element that takes its looks from the page's style sheet.
  ///
  /// - Throws: only what `encodePNG` throws.
  public func svg(encodePNG: PNGEncoder) throws -> String {
    var bar = ColourBar.height
    if colours == nil { bar = classes.map { ClassLegend.height(of: $0, width: size.width) } ?? 0 }
    let layout = MapLayout(frame: frame, width: size.width, below: bar)
    var canvas = Canvas(width: size.width, height: layout.height)
    canvas.rectangle(x: layout.left, y: layout.top, width: layout.plotWidth, height: layout.plotHeight, "ground")
    canvas.add(try pictures(in: layout, encodePNG: encodePNG))
    var reference: (value: Double, length: Double, unit: String)?
    if let arrows { reference = ArrowDrawing.draw(arrows, in: layout, on: &canvas) }
    MapAxes.draw(in: layout, on: &canvas)
    MapFurniture.draw(in: layout, arrow: reference, on: &canvas)
    if let colours {
      try ColourBar(layer: colours, hasBase: base != nil)
        .draw(left: layout.left, top: layout.barTop, width: layout.plotWidth, on: &canvas, encodePNG: encodePNG)
    } else if let classes {
      ClassLegend.draw(classes, left: layout.left, top: layout.barTop, width: layout.plotWidth, on: &canvas)
    }
    return canvas.document(style: size == .wide ? "figure wide" : "figure half", description: description)
  }

  /// The raster layers, clipped to the plot, in pixel coordinates of the reference image.
  private func pictures(in layout: MapLayout, encodePNG: PNGEncoder) throws -> String {
    let area = frame.area
    var inner = Canvas(width: Double(area.columns), height: Double(area.rows))
    switch base {
    case .picture(let picture, let placement):
      let address = try picture.dataAddress(encodePNG: encodePNG)
      Self.place(address, picture.rows, picture.columns, placement, on: &inner, scale: layout.scale)
    case .shared(let name):
      inner.add("<use href=\"#\(HTML.escaped(name))\"/>")
    case nil: break
    }
    if let colours {
      let (small, factor) = colours.values.reduced(toSide: side)
      let picture = colours.picture(small, side: side)
      Self.place(
        try picture.dataAddress(encodePNG: encodePNG), small.rows, small.columns,
        colours.placement.reduced(by: factor), on: &inner, scale: layout.scale,
        opacity: base == nil ? 1 : colours.opacity)
    }
    if let classes {
      let (small, factor) = classes.classes.reduced(toSide: side)
      let picture = PixelImage(small) { ColourMap.colour(ofClass: $0) }
      Self.place(
        try picture.dataAddress(encodePNG: encodePNG), small.rows, small.columns,
        classes.placement.reduced(by: factor), on: &inner, scale: layout.scale, opacity: 0.88)
    }
    let n = NumberText.coordinate
    return "<svg x=\"\(n(layout.left))\" y=\"\(n(layout.top))\" width=\"\(n(layout.plotWidth))\" "
      + "height=\"\(n(layout.plotHeight))\" preserveAspectRatio=\"none\" "
      + "viewBox=\"\(area.column) \(area.row) \(area.columns) \(area.rows)\">\n\(inner.body)</svg>"
  }

  /// Puts a picture where its grid lies; cells that show larger than a screen pixel keep their edges.
  static func place(
    _ address: String, _ rows: Int, _ columns: Int, _ at: GridPlacement, on canvas: inout Canvas, scale: Double,
    opacity: Double = 1
  ) {
    canvas.image(
      address, x: at.column + 0.5 - at.spacing / 2, y: at.row + 0.5 - at.spacing / 2,
      width: Double(columns) * at.spacing, height: Double(rows) * at.spacing, opacity: opacity,
      isCrisp: at.spacing * scale > 1.5)
  }
}

// MARK: - Layout

/// Where the parts of a map stand in its drawing, in user units.
struct MapLayout {
  let frame: MapFrame
  let left, top, plotWidth, plotHeight: Double
  let below: Double
  /// User units for one pixel of the reference image.
  let scale: Double

  private static let leftMargin = 38.0, rightMargin = 8.0, topMargin = 6.0, axisHeight = 38.0

  init(frame: MapFrame, width: Double, below: Double) {
    self.frame = frame
    self.below = below
    let room = width - Self.leftMargin - Self.rightMargin
    let aspect = Double(frame.area.rows) / Double(frame.area.columns)
    // Tall maps are narrowed so that a figure fits on a screen and on a page.
    plotWidth = min(room, 1.15 * room / aspect)
    plotHeight = plotWidth * aspect
    left = Self.leftMargin + (room - plotWidth) / 2
    top = Self.topMargin
    scale = plotWidth / Double(frame.area.columns)
  }

  /// A map without axes at a place of a drawing.
  init(frame: MapFrame, left: Double, top: Double, plotWidth: Double) {
    (self.frame, self.left, self.top, self.plotWidth) = (frame, left, top, plotWidth)
    plotHeight = plotWidth * Double(frame.area.rows) / Double(frame.area.columns)
    below = 0
    scale = plotWidth / Double(frame.area.columns)
  }

  var right: Double { left + plotWidth }
  var bottom: Double { top + plotHeight }
  var barTop: Double { bottom + Self.axisHeight }
  var height: Double { barTop + below + 4 }

  /// The point of the drawing at a position of the reference image (pixel centres at integers).
  func point(row: Double, column: Double) -> (x: Double, y: Double) {
    (
      left + (column + 0.5 - Double(frame.area.column)) * scale,
      top + (row + 0.5 - Double(frame.area.row)) * scale
    )
  }

  /// Ground length of one user unit in metres, along the rows and in the middle of the map; nil when unknown.
  var metresPerUnit: Double? {
    guard let transform = frame.geoTransform else { return frame.pixelMetres.map { $0 / scale } }
    switch frame.unit {
    case .metres: return transform.pixelSize.width / scale
    case .degrees:
      let middle = transform.coordinate(
        row: Double(frame.area.row) + Double(frame.area.rows) / 2,
        column: Double(frame.area.column) + Double(frame.area.columns) / 2)
      let east = transform.eastPerColumn * MapLayout.cosine(ofDegrees: middle.north)
      return MapLayout.metresPerDegree
        * (east * east + transform.northPerColumn * transform.northPerColumn)
        .squareRoot() / scale
    }
  }
}
