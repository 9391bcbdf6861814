// SPDX-License-Identifier: Apache-2.0

/// A generated page of the documentation.
public struct ReferencePage: Sendable, Equatable {
  /// File name: `match.md`.
  public let name: String
  /// Markdown, ending with a line feed.
  public let text: String
}

extension CommandLineTool {
  /// One page for each command that is not hidden, and `README.md` with the list of them.
  public func referencePages() -> [ReferencePage] {
    let shown = commands.filter { !$0.isHidden }
    let index = shown.map { "| [`\($0.id)`](\($0.id).md) | \(escaped($0.summary)) |\n" }.joined()
    let overview = """
      # Commands of \(identity.name)

      Generated from the declarations by `\(identity.name) reference`; edits are lost.

      | command | what it does |
      |---|---|
      \(index)
      """
    return [ReferencePage(name: "README.md", text: overview)] + shown.map { referencePage($0) }
  }

  /// The page of one command: synopsis, tables of arguments and flags, choices, exit codes.
  public func referencePage<C: Command>(_ command: C) -> ReferencePage {
    let fields = C.Parameters().fields
    var sections = [
      "# \(identity.name) \(command.id)", command.summary + ".", "```\n\(synopsisText(command))\n```",
    ]
    if !command.discussion.isEmpty { sections.append(command.discussion) }
    let positionals = fields.filter(\.declaration.isPositional)
    if !positionals.isEmpty { sections += ["## Arguments", table("argument", positionals)] }
    let flags = fields.filter { !$0.declaration.isPositional }
    if !flags.isEmpty {
      sections.append("## Flags")
      sections.append("In a job file a flag is written as in Swift: `--some-flag 1` is `\"someFlag\": 1`.")
    }
    for group in groups(flags) {
      if !group.isEmpty { sections.append("### \(group)") }
      sections.append(table("flag", flags.filter { $0.group == group }))
    }
    sections += choices(fields)
    if !command.examples.isEmpty {
      let lines = command.examples.map { "\(identity.name) \($0)" }.joined(separator: "\n")
      sections += ["## Examples", "```\n\(lines)\n```"]
    }
    sections += ["## Exit codes", exitCodes, "Generated from the declarations by `\(identity.name) reference`."]
    return ReferencePage(name: command.id + ".md", text: sections.joined(separator: "\n\n") + "\n")
  }

  private func table(_ kind: String, _ fields: [ParameterField]) -> String {
    let rows = fields.map { field in
      let declaration = field.declaration
      let name = declaration.isPositional ? field.argumentName : field.flag
      let isText = declaration.shape.type.choices.isEmpty && !(field.value?.isNull ?? true)
      let value = field.defaultText.map { isText ? "`\($0)`" : $0 } ?? (field.isRequired ? "required" : "empty")
      let unit = declaration.unit.isEmpty ? "–" : declaration.unit
      let help = declaration.help + (declaration.isAdvanced ? " (advanced)" : "")
      return "| `\(name)` | " + [value, unit, allowedCell(declaration), help].map(escaped).joined(separator: " | ")
        + " |"
    }
    return (["| \(kind) | default | unit | allowed | meaning |", "|---|---|---|---|---|"] + rows)
      .joined(separator: "\n")
  }

  private func allowedCell(_ declaration: ParameterDeclaration) -> String {
    declaration.allowedShort.isEmpty || declaration.shape.isList ? declaration.allowed : declaration.allowedShort
  }

  private func choices(_ fields: [ParameterField]) -> [String] {
    fields.filter { !$0.declaration.shape.type.choices.isEmpty }.flatMap { field in
      let name = field.declaration.isPositional ? field.argumentName : field.flag
      let lines = field.declaration.shape.type.choices.map { "- `\($0.name)`: \($0.summary)" }
      return ["Values of `\(name)`:", lines.joined(separator: "\n")]
    }
  }

  private var exitCodes: String {
    let rows = ExitCode.allCases.map { "| \($0.rawValue) | \($0.summary) |" }
    return (["| code | meaning |", "|---|---|"] + rows).joined(separator: "\n")
  }

  /// A bar would end the cell.
  private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
