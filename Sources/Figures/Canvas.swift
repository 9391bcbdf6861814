// SPDX-License-Identifier: Apache-2.0

/// Collects the elements of one SVG drawing. Coordinates are user units, x right, y down; looks come from the classes
/// of `Theme`, so that a drawing follows light and dark mode.
struct Canvas {
  /// Where a label sits relative to its point.
  enum Anchor: String {
    case start, middle, end
  }

  let width, height: Double
  private(set) var body = ""

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func add(_ element: String) { body += element + "\n" }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    add(
      "<line class=\"\(style)\" x1=\"\(n(x1))\" y1=\"\(n(y1))\" x2=\"\(n(x2))\" y2=\"\(n(y2))\"/>")
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, _ style: String, fill: Colour? = nil, radius: Double = 0
  ) {
    let paint = fill.map { " fill=\"\($0.hex)\"" } ?? ""
    let corner = radius > 0 ? " rx=\"\(n(radius))\"" : ""
    add(
      "<rect class=\"\(style)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\" "
        + "height=\"\(n(max(0, height)))\"\(corner)\(paint)/>")
  }

  mutating func path(_ data: String, _ style: String, fill: Colour? = nil, stroke: Colour? = nil) {
    let paint = (fill.map { " fill=\"\($0.hex)\"" } ?? "") + (stroke.map { " stroke=\"\($0.hex)\"" } ?? "")
    add("<path class=\"\(style)\"\(paint) d=\"\(data)\"/>")
  }

  mutating func circle(x: Double, y: Double, radius: Double, _ style: String) {
    add("<circle class=\"\(style)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"/>")
  }

  /// Text on its baseline; `turned` runs it upwards.
  mutating func label(
    _ text: String, x: Double, y: Double, _ style: String, anchor: Anchor = .middle, turned: Bool = false
  ) {
    let place =
      turned ? "transform=\"translate(\(n(x)) \(n(y))) rotate(-90)\"" : "x=\"\(n(x))\" y=\"\(n(y))\""
    add("<text class=\"\(style)\" \(place) text-anchor=\"\(anchor.rawValue)\">\(HTML.escaped(text))</text>")
  }

  /// A picture stretched over a rectangle. `isCrisp` shows its pixels as squares instead of blurring them.
  mutating func image(
    _ address: String, x: Double, y: Double, width: Double, height: Double, opacity: Double = 1, isCrisp: Bool = false
  ) {
    let crisp = isCrisp ? " style=\"image-rendering:pixelated\"" : ""
    let veil = opacity < 1 ? " opacity=\"\(n(opacity))\"" : ""
    add(
      "<image x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" "
        + "preserveAspectRatio=\"none\"\(veil)\(crisp) href=\"\(address)\"/>")
  }

  /// The whole drawing as an element for a page, read aloud as `description`.
  func document(style: String, description: String) -> String {
    "<svg class=\"\(style)\" viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" "
      + "aria-label=\"\(HTML.escaped(description))\">\n" + body + "</svg>"
  }

  /// A number as SVG writes it.
  private func n(_ value: Double) -> String { NumberText.coordinate(value) }
}

/// The outline of a shape: a chain of moves, lines and arcs.
struct Outline {
  private(set) var data = ""

  mutating func move(_ x: Double, _ y: Double) { append("M", x, y) }
  mutating func line(_ x: Double, _ y: Double) { append("L", x, y) }
  mutating func close() { data += "Z" }

  /// Half an ellipse, or less, with axes along those of the drawing.
  mutating func arc(to end: (x: Double, y: Double), radii: (x: Double, y: Double), isClockwise: Bool) {
    append("A", radii.x, radii.y)
    data += " 0 0 \(isClockwise ? 1 : 0)"
    append(" ", end.x, end.y)
  }

  private mutating func append(_ verb: String, _ x: Double, _ y: Double) {
    data += verb + NumberText.coordinate(x) + " " + NumberText.coordinate(y)
  }
}

/// Text made safe for HTML and SVG.
public enum HTML {
  /// The text with the five characters that mean something to a browser replaced, and control characters dropped.
  public static func escaped(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      default:
        if scalar.value >= 32 && scalar.value != 127 { out.unicodeScalars.append(scalar) }
      }
    }
    return out
  }
}
