// SPDX-License-Identifier: Apache-2.0

/// One parameter of a set, with its name and current value.
public struct ParameterField: Sendable {
  /// As in JSON: `templateWindow`.
  public internal(set) var name: String
  /// Heading under which it stands; empty for the set's own.
  public let group: String
  let parameter: any AnyParameter

  public var declaration: ParameterDeclaration { parameter.declaration }
  /// As on the command line: `--template-window`.
  public var flag: String { "--" + kebabCase(name) }
  /// Name of a positional argument in help: `REFERENCE`.
  public var argumentName: String { kebabCase(name).uppercased() }
  public var title: String { declaration.title ?? sentenceCase(name) }
  /// The current value; in a set just made: the default. Nil when required and not set.
  public var value: JSONValue? { parameter.json }
  public var isRequired: Bool { value == nil }
}

/// A set inside another one, with a prefix before its names or with some of its parameters left out.
///
/// ```swift
/// @Nested(prefix: "refine", omitting: ["templateWindow"]) public var leastSquares = LeastSquaresMatching.Parameters()
/// ```
/// gives `--refine-precision-limit`, `refinePrecisionLimit` in JSON. What is left out has no flag and is in no JSON: the
/// code of the outer set gives it a value that follows from the others.
@propertyWrapper
public struct Nested<Set: ParameterSet>: Sendable {
  public var wrappedValue: Set
  let prefix: String
  let omitted: [String]

  /// - Parameters:
  ///   - prefix: put before each name in camel case; may be empty.
  ///   - omitted: names of the inner set's parameters that stay inside.
  public init(wrappedValue: Set, prefix: String = "", omitting omitted: [String] = []) {
    (self.wrappedValue, self.prefix, self.omitted) = (wrappedValue, prefix, omitted)
  }
}

private protocol AnyNested {
  var inner: any ParameterSet { get }
  var prefix: String { get }
  var omitted: [String] { get }
}

extension Nested: AnyNested {
  var inner: any ParameterSet { wrappedValue }
}

/// The parameters of a set and the sets in it.
struct ParameterContents {
  /// A set, with its parameters as it knows them itself and as the outermost set does.
  struct Member {
    let set: any ParameterSet
    let localNames: [String]
    var fields: [ParameterField]
  }

  var fields: [ParameterField] = []
  /// Innermost first, the set itself last: the order in which they are validated.
  var members: [Member] = []
  /// Stored properties that are neither: they would be in no JSON and in no comparison.
  var strays: [String] = []

  init(of set: any ParameterSet, group: String = "") {
    for child in Mirror(reflecting: set).children {
      guard let label = child.label else { continue }
      // A wrapped property `radius` is stored as `_radius`.
      let name = label.hasPrefix("_") ? String(label.dropFirst()) : label
      if let parameter = child.value as? any AnyParameter {
        let heading = parameter.declaration.group ?? group
        fields.append(ParameterField(name: name, group: heading, parameter: parameter))
      } else if let nested = child.value as? any AnyNested {
        add(nested.inner, name, nested.prefix, nested.omitted)
      } else if let inner = child.value as? any ParameterSet {
        add(inner, name, "", [])
      } else {
        strays.append(label)
      }
    }
    members.append(Member(set: set, localNames: fields.map(\.name), fields: fields))
  }

  private mutating func add(_ inner: any ParameterSet, _ name: String, _ prefix: String, _ omitted: [String]) {
    let title = type(of: inner).title
    var nested = ParameterContents(of: inner, group: title.isEmpty ? sentenceCase(name) : title)
    strays += omitted.filter { name in !nested.fields.contains { $0.name == name } }.map { "omitted \($0)" }
    nested.fields.removeAll { omitted.contains($0.name) }
    nested.fields = nested.fields.map { $0.prefixed(prefix) }
    for index in nested.members.indices {
      nested.members[index].fields = nested.members[index].fields.map { $0.prefixed(prefix) }
    }
    fields += nested.fields
    members += nested.members
    strays += nested.strays
  }
}

extension ParameterField {
  fileprivate func prefixed(_ prefix: String) -> ParameterField {
    guard !prefix.isEmpty else { return self }
    var field = self
    field.name = prefix + name.prefix(1).uppercased() + name.dropFirst()
    return field
  }
}

extension ParameterSet {
  /// Conflicts within this set and the sets inside, worded with the names of the outermost set.
  func conflicts(_ naming: ParameterNaming) -> [ParameterError.Problem] {
    ParameterContents(of: self).members.flatMap { member -> [ParameterError.Problem] in
      do throws(ParameterError) {
        try member.set.validate()
        return []
      } catch {
        return error.problems.map { member.renamed($0, naming) }
      }
    }
  }
}

extension ParameterContents.Member {
  /// Names between backticks become what the reader knows.
  fileprivate func renamed(_ problem: ParameterError.Problem, _ naming: ParameterNaming) -> ParameterError.Problem {
    var message = problem.message
    for (name, field) in zip(localNames, fields) {
      message = message.replacing("`\(name)`", with: naming == .flag ? naming.label(field) : field.name)
    }
    let index = problem.parameter.flatMap { localNames.firstIndex(of: $0) }
    return ParameterError.Problem(
      problem.kind, parameter: index.map { fields[$0].name } ?? problem.parameter, message)
  }
}
