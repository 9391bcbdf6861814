// SPDX-License-Identifier: Apache-2.0

/// What the words behind a command's name say, before values are checked.
struct ParsedArguments: Sendable {
  var values = JSONObject()
  var problems: [ParameterError.Problem] = []
  /// Path of the job file.
  var config: String?
  var asksForHelp = false
  var asksForAllHelp = false
  var asksForVersion = false
  var wantsJSONErrors = false
}

/// Reads `--key value`, `--key=value`, `--flag`, `--no-flag`, lists and positional arguments.
///
/// The value of a flag is the next word unless that looks like a flag; `-10,20` does not. `--` ends the flags. All
/// problems are collected, none stops the reading.
struct ArgumentParser {
  private let command: String
  private let fields: [ParameterField]
  private let byFlag: [String: ParameterField]
  private var words: ArraySlice<String>
  private var positionals: [String] = []
  private var result = ParsedArguments()

  /// - Parameter command: as printed in messages: `ogive match`.
  init(command: String, fields: [ParameterField], words: [String]) {
    self.command = command
    self.fields = fields
    self.words = words[...]
    byFlag = Dictionary(
      fields.filter { !$0.declaration.isPositional }.map { ($0.flag, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func parse() -> ParsedArguments {
    while let word = words.popFirst() {
      if word == "--" {
        positionals += words
        words = []
      } else if Self.looksLikeFlag(word) {
        parseFlag(word)
      } else {
        positionals.append(word)
      }
    }
    assignPositionals()
    return result
  }

  /// `-5`, `-.5` and `-` are values.
  static func looksLikeFlag(_ word: String) -> Bool {
    guard word.hasPrefix("-"), word.count > 1 else { return false }
    if word.hasPrefix("--") { return true }
    let second = word[word.index(after: word.startIndex)]
    return !(second.isNumber || second == ".")
  }

  // MARK: Flags

  private mutating func parseFlag(_ word: String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (flag, attached) = (parts[0], parts.count > 1 ? parts[1] : nil)
    if flag == "-h" {
      result.asksForHelp = true
    } else if let reserved = ReservedFlag(rawValue: flag) {
      parse(reserved, attached)
    } else if let field = byFlag[flag] {
      parse(field, attached)
    } else if flag.hasPrefix("--no-"), let field = byFlag["--" + flag.dropFirst(5)],
      field.declaration.shape.type == .boolean, attached == nil
    {
      set(field, .bool(false))
    } else {
      reportUnknown(flag)
      // A value behind an unknown flag would be reported as an argument too many: one problem is enough.
      if attached == nil, words.count > 0, !Self.looksLikeFlag(words.first ?? ""), takesValueProbably(flag) {
        words.removeFirst()
      }
    }
  }

  private mutating func parse(_ reserved: ReservedFlag, _ attached: String?) {
    switch reserved {
    case .help: result.asksForHelp = true
    case .helpAll: result.asksForAllHelp = true
    case .version: result.asksForVersion = true
    case .jsonErrors: result.wantsJSONErrors = true
    case .config:
      guard let path = attached ?? takeValue(), !path.isEmpty else {
        report(.missing, "--config needs a value: a job file, as in --config job.json")
        return
      }
      if result.config != nil { report(.repeated, "--config is given twice; one job file is read") }
      result.config = path
    }
  }

  private mutating func parse(_ field: ParameterField, _ attached: String?) {
    let shape = field.declaration.shape
    if shape.type == .boolean, !shape.isList, attached == nil {
      set(field, .bool(true))
      if let next = words.first, next == "true" || next == "false" {
        report(
          .wrongType, about: field.name,
          "the word '\(next)' behind \(field.flag) is not read; write \(field.flag)=\(next)")
        words.removeFirst()
      }
      return
    }
    guard let word = attached ?? takeValue() else {
      report(
        .missing, about: field.name,
        "\(field.flag) needs a value: \(field.declaration.allowed), as in \(field.flag) \(field.declaration.placeholder)"
      )
      return
    }
    if shape.isOptional, meansAbsent(word, shape.type) {
      set(field, .null)
    } else if shape.isList {
      append(field, elements(field, word))
    } else {
      set(field, shape.json(word: word))
    }
  }

  /// `auto` and `none` unset an optional; a text or a choice of that name means itself.
  private func meansAbsent(_ word: String, _ type: ParameterType) -> Bool {
    guard word == "auto" || word == "none", type != .text else { return false }
    return !type.choices.contains { $0.name == word }
  }

  /// The words of one list value: commas separate; a list of n numbers may also be n words.
  private mutating func elements(_ field: ParameterField, _ word: String) -> [JSONValue] {
    let shape = field.declaration.shape
    guard shape.splitsAtCommas else { return [shape.json(word: word)] }
    if word.isEmpty { return [] }
    var values = word.split(separator: ",", omittingEmptySubsequences: false).map { shape.json(word: String($0)) }
    guard let count = field.declaration.count?.lowerBound, [.integer, .number].contains(shape.type),
      result.values[field.name] == nil
    else { return values }
    while values.count < count, let next = words.first, shape.json(word: next).doubleValue != nil {
      values.append(shape.json(word: next))
      words.removeFirst()
    }
    return values
  }

  private mutating func takeValue() -> String? {
    guard let next = words.first, !Self.looksLikeFlag(next) else { return nil }
    words.removeFirst()
    return next
  }

  private mutating func set(_ field: ParameterField, _ value: JSONValue) {
    if result.values[field.name] != nil {
      report(.repeated, about: field.name, "\(field.flag) is given twice; give it once")
    }
    result.values[field.name] = value
  }

  private mutating func append(_ field: ParameterField, _ values: [JSONValue]) {
    result.values[field.name] = .array((result.values[field.name]?.arrayValue ?? []) + values)
  }

  // MARK: Positional arguments

  private mutating func assignPositionals() {
    var remaining = positionals[...]
    let targets = fields.filter(\.declaration.isPositional)
    for field in targets {
      guard let word = remaining.popFirst() else { break }
      let shape = field.declaration.shape
      if shape.isList {
        result.values[field.name] = .array(([word] + remaining).map { shape.json(word: $0) })
        remaining = []
      } else {
        result.values[field.name] = shape.json(word: word)
      }
    }
    for word in remaining {
      let names = targets.map(\.argumentName)
      let takes = names.isEmpty ? "no arguments without a flag" : listed(names, "and") + " only"
      report(.unknown, "unexpected argument '\(word)'; \(command) takes \(takes)")
    }
  }

  // MARK: Problems

  private mutating func reportUnknown(_ flag: String) {
    if let positional = fields.first(where: { $0.declaration.isPositional && $0.flag == flag }) {
      let cure = "\(positional.argumentName) is given without a flag"
      report(.unknown, about: positional.name, "unknown flag \(flag); \(cure)")
      return
    }
    let switches = byFlag.values.filter { $0.declaration.shape.type == .boolean }
    // Sorted: the order of a dictionary changes from run to run.
    let known =
      (byFlag.keys + ReservedFlag.allCases.map(\.rawValue)).sorted()
      + switches.map { "--no-" + $0.flag.dropFirst(2) }.sorted()
    let meant = nearest(to: flag, among: known)
    let cure = meant.map { "did you mean \($0)?" } ?? "see \(command) --help"
    // Named after the flag that was meant, which then is not reported as missing as well.
    report(.unknown, about: meant.flatMap { byFlag[$0]?.name }, "unknown flag \(flag); \(cure)")
  }

  /// The unknown flag takes a value if the flag that was meant does.
  private func takesValueProbably(_ flag: String) -> Bool {
    guard let meant = nearest(to: flag, among: byFlag.keys.sorted()), let field = byFlag[meant] else {
      return fields.filter(\.declaration.isPositional).count <= positionals.count
    }
    return field.declaration.shape.type != .boolean
  }

  private mutating func report(_ kind: ParameterError.Kind, about parameter: String? = nil, _ message: String) {
    result.problems.append(ParameterError.Problem(kind, parameter: parameter, message))
  }
}
