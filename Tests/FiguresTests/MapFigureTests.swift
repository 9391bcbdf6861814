// SPDX-License-Identifier: Apache-2.0
import Figures
import Foundation
import Grids
import Testing

@Suite("Map figures")
struct MapFigureTests {
  private static let north = GeoTransform(
    originEast: 600_000, originNorth: 5_000_000, eastPerColumn: 10, northPerRow: -10)

  private static func figure(_ transform: GeoTransform?, unit: MapFrame.Unit = .metres) -> MapFigure {
    let area = Window(row: 0, column: 0, rows: 400, columns: 400)
    let frame = MapFrame(
      area: area, geoTransform: transform, unit: unit, crsName: transform == nil ? "" : "EPSG:32633")
    let grid = Grid(rows: 50, columns: 50, cells: (0..<2500).map { Float($0 % 50) })
    let placement = GridPlacement(row: 3.5, column: 3.5, spacing: 8)
    let layer = ColourLayer(
      grid, placement: placement, map: .speed, range: ValueRange(0, 40), name: "Speed", unit: "m/yr")
    let still = Grid(rows: 50, columns: 50, filledWith: Float(0))
    let arrows = ArrowLayer(
      right: Grid(rows: 50, columns: 50, filledWith: 1), down: still, lengths: grid, placement: placement,
      unit: "m/yr")
    return MapFigure(frame: frame, colours: layer, arrows: arrows, description: "A < B")
  }

  private static func svg(_ figure: MapFigure) throws -> String { try figure.svg(encodePNG: StoredPNG.encode) }

  @Test("a projected map has kilometres, a round scale bar, a north arrow, a colour bar and an arrow's length")
  func projected() throws {
    let svg = try Self.svg(Self.figure(Self.north))
    for text in ["east (km, EPSG:32633)", "north (km)", ">1\u{202F}km<", ">N<", "Speed (m/yr)", ">600<", ">604<"] {
      #expect(svg.contains(text), "\(text)")
    }
    #expect(svg.contains("aria-label=\"A &lt; B\""))
    #expect(svg.contains("class=\"arrow\""))
  }

  @Test("a map without a place on Earth has pixels, a scale bar in pixels and no north arrow")
  func pixels() throws {
    let svg = try Self.svg(Self.figure(nil))
    #expect(svg.contains("column (px)") && svg.contains(">100\u{202F}px<"))
    #expect(!svg.contains(">N<"))
  }

  @Test("a known pixel size gives metres without coordinates")
  func pixelSize() throws {
    var figure = Self.figure(nil)
    figure.frame = MapFrame(area: figure.frame.area, pixelMetres: 0.5)
    #expect(try Self.svg(figure).contains(">50\u{202F}m<"))
  }

  @Test("the scale bar of a map in degrees shrinks with the cosine of the latitude")
  func degrees() throws {
    let transform = GeoTransform(originEast: 10, originNorth: 60.02, eastPerColumn: 1e-4, northPerRow: -1e-4)
    let svg = try Self.svg(Self.figure(transform, unit: .degrees))
    // 400 columns of 1e-4 degrees at 60 degrees north are 2.2 km: 28 % of that is 0.6 km.
    #expect(svg.contains(">500\u{202F}m<") && svg.contains("longitude"))
  }

  @Test("the north arrow turns with the grid, whose axes are then in pixels")
  func rotated() throws {
    let upright = try Self.svg(Self.figure(Self.north))
    #expect(upright.contains("x=\"424\" y=\"42.6\" text-anchor=\"middle\">N<"))
    // One step to the right goes 10 m north: the arrow points right, its letter stands to the left.
    let turned = GeoTransform(
      originEast: 0, originNorth: 0, eastPerColumn: 0, northPerRow: 0, eastPerRow: 10, northPerColumn: 10)
    let svg = try Self.svg(Self.figure(turned))
    #expect(svg.contains("x=\"415\" y=\"33.6\" text-anchor=\"middle\">N<"))
    #expect(svg.contains("column (px)") && svg.contains(">1\u{202F}km<"))
  }

