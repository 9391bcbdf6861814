// SPDX-License-Identifier: Apache-2.0

/// A group of declared parameters: a struct of `@Parameter` properties and of other sets.
///
/// Everything comes from the declarations: flags and help, JSON in and out, schema, checks, the reference page.
/// Properties that are sets themselves are flattened: their parameters keep their names and stand under the inner
/// set's title; `@Nested` gives them a prefix or leaves some out. Names must be unique throughout. Two sets are equal
/// when their values are.
public protocol ParameterSet: Sendable, Equatable, CustomStringConvertible {
  /// All defaults. Must make every nested set anew, not copy it from a shared one.
  init()

  /// Heading of this set's parameters where it is nested; made from the property's name when empty.
  static var title: String { get }

  /// Checks values against each other, after each has been checked by itself.
  ///
  /// - Throws: `ParameterError.conflict`, with every conflict found.
  func validate() throws(ParameterError)

  /// Defaults that follow from the values given, such as those of a preset: they replace the declared defaults and
  /// yield to every value that was given. Read once, after the given values have been set.
  var implied: JSONObject { get }
}

extension ParameterSet {
  public static var title: String { "" }
  public func validate() throws(ParameterError) {}
  public var implied: JSONObject { [:] }

  public static func == (left: Self, right: Self) -> Bool { left.json == right.json }

  /// All parameters in the order of declaration, those of nested sets in their place.
  public var fields: [ParameterField] {
    ParameterContents(of: self).fields
  }

  /// All values under their names; null for absent optionals; required ones that are not set are left out.
  public var json: JSONObject {
    JSONObject(fields.compactMap { field in field.value.map { (field.name, $0) } })
  }

  /// The values as one line of JSON with sorted keys: equal sets give equal texts, on every machine.
  public var canonicalText: String { json.text(.canonical) }

  public var description: String { canonicalText }

  /// Checks values that were set from Swift: ranges, required parameters and conflicts.
  ///
  /// - Throws: `ParameterError` with all problems.
  public func check() throws(ParameterError) {
    var problems: [ParameterError.Problem] = []
    for field in fields {
      do throws(RefusedValue) {
        guard let value = field.value else {
          problems.append(field.missing(.key))
          continue
        }
        try field.parameter.check(value)
      } catch {
        problems.append(field.problem(error, .key))
      }
    }
    if problems.isEmpty { problems = conflicts(.key) }
    if !problems.isEmpty { throw ParameterError(problems) }
  }
}

// MARK: - Sound declarations

extension ParameterSet {
  /// What is wrong with the declarations themselves; empty in a sound set. For tests.
  public static var declarationProblems: [String] {
    let contents = ParameterContents(of: Self())
    var problems = contents.strays.map { "\($0) is neither an @Parameter nor a ParameterSet" }
    var seen: Set<String> = []
    for field in contents.fields {
      if !seen.insert(field.flag).inserted { problems.append("\(field.name) is declared twice") }
      problems += field.declarationProblems.map { "\(field.name): \($0)" }
    }
    let positionals = contents.fields.filter(\.declaration.isPositional)
    if positionals.dropLast().contains(where: { $0.declaration.shape.isList || $0.declaration.shape.isOptional }) {
      problems.append("only the last positional argument may be a list or an optional")
    }
    return problems
  }
}

extension ParameterField {
  fileprivate var declarationProblems: [String] {
    let shape = declaration.shape
    let help = declaration.help
    var problems: [String] = []
    if ReservedFlag(rawValue: flag) != nil { problems.append("the flag \(flag) is reserved") }
    if help.count < 8 || help.hasSuffix(".") || help.first?.isLowercase == true {
      problems.append("the help must be a clause with a capital and without a full stop: '\(help)'")
    }
    if declaration.isPositional, shape.type == .boolean { problems.append("a Boolean can't be positional") }
    if declaration.count != nil, !shape.isList { problems.append("only lists have a count") }
    if let value, (try? parameter.check(value)) == nil {
      problems.append("the default \(displayed(value)) is not allowed")
    }
    return problems
  }
}

/// Flags that every command has.
enum ReservedFlag: String, CaseIterable {
  case help = "--help"
  case helpAll = "--help-all"
  case version = "--version"
  case config = "--config"
  case jsonErrors = "--json-errors"
}
