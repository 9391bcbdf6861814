// SPDX-License-Identifier: Apache-2.0

/// A number that a page shows large at its top.
public struct KeyNumber: Sendable {
  public let label, value, unit, remark: String

  public init(_ label: String, _ value: String, unit: String = "", remark: String = "") {
    self.label = label
    self.value = value
    self.unit = unit
    self.remark = remark
  }
}

/// A drawing with its title above and its caption below.
public struct ReportFigure: Sendable {
  public let title, caption: String
  /// An SVG element, as the figures and charts of this module make it.
  public let svg: String

  public init(_ title: String, svg: String, caption: String = "") {
    self.title = title
    self.svg = svg
    self.caption = caption
  }
}

/// A message that stands out: a verdict, a warning, advice.
public struct Callout: Sendable {
  /// How the message is meant; its word stands in the text, so colour is never the only sign.
  public enum Tone: String, Sendable {
    case good, note, warning, poor
  }

  public let tone: Tone
  public let heading, text: String
  public let points: [String]

  public init(_ tone: Tone, _ heading: String, text: String = "", points: [String] = []) {
    self.tone = tone
    self.heading = heading
    self.text = text
    self.points = points
  }
}

/// A table; the first column names its row.
public struct ReportTable: Sendable {
  /// How a column is set.
  public enum Column: Sendable {
    case text(String)
    /// Aligned to the right.
    case number(String)
    /// Explanation in quiet ink.
    case help(String)
    /// Typewriter letters, for names of parameters and files.
    case code(String)

    var heading: String {
      switch self {
      case .text(let heading), .number(let heading), .help(let heading), .code(let heading): heading
      }
    }
  }

  public let caption: String
  public let columns: [Column]
  public let rows: [[String]]
  /// Rows whose second cell is set in bold, e.g. parameters that differ from their default.
  public let marked: Set<Int>
  /// Whether each row becomes a small block on a phone; for tables with long texts.
  public let stacks: Bool

  public init(
    _ caption: String, columns: [Column], rows: [[String]], marked: Set<Int> = [], stacks: Bool = false
  ) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "each row of a table fills its columns")
    self.caption = caption
    self.columns = columns
    self.rows = rows
    self.marked = marked
    self.stacks = stacks
  }
}

/// A piece of a page.
public enum ReportBlock: Sendable {
  case paragraph(String)
  case callout(Callout)
  /// Drawings side by side, two or three in a row (below each other on a phone).
  case figures([ReportFigure], columns: Int)
  /// One large drawing with smaller ones beside it.
  case lead(ReportFigure, beside: [ReportFigure])
  /// One drawing with others below each other beside it, both columns of one width.
  case split(ReportFigure, beside: [ReportFigure])
  case table(ReportTable)
  /// Drawings, then a table with a note below it, two in a row.
  case figuresAndTable([ReportFigure], ReportTable, note: String)
  /// What opens when its name is chosen.
  case folded(String, [ReportBlock], isOpen: Bool)
}

/// A part of a page with its own heading and entry in the contents.
public struct ReportSection: Sendable {
  /// Name of its anchor: lower-case letters, digits and hyphens.
  public let name: String
  public let heading: String
  public var blocks: [ReportBlock]

  public init(name: String, heading: String, blocks: [ReportBlock]) {
    precondition(
      !name.isEmpty && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 },
      "a section's name is made of lower-case letters, digits and hyphens")
    self.name = name
    self.heading = heading
    self.blocks = blocks
  }
}

// MARK: - As HTML

