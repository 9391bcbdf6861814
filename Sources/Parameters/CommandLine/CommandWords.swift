// SPDX-License-Identifier: Apache-2.0

extension ParameterSet {
  /// The words of a command line that gives these values: arguments, then the flags that differ from the defaults.
  ///
  /// For reports and provenance: reading them gives an equal set, if no text of a list holds a comma.
  public var commandLineWords: [String] {
    let defaults = Self().json
    let implied = implied
    var positionals: [String] = []
    var flags: [String] = []
    for field in fields {
      guard let value = field.value else { continue }
      if field.declaration.isPositional {
        positionals += (value.arrayValue ?? [value]).filter { !$0.isNull }.map(field.word)
      } else if value != defaults[field.name] || implied[field.name] != nil {
        flags += field.words(value)
      }
    }
    let needsEnd = positionals.contains(where: ArgumentParser.looksLikeFlag)
    return needsEnd ? flags + ["--"] + positionals : positionals + flags
  }
}

extension ParameterField {
  fileprivate func words(_ value: JSONValue) -> [String] {
    let shape = declaration.shape
    if let isOn = value.boolValue { return [isOn ? flag : "--no-" + flag.dropFirst(2)] }
    if shape.isList, let values = value.arrayValue {
      if shape.splitsAtCommas { return attached(values.map(word).joined(separator: ",")) }
      return values.flatMap { attached(word($0)) }
    }
    return attached(word(value))
  }

  /// `--flag value`, or `--flag=value` where the value would be taken for a flag or get lost.
  private func attached(_ word: String) -> [String] {
    word.isEmpty || ArgumentParser.looksLikeFlag(word) ? ["\(flag)=\(word)"] : [flag, word]
  }

  fileprivate func word(_ value: JSONValue) -> String {
    switch value {
    case .null: return "none"
    case .number(let number): return number.description
    case .string(let text):
      // Names of files that would be read as something else.
      let isPath = ![.text, .date].contains(declaration.shape.type) && declaration.shape.type.choices.isEmpty
      let isTaken = text == "none" || text == "auto" || Area.json(word: text).arrayValue != nil
      return isPath && isTaken ? "./" + text : text
    case .array(let values): return values.map(word).joined(separator: ",")
    default: return value.text(.line)
    }
  }
}

/// Words as one line that a POSIX shell reads as these words.
public func shellLine(_ words: [String]) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+.,/:@%")
  return words.map { word in
    !word.isEmpty && word.allSatisfy(plain.contains) ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }.joined(separator: " ")
}
