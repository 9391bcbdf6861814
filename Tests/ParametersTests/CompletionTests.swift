// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("Shell completion")
struct CompletionTests {
  /// What bash offers for the words of a line whose last is being typed.
  private func completions(_ words: [String], in folder: URL) throws -> [String] {
    let script = Recorder().tool().completionScript(for: .bash)
    let array = words.map { "'\($0)'" }.joined(separator: " ")
    let driver = """
      \(script)
      cd '\(folder.path)'
      COMP_WORDS=(ogive \(array)); COMP_CWORD=\(words.count)
      _ogive
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    return try shell("bash", driver).split(separator: "\n").map(String.init).sorted()
  }

  private func shell(_ name: String, _ script: String, arguments: [String] = []) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments + ["-c", script]
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test(
    "bash completes commands, flags, values, files and folders",
    arguments: [
      (["ma"], ["match"]), (["help", "i"], ["info"]), (["match", "--se"], ["--search-radius", "--seed"]),
      (["match", "--method", ""], ["dense", "least-squares", "search"]),
      (["match", "--method", "l"], ["least-squares"]),
      (["match", "--method", "=", "d"], ["dense"]),
      (["match", "--method", "="], ["dense", "least-squares", "search"]),
      (["match", ""], ["a b.tif", "folder"]), (["match", "x", ""], ["a b.tif", "folder"]),
      (["match", "x", "y", ""], []),
      (["match", "--out", ""], ["folder"]), (["match", "--seed", ""], []), (["match", "--config", "a"], ["a b.tif"]),
      (["match", "--seed", "5", "x", "y", ""], []), (["match", "--overwrite", "x", "f"], ["folder"]),
      (["match", "--no"], ["--no-report", "--note"]), (["completion", ""], ["bash", "fish", "zsh"]),
      (["nothing", ""], []),
    ])
  func bash(words: [String], expected: [String]) throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appending(path: "a b.tif"))
      try FileManager.default.createDirectory(
        at: folder.appending(path: "folder"), withIntermediateDirectories: true)
      #expect(try completions(words, in: folder) == expected)
    }
  }

  static func exists(_ shell: String) -> Bool {
    ["/bin/", "/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + shell) }
  }

  @Test("zsh reads its script without complaint", .enabled(if: exists("zsh"), "needs zsh"))
  func zsh() throws {
    let script = Recorder().tool().completionScript(for: .zsh)
    #expect(
      try shell("zsh", "autoload -U compinit; compinit -u -D\n\(script)\nwhence -w _ogive", arguments: ["-f"])
        == "_ogive: function\n")
  }

  @Test("fish completes from its script", .enabled(if: exists("fish"), "needs fish"))
  func fish() throws {
    let script = Recorder().tool().completionScript(for: .fish)
    let values = try shell("fish", "\(script)\ncomplete -C 'ogive match --method '", arguments: ["--no-config"])
    #expect(values.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == ["dense", "least-squares", "search"])
  }
}
