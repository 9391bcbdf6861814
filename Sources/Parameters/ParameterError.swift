// SPDX-License-Identifier: Apache-2.0

/// An error that tells a person what happened and a program which kind it is.
///
/// The tool prints the chain of causes; the service returns `kind` as the type of its problem document. Types
/// outside this module's reach need not conform: stored properties of these names are found all the same.
public protocol ExplainedError: Error {
  /// Stable string such as `raster.grid-mismatch`.
  var kind: String { get }
  /// What happened, with the values, and how to cure it; without a full stop.
  var message: String { get }
  /// The error beneath, if any.
  var cause: (any Error)? { get }
}

extension ExplainedError {
  public var cause: (any Error)? { nil }
}

/// Everything that is wrong with one set of parameters, all problems together.
public struct ParameterError: ExplainedError, Equatable, CustomStringConvertible {
  /// What kind of thing is wrong; the raw values are stable.
  public enum Kind: String, Sendable, CaseIterable {
    /// No parameter, command or argument has this name.
    case unknown = "parameters.unknown"
    /// A value of another type than the declared one.
    case wrongType = "parameters.wrong-type"
    /// A value outside the declared range.
    case outOfRange = "parameters.out-of-range"
    /// A value that is none of the declared choices.
    case unknownChoice = "parameters.unknown-choice"
    /// A list with too few or too many values.
    case wrongCount = "parameters.wrong-count"
    /// A required parameter, or the value of a flag, was not given.
    case missing = "parameters.missing"
    /// A flag for one value was given twice.
    case repeated = "parameters.repeated"
    /// Each value is fine, but they don't go together.
    case conflict = "parameters.conflict"
    /// A text that is no JSON, or not of the expected form.
    case malformedJSON = "parameters.malformed-json"
    /// A file that can't be read.
    case unreadable = "parameters.unreadable"
    /// Several problems of different kinds.
    case invalid = "parameters.invalid"
  }

  /// One thing that is wrong.
  public struct Problem: Sendable, Equatable {
    public let kind: Kind
    /// Name of the parameter as Swift and JSON spell it; nil when the problem belongs to none.
    public let parameter: String?
    /// The parameter, the value, what is allowed and how to cure it; without a full stop.
    public let message: String

    public init(_ kind: Kind, parameter: String? = nil, _ message: String) {
      (self.kind, self.parameter, self.message) = (kind, parameter, message)
    }
  }

  public let problems: [Problem]

  /// - Parameter problems: at least one.
  public init(_ problems: [Problem]) {
    precondition(!problems.isEmpty, "an error needs a problem")
    self.problems = problems
  }

  public init(_ kind: Kind, parameter: String? = nil, _ message: String) {
    self.init([Problem(kind, parameter: parameter, message)])
  }

  /// Two or more parameters that don't go together: what `ParameterSet.validate()` throws.
  ///
  /// Names of parameters between backticks are printed as the reader knows them: `` `searchRadius` `` becomes
  /// `--search-radius` on the command line.
  public static func conflict(_ parameter: String, _ message: String) -> ParameterError {
    ParameterError(.conflict, parameter: parameter, message)
  }

  /// The kind of all problems, or `parameters.invalid` when they differ.
  public var kind: String {
    let first = problems[0].kind
    return problems.allSatisfy { $0.kind == first } ? first.rawValue : Kind.invalid.rawValue
  }

  /// One line for each problem.
  public var message: String { problems.map(\.message).joined(separator: "\n") }

  public var description: String { message }
}

/// An error and its causes, outermost first, as texts.
public struct ErrorChain: Sendable {
  public struct Link: Sendable, Equatable {
    public let kind: String
    public let message: String
  }

  public let links: [Link]

  public init(_ error: any Error) {
    var links: [Link] = []
    var next: (any Error)? = error
    // A chain that bites its own tail can't occur with values, but with classes it could.
    while let current = next, links.count < 16 {
      let (link, cause) = Self.explain(current)
      links.append(link)
      next = cause
    }
    self.links = links
  }

  /// Modules below this one in the tiers name their fields alike without sharing a protocol.
  private static func explain(_ error: any Error) -> (Link, (any Error)?) {
    if let explained = error as? any ExplainedError {
      return (Link(kind: explained.kind, message: explained.message), explained.cause)
    }
    var kind: String?
    var message: String?
    var cause: (any Error)?
    for child in Mirror(reflecting: error).children {
      switch child.label {
      case "kind": kind = (child.value as? any RawRepresentable)?.rawValue as? String ?? child.value as? String
      case "message": message = child.value as? String
      case "cause": cause = child.value as? any Error
      default: break
      }
    }
    return (Link(kind: kind ?? "internal.\(type(of: error))", message: message ?? "\(error)"), cause)
  }

  /// As `kind`, `message`, `problems` and `causes`, for logs and for the service.
  public func json(for error: any Error) -> JSONObject {
    var object: JSONObject = ["kind": .string(links[0].kind), "message": .string(links[0].message)]
    if let parameters = error as? ParameterError {
      object["problems"] = .array(parameters.problems.map { .object($0.json) })
    }
    if links.count > 1 {
      object["causes"] = .array(
        links.dropFirst().map { .object(["kind": .string($0.kind), "message": .string($0.message)]) })
    }
    return object
  }
}

extension ParameterError.Problem {
  var json: JSONObject {
    var object: JSONObject = ["kind": .string(kind.rawValue)]
    if let parameter { object["parameter"] = .string(parameter) }
    object["message"] = .string(message)
    return object
  }
}