extension ReportBlock {
  var html: String {
    switch self {
    case .paragraph(let text): return text.isEmpty ? "" : "<p>\(HTML.escaped(text))</p>\n"
    case .callout(let callout): return callout.html
    case .figures(let figures, let columns):
      let style = columns >= 3 ? "three" : columns == 2 ? "two" : "one"
      return "<div class=\"row \(style)\">\n\(figures.map(\.html).joined())</div>\n"
    case .lead(let main, let beside):
      return Self.columns("lead", main, beside)
    case .split(let main, let beside):
      return Self.columns("two", main, beside)
    case .table(let table): return table.html
    case .folded(let name, let blocks, let isOpen):
      return "<details\(isOpen ? " open" : "")>\n<summary>\(HTML.escaped(name))</summary>\n"
        + blocks.map(\.html).joined() + "</details>\n"
    case .figuresAndTable(let figures, let table, let note):
      return "<div class=\"row two\">\n\(figures.map(\.html).joined())<div>\n\(table.html)"
        + (note.isEmpty ? "" : "<p class=\"remark\">\(HTML.escaped(note))</p>\n") + "</div>\n</div>\n"
    }
  }
}

extension ReportBlock {
  private static func columns(_ style: String, _ main: ReportFigure, _ beside: [ReportFigure]) -> String {
    if beside.isEmpty { return "<div class=\"row one\">\n\(main.html)</div>\n" }
    return "<div class=\"row \(style)\">\n\(main.html)<div class=\"beside\">\n"
      + beside.map(\.html).joined() + "</div>\n</div>\n"
  }
}

extension ReportFigure {
  var html: String {
    let note = caption.isEmpty ? "" : "<figcaption>\(HTML.escaped(caption))</figcaption>\n"
    return "<figure>\n<h3>\(HTML.escaped(title))</h3>\n\(svg)\n\(note)</figure>\n"
  }
}

extension Callout {
  var html: String {
    let body = text.isEmpty ? "" : " " + HTML.escaped(text)
    let list =
      points.isEmpty ? "" : "<ul>\n" + points.map { "<li>\(HTML.escaped($0))</li>\n" }.joined() + "</ul>\n"
    return "<div class=\"callout \(tone.rawValue)\">\n<p><b>\(HTML.escaped(heading))</b>\(body)</p>\n\(list)</div>\n"
  }
}

extension KeyNumber {
  var html: String {
    let small = unit.isEmpty ? "" : " <small>\(HTML.escaped(unit))</small>"
    let note = remark.isEmpty ? "" : "<dd class=\"remark\">\(HTML.escaped(remark))</dd>"
    return
      "<div><dt>\(HTML.escaped(label))</dt><dd class=\"value\">\(HTML.escaped(value))\(small)</dd>\(note)</div>\n"
  }
}

extension ReportTable {
  var html: String {
    // Tables of named things stand below each other: their columns line up.
    var isNames = false
    if case .code? = columns.first, columns.count == 3 { isNames = true }
    let style = stacks ? " class=\"stack\(isNames ? " names" : "")\"" : ""
    var out = "<div class=\"scroll\"><table\(style)>\n"
    if !caption.isEmpty { out += "<caption>\(HTML.escaped(caption))</caption>\n" }
    out += "<thead><tr>"
    for column in columns {
      var style = ""
      if case .number = column { style = " class=\"n\"" }
      out += "<th scope=\"col\"\(style)>\(HTML.escaped(column.heading))</th>"
    }
    out += "</tr></thead>\n<tbody>\n"
    for (index, row) in rows.enumerated() {
      out += "<tr>"
      for (place, cell) in row.enumerated() { out += html(of: cell, row: index, place: place) }
      out += "</tr>\n"
    }
    return out + "</tbody></table></div>\n"
  }

  private func html(of cell: String, row: Int, place: Int) -> String {
    let text = HTML.escaped(cell)
    var style: [String] = [], inner = text
    switch columns[place] {
    case .text: break
    case .number: style.append("n")
    case .help: style.append("help")
    case .code: inner = "<code>\(text)</code>"
    }
    if place == 1 && marked.contains(row) { style.append("set") }
    let list = style.isEmpty ? "" : " class=\"\(style.joined(separator: " "))\""
    return place == 0 ? "<th scope=\"row\"\(list)>\(inner)</th>" : "<td\(list)>\(inner)</td>"
  }
}
