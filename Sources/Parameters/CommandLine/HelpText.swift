// SPDX-License-Identifier: Apache-2.0

extension CommandLineTool {
  /// All commands with their summaries: `ogive --help`.
  public func overview(width: Int = 100) -> String {
    var rows = commands.filter { !$0.isHidden }.map { HelpRow($0.id, [$0.summary]) }
    rows.append(HelpRow("help", ["Explain a command: \(identity.name) help COMMAND"]))
    return """
      \(identity.name) \(identity.version): \(identity.summary)

      Usage: \(identity.name) COMMAND [arguments] [flags]

      Commands:
      \(HelpRow.table(rows, width: width, column: HelpRow.column(rows)))

      Flags of every command: --help, --help-all, --version, --config FILE, --json-errors
      """
  }

  /// Help of one command, with advanced flags when `showsAll`.
  public func help<C: Command>(for command: C, width: Int = 100, showsAll: Bool = false) -> String {
    var texts = ["\(identity.name) \(command.id): \(command.summary)", synopsis(command, width: width)]
    if !command.discussion.isEmpty {
      let paragraphs = command.discussion.split(separator: "\n\n").map { wrapped(String($0), to: width) }
      texts.append(paragraphs.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }
    let sections = helpSections(C.Parameters().fields, showsAll)
    let column = HelpRow.column(sections.flatMap(\.rows))
    texts += sections.map { "\($0.title):\n" + HelpRow.table($0.rows, width: width, column: column) }
    if !command.examples.isEmpty {
      texts.append("Examples:\n" + command.examples.map { "  \(identity.name) \($0)" }.joined(separator: "\n"))
    }
    return texts.joined(separator: "\n\n")
  }

  private func helpSections(_ fields: [ParameterField], _ showsAll: Bool) -> [(title: String, rows: [HelpRow])] {
    let positionals = fields.filter(\.declaration.isPositional)
    let flags = fields.filter { !$0.declaration.isPositional && (showsAll || !$0.declaration.isAdvanced) }
    var sections = [(title: "Arguments", rows: positionals.map(\.helpRow))]
    for group in groups(flags) {
      sections.append((group.isEmpty ? "Flags" : group, flags.filter { $0.group == group }.map(\.helpRow)))
    }
    sections.append(("General", generalRows(fields, showsAll)))
    return sections.filter { !$0.rows.isEmpty }
  }

  /// The call in one line: `Usage: ogive match REFERENCE SECONDARY --out FOLDER [flags]`.
  private func synopsis<C: Command>(_ command: C, width: Int) -> String {
    let lines = wrapped("Usage: " + synopsisText(command), to: width - 7)
    return lines.joined(separator: "\n       ")
  }

  func synopsisText<C: Command>(_ command: C) -> String {
    let fields = C.Parameters().fields
    var parts = [identity.name, command.id]
    for field in fields where field.declaration.isPositional {
      let name = field.argumentName + (field.declaration.shape.isList ? "…" : "")
      parts.append(field.isRequired ? name : "[\(name)]")
    }
    for field in fields where !field.declaration.isPositional && field.isRequired {
      parts.append("\(field.flag) \(field.declaration.placeholder)")
    }
    return parts.joined(separator: " ") + " [flags]"
  }

  /// Headings in the order of first use, the set's own first.
  func groups(_ fields: [ParameterField]) -> [String] {
    var groups: [String] = []
    for field in fields where !groups.contains(field.group) { groups.append(field.group) }
    return groups.filter(\.isEmpty) + groups.filter { !$0.isEmpty }
  }

  private func generalRows(_ fields: [ParameterField], _ showsAll: Bool) -> [HelpRow] {
    let hidden = showsAll ? 0 : fields.count { $0.declaration.isAdvanced && !$0.declaration.isPositional }
    var rows = [
      HelpRow("--config FILE", ["Job file (JSON) of the same parameters; flags override it"]),
      HelpRow("--json-errors", ["Print errors as JSON lines (also: OGIVE_LOG=json)"]),
      HelpRow("-h, --help", ["Print this help"]),
    ]
    if hidden > 0 {
      rows.append(
        HelpRow("--help-all", ["Print this help with \(hidden) more \(hidden == 1 ? "flag" : "flags") for experts"]))
    }
    return rows
  }
}

extension ParameterField {
  var helpRow: HelpRow {
    let declaration = declaration
    let isSwitch = declaration.shape.type == .boolean && !declaration.shape.isList
    let label =
      if declaration.isPositional {
        argumentName
      } else if isSwitch {
        value == .bool(true) || declaration.shape.isOptional ? "--[no-]" + flag.dropFirst(2) : flag
      } else {
        "\(flag) \(declaration.placeholder)"
      }
    var facts = [
      [declaration.limits == nil ? "" : declaration.allowedShort, declaration.unit]
        .filter { !$0.isEmpty }.joined(separator: " ")
    ].filter { !$0.isEmpty }
    if declaration.shape.isList, !declaration.shape.splitsAtCommas { facts.append("may be repeated") }
    if isSwitch {
      if value == .bool(true) { facts.append("default on") }
    } else if let text = defaultText {
      facts.append("default \(text)")
    }
    if isRequired, !declaration.isPositional { facts.append("required") }
    let help = declaration.help + (facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))")
    return HelpRow(label, [help] + declaration.shape.type.choices.map { "  \($0.name): \($0.summary)" })
  }

  /// The default as people read it; nil for required parameters and empty lists.
  var defaultText: String? {
    guard let value else { return nil }
    if value.isNull { return declaration.absent }
    let text = displayed(value)
    return text.isEmpty ? nil : text
  }
}

/// One line of a table with a label and wrapped text.
struct HelpRow {
  let label: String
  let paragraphs: [String]

  init(_ label: String, _ paragraphs: [String]) { (self.label, self.paragraphs) = (label, paragraphs) }

  static let widestLabel = 28

  /// Columns that the labels need.
  static func column(_ rows: [HelpRow]) -> Int { min(rows.map(\.label.count).max() ?? 0, widestLabel) }

  /// Labels in one column, texts in another; a label that is too long stands on its own line.
  static func table(_ rows: [HelpRow], width: Int, column: Int) -> String {
    let margin = String(repeating: " ", count: column + 4)
    var lines: [String] = []
    for row in rows {
      var texts: [String] = []
      for paragraph in row.paragraphs {
        let indent = String(paragraph.prefix { $0 == " " })
        let hanging = indent.isEmpty ? "" : indent + "  "
        let parts = wrapped(String(paragraph.dropFirst(indent.count)), to: width - column - 4 - hanging.count)
        texts += parts.enumerated().map { ($0.offset == 0 ? indent : hanging) + $0.element }
      }
      if row.label.count > column {
        lines.append("  " + row.label)
        lines += texts.map { margin + $0 }
      } else {
        let label = "  " + row.label + String(repeating: " ", count: column - row.label.count + 2)
        lines.append(label + (texts.first ?? ""))
        lines += texts.dropFirst().map { margin + $0 }
      }
    }
    return lines.joined(separator: "\n")
  }
}

/// Breaks a text at spaces so that no line is longer than `width`, unless one word is.
func wrapped(_ text: String, to width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(whereSeparator: \.isWhitespace) {
    if !line.isEmpty, line.count + 1 + word.count > width {
      lines.append(line)
      line = ""
    }
    line += (line.isEmpty ? "" : " ") + word
  }
  return lines + [line]
}
