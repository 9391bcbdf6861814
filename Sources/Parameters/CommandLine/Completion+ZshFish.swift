// SPDX-License-Identifier: Apache-2.0

/// `_arguments` with a specification for each flag.
struct ZshCompletion {
  let tool: ToolIdentity
  let commands: [CompletionEntry]

  var script: String {
    let name = "_" + tool.name
    let ids = commands.map { "    '\($0.id):\(escaped($0.summary))'" } + ["    'help:Explain a command'"]
    return """
      #compdef \(tool.name)
      # Completion of \(tool.name) \(tool.version) for zsh.
      \(name)() {
        local context state state_descr line
        typeset -A opt_args
        local -a commands
        commands=(
      \(ids.joined(separator: "\n"))
        )
        _arguments -C '1: :->command' '*:: :->arguments'
        case $state in
          command) _describe command commands ;;
          arguments)
            case $words[1] in
      \(commands.map(specification).joined(separator: "\n"))
              help) _describe command commands ;;
            esac
            ;;
        esac
      }
      if [[ $funcstack[1] == \(name) ]]; then
        \(name) "$@"
      else
        compdef \(name) \(tool.name)
      fi
      """
  }

  private func specification(_ command: CompletionEntry) -> String {
    var lines = command.flags.map { flag in
      let star = flag.isRepeatable ? "*" : ""
      return "'\(star)\(flag.name)\(isSwitch(flag) ? "" : "=")[\(escaped(flag.help))]\(action(flag))'"
    }
    for (index, argument) in command.positionals.enumerated() {
      lines.append("'\(argument.isRepeatable ? "*" : String(index + 1))\(action(argument))'")
    }
    return "        \(command.id)) _arguments \\\n          "
      + lines.joined(separator: " \\\n          ") + " ;;"
  }

  private func isSwitch(_ word: CompletionEntry.Word) -> Bool {
    if case .none = word.value { true } else { false }
  }

  private func action(_ word: CompletionEntry.Word) -> String {
    let message = escaped(word.name.replacing("--", with: ""))
    switch word.value {
    case .none: return ""
    case .free: return ":\(message):"
    case .words(let words): return ":\(message):(\(words.joined(separator: " ")))"
    case .file: return ":\(message):_files"
    case .folder: return ":\(message):_files -/"
    }
  }

  /// Colons and brackets end parts of a specification, quotes the specification itself.
  private func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "'\\''").replacing(":", with: "\\:")
      .replacing("[", with: "\\[").replacing("]", with: "\\]")
  }
}

/// One `complete` line for each flag.
struct FishCompletion {
  let tool: ToolIdentity
  let commands: [CompletionEntry]

  var script: String {
    var lines = ["# Completion of \(tool.name) \(tool.version) for fish.", "complete -c \(tool.name) -f"]
    for command in commands {
      lines.append(line("__fish_use_subcommand", "-a \(command.id)", command.summary))
    }
    lines.append(line("__fish_use_subcommand", "-a help", "Explain a command"))
    lines.append(
      line("__fish_seen_subcommand_from help", "-a '\(commands.map(\.id).joined(separator: " "))'", "Command"))
    for command in commands {
      let condition = "__fish_seen_subcommand_from \(command.id)"
      lines += command.flags.map { line(condition, "-l \($0.name.dropFirst(2))" + value($0.value), $0.help) }
      lines += command.positionals.compactMap { argument(condition, $0) }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ condition: String, _ what: String, _ help: String) -> String {
    "complete -c \(tool.name) -n '\(condition)' \(what) -d '\(escaped(help))'"
  }

  private func value(_ value: CompletionEntry.Value) -> String {
    switch value {
    case .none: ""
    case .free: " -x"
    case .words(let words): " -x -a '\(words.joined(separator: " "))'"
    case .file: " -r -F"
    case .folder: " -x -a '(__fish_complete_directories)'"
    }
  }

  private func argument(_ condition: String, _ word: CompletionEntry.Word) -> String? {
    switch word.value {
    case .none, .free: nil
    case .words(let words): line(condition, "-a '\(words.joined(separator: " "))'", word.help)
    case .file: line(condition, "-F", word.help)
    case .folder: line(condition, "-a '(__fish_complete_directories)'", word.help)
    }
  }

  private func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }
}
