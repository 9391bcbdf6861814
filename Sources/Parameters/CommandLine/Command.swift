// SPDX-License-Identifier: Apache-2.0

/// How a command ended; the raw value is the exit status of the process.
public enum ExitCode: Int32, Sendable, CaseIterable {
  /// Everything that was asked for was done.
  case done = 0
  /// Nothing usable was produced, though the call was right.
  case failed = 1
  /// The call was wrong: unknown or missing arguments, values that are not allowed. Nothing was touched.
  case wrongUse = 2
  /// Some results are there and are sound, others are missing; the messages say which.
  case partlyDone = 3

  /// What the reference pages say about it.
  public var summary: String {
    switch self {
    case .done: "done"
    case .failed: "failed; the message says why"
    case .wrongUse: "wrong use: an argument is unknown, missing or not allowed; nothing was touched"
    case .partlyDone: "partly done: some results are missing; the messages say which"
    }
  }
}

/// One subcommand of the tool: `ogive <id>`.
///
/// Flags, positional arguments, help, completion, schema and reference page come from `Parameters`.
public protocol Command: Sendable {
  associatedtype Parameters: ParameterSet

  /// Name in kebab case, also the name of the process on the service.
  var id: String { get }
  /// What it does: a clause without a full stop, capital first letter.
  var summary: String { get }
  /// Paragraphs under the summary in help and on the reference page; Markdown without headings.
  var discussion: String { get }
  /// Calls that a user can copy, without the name of the tool: `match a.tif b.tif --out result`.
  var examples: [String] { get }
  /// Left out of overview, completion and reference pages.
  var isHidden: Bool { get }

  /// Does the work.
  ///
  /// - Throws: any error; the tool prints it with its causes and exits with 1, or with 2 for a `ParameterError` other
  ///   than `parameters.unreadable`.
  func run(_ invocation: Invocation<Parameters>) throws -> ExitCode
}

extension Command {
  public var discussion: String { "" }
  public var examples: [String] { [] }
  public var isHidden: Bool { false }

  /// Description of the command as a process (OGC API Processes, part 1), without links.
  public func processDescription(version: String) -> JSONObject {
    [
      "id": .string(id),
      "title": .string(summary),
      "description": .string(discussion.isEmpty ? summary : discussion),
      "version": .string(version),
      "jobControlOptions": ["async-execute"],
      "inputs": .object(Parameters.ogcInputs),
    ]
  }
}

/// One call of a command.
public struct Invocation<Parameters: ParameterSet>: Sendable {
  public let parameters: Parameters
  /// Names of the parameters that were given by flag, argument or job file, in no order that matters.
  public let given: Set<String>
  /// The words behind the command's name, as they were typed.
  public let words: [String]
  /// Where to print.
  public let console: Console
  /// The tool that runs the command; its `identity` belongs into provenance.
  public let tool: CommandLineTool

  public init(
    _ parameters: Parameters, given: Set<String> = [], words: [String] = [], console: Console, tool: CommandLineTool
  ) {
    (self.parameters, self.given, self.words) = (parameters, given, words)
    (self.console, self.tool) = (console, tool)
  }
}

/// Who runs: `ogive 0.1.0`.
public struct ToolIdentity: Sendable, Equatable {
  public let name: String
  public let version: String
  public let summary: String

  public init(name: String, version: String, summary: String) {
    (self.name, self.version, self.summary) = (name, version, summary)
  }
}
