// SPDX-License-Identifier: Apache-2.0

extension CommandLineTool {
  /// A script for the shell, made from the declarations; it does not call the tool.
  public func completionScript(for shell: Shell) -> String {
    let shown = commands.filter { !$0.isHidden }.map { CompletionEntry($0) }
    switch shell {
    case .bash: return BashCompletion(tool: identity, commands: shown).script
    case .zsh: return ZshCompletion(tool: identity, commands: shown).script
    case .fish: return FishCompletion(tool: identity, commands: shown).script
    }
  }
}

/// What the three scripts need to know of a command.
struct CompletionEntry {
  let id: String
  let summary: String
  let flags: [Word]
  let positionals: [Word]

  /// A flag or an argument, with what may follow or stand there.
  struct Word {
    let name: String
    let help: String
    let value: Value
    var isRepeatable = false
  }

  enum Value {
    /// A switch: nothing follows.
    case none
    /// Something that can't be completed.
    case free
    case words([String])
    case file, folder
  }

  init(_ command: some Command) {
    id = command.id
    summary = command.summary
    (flags, positionals) = Self.words(command)
  }

  private static func words<C: Command>(_ command: C) -> ([Word], [Word]) {
    let fields = C.Parameters().fields
    var flags: [Word] = []
    for field in fields where !field.declaration.isPositional {
      let shape = field.declaration.shape
      let help = field.declaration.help
      flags.append(Word(name: field.flag, help: help, value: value(shape), isRepeatable: shape.isList))
      // A switch that is on is switched off by its negation.
      if shape.type == .boolean, !shape.isList, shape.isOptional || field.value == .bool(true) {
        flags.append(Word(name: "--no-" + field.flag.dropFirst(2), help: "Not: " + help, value: .none))
      }
    }
    flags += [
      Word(name: "--config", help: "Job file of the same parameters", value: .file),
      Word(name: "--json-errors", help: "Print errors as JSON lines", value: .none),
      Word(name: "--help", help: "Print help", value: .none),
      Word(name: "--help-all", help: "Print help with advanced flags", value: .none),
    ]
    let positionals = fields.filter(\.declaration.isPositional).map { field in
      Word(
        name: field.argumentName, help: field.declaration.help, value: value(field.declaration.shape),
        isRepeatable: field.declaration.shape.isList)
    }
    return (flags, positionals)
  }

  private static func value(_ shape: ParameterShape) -> Value {
    switch shape.type {
    case .boolean: shape.isList ? .words(["true", "false"]) : .none
    case .choice(let choices): .words(choices.map(\.name))
    case .path(let role): role.isFolder ? .folder : .file
    case .area: .file
    case .integer, .number, .text, .date: .free
    }
  }
}

/// `compgen` and `COMPREPLY`; needs nothing beyond bash 4.
struct BashCompletion {
  let tool: ToolIdentity
  let commands: [CompletionEntry]

  var script: String {
    let name = "_" + tool.name
    let ids = (commands.map(\.id) + ["help"]).joined(separator: " ")
    return """
      # Completion of \(tool.name) \(tool.version) for bash.
      \(name)() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
        # bash splits --key=value at the sign.
        if [[ $current == "=" ]]; then
          current=""
        elif [[ $previous == "=" && COMP_CWORD -ge 2 ]]; then
          previous=${COMP_WORDS[COMP_CWORD-2]}
        fi
        local -A flags arguments
        local kind="" words="" index position=0 before=""
        COMPREPLY=()
        if [[ COMP_CWORD -eq 1 ]]; then
          mapfile -t COMPREPLY < <(compgen -W "\(ids) --help --version" -- "$current")
          return
        fi
        if [[ $command == help ]]; then
          mapfile -t COMPREPLY < <(compgen -W "\(ids)" -- "$current")
          return
        fi
        case $command in
      \(commands.map(tables).joined(separator: "\n"))
          *) return ;;
        esac
        if [[ -n ${flags[${previous:-_}]} ]]; then
          kind=${flags[${previous:-_}]}
        fi
        if [[ -z $kind || $kind == switch ]]; then
          if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "${!flags[*]}" -- "$current")
            return
          fi
          for ((index = 2; index < COMP_CWORD; index++)); do
            before=${COMP_WORDS[index-1]}
            [[ $before == "=" || ${COMP_WORDS[index]} == "=" || ${COMP_WORDS[index]} == -* ]] && continue
            [[ -n ${flags[${before:-_}]} && ${flags[${before:-_}]} != switch ]] || ((position++))
          done
          kind=${arguments[$position]:-${arguments[last]}}
        fi
        case $kind in
          file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
          folder) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
          words:*) mapfile -t COMPREPLY < <(compgen -W "${kind#words:}" -- "$current") ;;
        esac
      }
      complete -F \(name) \(tool.name)
      """
  }

  private func tables(_ command: CompletionEntry) -> String {
    let flags = command.flags.map { "[\($0.name)]=\"\(kind($0.value))\"" }.joined(separator: " ")
    var arguments = command.positionals.enumerated().map { "[\($0.offset)]=\"\(kind($0.element.value))\"" }
    if let last = command.positionals.last, last.isRepeatable { arguments.append("[last]=\"\(kind(last.value))\"") }
    return """
          \(command.id))
            flags=(\(flags))
            arguments=(\(arguments.joined(separator: " ")))
            ;;
      """
  }

  private func kind(_ value: CompletionEntry.Value) -> String {
    switch value {
    case .none: "switch"
    case .free: "free"
    case .words(let words): "words:" + words.joined(separator: " ")
    case .file: "file"
    case .folder: "folder"
    }
  }
}
