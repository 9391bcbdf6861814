// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A shell for which a completion script can be printed.
public enum Shell: String, ParameterChoice {
  case bash, zsh, fish

  public var summary: String {
    switch self {
    case .bash: "source <(ogive completion bash), or save it as /etc/bash_completion.d/ogive"
    case .zsh: "save it as _ogive in a folder of $fpath"
    case .fish: "save it as ~/.config/fish/completions/ogive.fish"
    }
  }
}

/// `ogive completion bash|zsh|fish`.
struct CompletionCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Shell that the script is for", .positional) var shell: Shell
  }

  let id = "completion"
  let summary = "Print a script that completes commands, flags and values in a shell"
  let examples = ["completion bash > /etc/bash_completion.d/ogive"]

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    invocation.console.print(invocation.tool.completionScript(for: invocation.parameters.shell))
    return .done
  }
}

/// `ogive reference --out docs/reference`: one page for each command, for the project's own documentation.
struct ReferenceCommand: Command {
  struct Parameters: ParameterSet {
    @Parameter("Folder of the pages") var out: OutputFolder
    @Parameter("Write nothing; fail when a page differs from what would be written") var check = false
  }

  let id = "reference"
  let summary = "Write the reference page of each command"
  let isHidden = true

  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode {
    let folder = URL(fileURLWithPath: invocation.parameters.out.path)
    let pages = invocation.tool.referencePages()
    if invocation.parameters.check { return try check(pages, in: folder, invocation) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for page in pages {
        try Data(page.text.utf8).write(to: folder.appending(path: page.name), options: .atomic)
      }
    } catch {
      throw ParameterError(
        .unreadable, parameter: "out", "can't write into the folder \(folder.path): \(error.localizedDescription)")
    }
    return .done
  }

  private func check(_ pages: [ReferencePage], in folder: URL, _ invocation: Invocation<Parameters>) throws
    -> ExitCode
  {
    var isCurrent = true
    for page in pages {
      let file = folder.appending(path: page.name)
      guard let data = try? Data(contentsOf: file), data.elementsEqual(page.text.utf8) else {
        invocation.console.printError(
          "\(file.path) is not up to date; run \(invocation.tool.identity.name) reference --out \(folder.path)")
        isCurrent = false
        continue
      }
    }
    let present = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in present.sorted() where name.hasSuffix(".md") && !pages.contains(where: { $0.name == name }) {
      invocation.console.printError("\(folder.path)/\(name) belongs to no command; delete it")
      isCurrent = false
    }
    return isCurrent ? .done : .failed
  }
}