  @Test("the pictures lie where their grids lie on the image")
  func placement() throws {
    let svg = try Self.svg(Self.figure(nil))
    #expect(svg.contains("viewBox=\"0 0 400 400\""))
    #expect(svg.contains("<image x=\"0\" y=\"0\" width=\"400\" height=\"400\""))
    let reduced = GridPlacement.blocks(of: 4)
    #expect(reduced.row == 1.5 && reduced.spacing == 4)
  }

  @Test("values beyond the range give the colour bar a pointed end")
  func extremes() throws {
    var figure = Self.figure(nil)
    #expect(try Self.svg(figure).components(separatedBy: "class=\"frame-filled\"").count == 2)
    let all = figure.colours!
    figure.colours = ColourLayer(
      all.values, placement: all.placement, map: .speed, range: ValueRange(0, 60), name: "Speed", unit: "m/yr")
    #expect(!(try Self.svg(figure).contains("frame-filled")))
  }

  @Test("values of one sigma are paler than of three, values of five sigma are full")
  func paleness() throws {
    var shades: [UInt8] = []
    var figure = Self.figure(nil)
    figure.arrows = nil
    let values = Grid(rows: 1, columns: 3, cells: [Float(1), 3, 5])
    figure.colours = ColourLayer(
      values, placement: GridPlacement(row: 0, column: 0, spacing: 100), map: .speed, range: ValueRange(0, 5),
      name: "Speed", unit: "px", certainty: values)
    _ = try figure.svg { rgba, rows, columns in
      if columns == 3 { shades = [rgba[3], rgba[7], rgba[11]] }
      return StoredPNG.encode(rgba, rows, columns)
    }
    #expect(shades.count == 3 && shades[0] < 100 && shades[1] > shades[0] && shades[1] < 255 && shades[2] == 255)
  }

  @Test("no motion at all, and no value at all, still give a map")
  func nothing() throws {
    var figure = Self.figure(Self.north)
    let nan = Grid(rows: 50, columns: 50, filledWith: Float.nan)
    let placement = GridPlacement(row: 3.5, column: 3.5, spacing: 8)
    figure.colours = ColourLayer(
      nan, placement: placement, map: .speed, range: .amounts(nan.cells), name: "Speed", unit: "m/yr")
    figure.arrows = ArrowLayer(right: nan, down: nan, lengths: nan, placement: placement, unit: "m/yr")
    let svg = try Self.svg(figure)
    #expect(!svg.contains("class=\"arrow\"") && !svg.contains("nan"))
  }

  @Test("the drawing is well-formed XML")
  func wellFormed() throws {
    let parser = TinyXML(try Self.svg(Self.figure(Self.north)))
    #expect(parser.isWellFormed, "\(parser.problem)")
  }
}

/// Checks that tags are closed in order and that attributes are quoted; enough for our own output.
struct TinyXML {
  private(set) var problem = ""
  var isWellFormed: Bool { problem.isEmpty }

  private static let empty: Set<String> = ["meta", "br", "hr", "!DOCTYPE"]

  init(_ text: String) {
    var open: [String] = []
    for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = piece.firstIndex(of: ">") else {
        problem = "a tag without end: \(piece.prefix(40))"
        return
      }
      let tag = piece[..<end], name = String(tag.prefix { $0 != " " && $0 != "/" || $0 == "/" && tag.first == "/" })
      if tag.filter({ $0 == "\"" }).count % 2 == 1 { problem = "a quote is missing in \(tag.prefix(60))" }
      if name.hasPrefix("/") {
        let last = open.popLast() ?? ""
        if "/" + last != name { problem = "\(name) closes \(last)" }
      } else if !tag.hasSuffix("/") && !Self.empty.contains(name) {
        open.append(name)
      }
      if !isWellFormed { return }
    }
    if !open.isEmpty { problem = "left open: \(open.joined(separator: ", "))" }
  }
}
