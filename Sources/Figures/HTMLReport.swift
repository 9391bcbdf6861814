// SPDX-License-Identifier: Apache-2.0

/// A page in one file that needs nothing else: no script, no font, no picture from outside. The same content gives
/// the same bytes.
public struct HTMLReport: Sendable {
  /// A picture that the page holds once and that many maps draw below their colours.
  public struct SharedImage: Sendable {
    /// Lower-case letters, digits and hyphens.
    public let name: String
    public let picture: PixelImage
    public let placement: GridPlacement

    public init(name: String, picture: PixelImage, placement: GridPlacement) {
      self.name = name
      self.picture = picture
      self.placement = placement
    }
  }

  /// What sort of report this is, in two or three words above the title.
  public var kind: String
  public var title: String
  public var subtitle: String
  /// Short facts below the title: name and value.
  public var facts: [(name: String, value: String)]
  public var keyNumbers: [KeyNumber]
  /// What stands between the key numbers and the first section.
  public var opening: [ReportBlock]
  public var sections: [ReportSection]
  public var sharedImages: [SharedImage]
  public var footer: String

  public init(
    kind: String, title: String, subtitle: String = "", facts: [(name: String, value: String)] = [],
    keyNumbers: [KeyNumber] = [], opening: [ReportBlock] = [], sections: [ReportSection] = [],
    sharedImages: [SharedImage] = [], footer: String = ""
  ) {
    self.kind = kind
    self.title = title
    self.subtitle = subtitle
    self.facts = facts
    self.keyNumbers = keyNumbers
    self.opening = opening
    self.sections = sections
    self.sharedImages = sharedImages
    self.footer = footer
  }

  /// The page as text.
  ///
  /// - Throws: only what `encodePNG` throws.
  public func html(encodePNG: PNGEncoder) throws -> String {
    var out = head
    out += try store(encodePNG: encodePNG)
    out += "<a class=\"skip\" href=\"#content\">Skip to content</a>\n<div class=\"page\">\n" + banner
    out += "<nav aria-label=\"Contents\"><ul>\n"
    for section in sections {
      out += "<li><a href=\"#\(section.name)\">\(HTML.escaped(section.heading))</a></li>\n"
    }
    out += "</ul></nav>\n<main id=\"content\">\n"
    if !keyNumbers.isEmpty { out += "<dl class=\"cards\">\n" + keyNumbers.map(\.html).joined() + "</dl>\n" }
    out += opening.map(\.html).joined()
    for section in sections {
      out += "<section id=\"\(section.name)\">\n<h2>\(HTML.escaped(section.heading))</h2>\n"
      out += section.blocks.map(\.html).joined() + "</section>\n"
    }
    out += "</main>\n"
    if !footer.isEmpty { out += "<footer><p>\(HTML.escaped(footer))</p></footer>\n" }
    return out + "</div>\n</body>\n</html>\n"
  }

  /// The policy line makes the browser itself refuse anything from outside.
  private var head: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="generator" content="Ogive">
    <title>\(HTML.escaped(title))</title>
    <style>
    \(StyleSheet.css)</style>
    </head>
    <body>

    """
  }

  private var banner: String {
    var out = "<header>\n<div class=\"kind\">\(HTML.escaped(kind))</div>\n<h1>\(HTML.escaped(title))</h1>\n"
    if !subtitle.isEmpty { out += "<p>\(HTML.escaped(subtitle))</p>\n" }
    if !facts.isEmpty {
      out += "<ul class=\"facts\">\n"
      for fact in facts { out += "<li>\(HTML.escaped(fact.name)) <b>\(HTML.escaped(fact.value))</b></li>\n" }
      out += "</ul>\n"
    }
    return out + "</header>\n"
  }

  private func store(encodePNG: PNGEncoder) throws -> String {
    guard !sharedImages.isEmpty else { return "" }
    var canvas = Canvas(width: 0, height: 0)
    for image in sharedImages {
      let at = image.placement
      let n = NumberText.coordinate
      canvas.add(
        "<image id=\"\(HTML.escaped(image.name))\" x=\"\(n(at.column + 0.5 - at.spacing / 2))\" "
          + "y=\"\(n(at.row + 0.5 - at.spacing / 2))\" width=\"\(n(Double(image.picture.columns) * at.spacing))\" "
          + "height=\"\(n(Double(image.picture.rows) * at.spacing))\" preserveAspectRatio=\"none\" "
          + "href=\"\(try image.picture.dataAddress(encodePNG: encodePNG))\"/>")
    }
    return "<svg class=\"store\" aria-hidden=\"true\"><defs>\n\(canvas.body)</defs></svg>\n"
  }
}
