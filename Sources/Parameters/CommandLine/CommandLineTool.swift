// SPDX-License-Identifier: Apache-2.0

/// A program with subcommands: chooses the command, reads its arguments, runs it, prints errors.
///
/// `help`, `completion` and the hidden `reference` come with it.
public struct CommandLineTool: Sendable {
  public let identity: ToolIdentity
  /// The commands that were given, then the built-in ones.
  public let commands: [any Command]

  /// - Parameter commands: in the order of the overview; their ids must differ.
  public init(_ identity: ToolIdentity, commands: [any Command]) {
    self.identity = identity
    self.commands = commands + [CompletionCommand(), ReferenceCommand()]
    precondition(
      Set(self.commands.map(\.id) + ["help"]).count == self.commands.count + 1, "two commands have the same id")
  }

  /// What is wrong with the declarations of all commands; empty in a sound tool. For tests.
  public var declarationProblems: [String] {
    func problems<C: Command>(_ command: C) -> [String] {
      var problems = C.Parameters.declarationProblems
      if command.summary.hasSuffix(".") || command.summary.first?.isUppercase != true {
        problems.append("the summary must begin with a capital and have no full stop: '\(command.summary)'")
      }
      if kebabCase(command.id) != command.id || command.id.contains(" ") {
        problems.append("the id is not in kebab case")
      }
      return problems.map { "\(command.id): \($0)" }
    }
    return commands.flatMap { problems($0) }
  }

  public subscript(id: String) -> (any Command)? { commands.first { $0.id == id } }

  /// Runs the tool as a process would.
  ///
  /// - Parameter arguments: the words behind the program's name.
  public func run(_ arguments: [String], console: Console = .standard()) -> ExitCode {
    let console = console.with(logsJSON: arguments.prefix { $0 != "--" }.contains(ReservedFlag.jsonErrors.rawValue))
    let words = arguments.first == ReservedFlag.jsonErrors.rawValue ? Array(arguments.dropFirst()) : arguments
    guard let first = words.first else {
      console.printError(overview(width: console.width))
      return .wrongUse
    }
    switch first {
    case "-h", "--help", "--help-all": console.print(overview(width: console.width))
    case "--version": console.print("\(identity.name) \(identity.version)")
    case "help": return help(Array(words.dropFirst()), console)
    default:
      guard let command = self[first] else {
        report(unknownCommand(first), console)
        return .wrongUse
      }
      return run(command, Array(words.dropFirst()), console)
    }
    return .done
  }

  private func run<C: Command>(_ command: C, _ words: [String], _ console: Console) -> ExitCode {
    let fields = C.Parameters().fields
    let full = "\(identity.name) \(command.id)"
    var parser = ArgumentParser(command: full, fields: fields, words: words)
    let parsed = parser.parse()
    if parsed.asksForHelp || parsed.asksForAllHelp {
      console.print(help(for: command, width: console.width, showsAll: parsed.asksForAllHelp))
      return .done
    }
    if parsed.asksForVersion {
      console.print("\(identity.name) \(identity.version)")
      return .done
    }
    do throws(ParameterError) {
      let layers = try layers(parsed, command: command.id)
      let parameters = try C.Parameters(layers: layers)
      let invocation = Invocation(
        parameters, given: Set(layers.flatMap(\.values.keys)), words: words, console: console, tool: self)
      return execute(command, invocation)
    } catch {
      report(error, console, seeAlso: "\(full) --help")
      return .wrongUse
    }
  }

  private func execute<C: Command>(_ command: C, _ invocation: Invocation<C.Parameters>) -> ExitCode {
    do {
      return try command.run(invocation)
    } catch {
      report(error, invocation.console)
      // A window larger than the image is known only when the image is open, and is wrong use all the same.
      guard let error = error as? ParameterError else { return .failed }
      return error.kind == ParameterError.Kind.unreadable.rawValue ? .failed : .wrongUse
    }
  }

  /// The job file beneath the flags. Problems of the file don't hide those of the flags.
  private func layers(_ parsed: ParsedArguments, command: String) throws(ParameterError) -> [ParameterLayer] {
    let flags = ParameterLayer(parsed.values, naming: .flag, problems: parsed.problems)
    guard let path = parsed.config else { return [flags] }
    do throws(ParameterError) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      let job = try JobFile(contentsOf: path)
      if let process = job.process, process != command {
        throw ParameterError(
          .conflict,
          "\(name) is a job of the command \(process), not of \(command); run \(identity.name) \(process) --config \(path)"
        )
      }
      return [ParameterLayer(job.inputs, naming: .file(name)), flags]
    } catch {
      throw ParameterError(parsed.problems + error.problems)
    }
  }

  private func help(_ words: [String], _ console: Console) -> ExitCode {
    let names = words.filter { !$0.hasPrefix("-") }
    guard let name = names.first else {
      console.print(overview(width: console.width))
      return .done
    }
    guard let command = self[name] else {
      report(unknownCommand(name), console)
      return .wrongUse
    }
    console.print(help(for: command, width: console.width, showsAll: words.contains("--all")))
    return .done
  }

  private func unknownCommand(_ word: String) -> ParameterError {
    let what = word.hasPrefix("-") ? "flag" : "command"
    let names = commands.filter { !$0.isHidden }.map(\.id) + ["help"]
    let suggestion = nearest(to: word, among: names).map { "did you mean \($0)? See" } ?? "see"
    return ParameterError(.unknown, "unknown \(what) \(word); \(suggestion) \(identity.name) --help")
  }

  // MARK: Errors

  /// Prints an error and its causes to standard error: one line each, or one JSON object.
  public func report(_ error: any Error, _ console: Console, seeAlso: String? = nil) {
    let chain = ErrorChain(error)
    if console.logsJSON {
      let event: JSONObject = ["event": "error"]
      console.printError(event.merged(with: chain.json(for: error)).text(.line))
      return
    }
    for (depth, link) in chain.links.enumerated() {
      for line in link.message.split(separator: "\n", omittingEmptySubsequences: false) {
        console.printError(depth == 0 ? "\(identity.name): \(line)" : "  because: \(line)")
      }
    }
    if let seeAlso { console.printError("See '\(seeAlso)'.") }
  }
}
