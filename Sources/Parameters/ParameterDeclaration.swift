// SPDX-License-Identifier: Apache-2.0

/// What a declaration may say beyond help, unit, range and default.
public enum ParameterTrait: Sendable {
  /// Short title of the field in a form; else made from the name.
  case title(String)
  /// Heading under which the parameter stands, such as the stage that it belongs to; else that of its set.
  case group(String)
  /// For those who know: folded away in the form, shown by `--help-all`.
  case advanced
  /// An argument without a flag, in the order of declaration.
  case positional
  /// Number of elements of a list.
  case count(ClosedRange<Int>)
  /// What happens when the optional is absent: "automatic", "none", "from the file name".
  case absent(String)
  /// A word that may stand in place of a file, and names none.
  case word(String)

  /// Exact number of elements of a list.
  public static func count(_ count: Int) -> ParameterTrait { .count(count...count) }
}

/// Everything that was declared about one parameter but its name and default.
public struct ParameterDeclaration: Sendable {
  public let shape: ParameterShape
  public let help: String
  public let unit: String
  public let limits: ParameterLimits?
  public private(set) var title: String?
  public private(set) var group: String?
  public private(set) var isAdvanced = false
  public private(set) var isPositional = false
  public private(set) var count: ClosedRange<Int>?
  public private(set) var word: String?
  private var absence: String?

  init(
    _ shape: ParameterShape, _ help: String, _ unit: String, _ limits: ParameterLimits?, _ traits: [ParameterTrait]
  ) {
    (self.shape, self.help, self.unit, self.limits) = (shape, help, unit, limits)
    for trait in traits {
      switch trait {
      case .title(let text): title = text
      case .group(let text): group = text
      case .advanced: isAdvanced = true
      case .positional: isPositional = true
      case .count(let range): count = range
      case .absent(let text): absence = text
      case .word(let text): word = text
      }
    }
  }

  /// What stands for the default of an optional: numbers and choices are found, files and dates are not needed.
  public var absent: String {
    if let absence { return absence }
    if shape.isList { return "none" }
    switch shape.type {
    case .integer, .number, .choice, .boolean: return "automatic"
    case .text, .date, .path, .area: return "none"
    }
  }

  /// Range and count; the type is checked by then.
  func check(_ json: JSONValue) throws(RefusedValue) {
    if json.isNull { return }
    let values = shape.isList ? json.arrayValue ?? [] : [json]
    if let count, !count.contains(values.count) { throw RefusedValue(.wrongCount, json) }
    for value in values {
      if let limits, !limits.contains(value) { throw RefusedValue(.outOfRange, value) }
    }
  }
}

/// The declared range of a parameter's elements.
public struct ParameterLimits: Sendable {
  public let lower: JSONValue?
  public let upper: JSONValue?
  /// `0..<1`: the upper bound itself is not allowed.
  public let isUpperExcluded: Bool
  let contains: @Sendable (JSONValue) -> Bool

  /// Swift has no range without its lower bound; `Double.leastNonzeroMagnitude...` is declared for "above 0".
  public var isAboveZero: Bool { lower == .number(.leastNonzeroMagnitude) }

  /// Takes `a...b`, `a...`, `...b`, `a..<b` and `..<b`.
  init<Bound: Comparable & ParameterValue, Range: RangeExpression<Bound> & Sendable>(_ range: Range) {
    contains = { json in (try? Bound(json: json)).map(range.contains) ?? false }
    switch range {
    case let range as ClosedRange<Bound>:
      (lower, upper, isUpperExcluded) = (range.lowerBound.json, range.upperBound.json, false)
    case let range as Swift.Range<Bound>:
      (lower, upper, isUpperExcluded) = (range.lowerBound.json, range.upperBound.json, true)
    case let range as PartialRangeFrom<Bound>: (lower, upper, isUpperExcluded) = (range.lowerBound.json, nil, false)
    case let range as PartialRangeThrough<Bound>:
      (lower, upper, isUpperExcluded) = (nil, range.upperBound.json, false)
    case let range as PartialRangeUpTo<Bound>: (lower, upper, isUpperExcluded) = (nil, range.upperBound.json, true)
    default: preconditionFailure("a range of the type \(Range.self) can't be declared")
    }
  }
}

// MARK: - Words for people

extension ParameterDeclaration {
  /// What is allowed, as a noun: "a whole number from 5 to 511 px", "4 numbers", "one of a, b or c".
  public var allowed: String { shape.isList ? allowedList : allowedOne }

  private var allowedOne: String {
    switch shape.type {
    case .integer: "a whole number" + range
    case .number: "a number" + range
    case .boolean: "true or false"
    case .text: "a text"
    case .date: "a date such as 2020-01-31 or 2020-01-31T14:05:00Z" + range
    case .area: "a vector file, or a box as WEST,SOUTH,EAST,NORTH with west < east and south < north"
    case .choice(let choices): choices.count == 1 ? choices[0].name : "one of " + listed(choices.map(\.name))
    case .path(let role): role.isFolder ? "a folder" : "a file"
    }
  }

  private var allowedList: String {
    let number = count.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound) " : counted($0) } ?? ""
    switch shape.type {
    case .integer: return number + "whole numbers" + range
    case .number: return number + "numbers" + range
    case .boolean: return number + "values that are true or false"
    case .text: return number + "texts"
    case .date: return number + "dates such as 2020-01-31 or 2020-01-31T14:05:00Z" + range
    case .area: return number + "areas"
    case .choice(let choices): return number + "values out of " + listed(choices.map(\.name), "and")
    case .path(let role): return number + (role.isFolder ? "folders" : "files")
    }
  }

  private func counted(_ count: ClosedRange<Int>) -> String {
    count.upperBound == Int.max ? "at least \(count.lowerBound) " : "\(count.lowerBound) to \(count.upperBound) "
  }

  private var range: String {
    let unit = unit.isEmpty ? "" : " " + unit
    guard let limits else { return unit.isEmpty ? "" : " of" + unit }
    let upper = limits.upper.map { (limits.isUpperExcluded ? "below " : "") + displayed($0) }
    switch (limits.lower.map(displayed), upper) {
    case (let lower?, let upper?): return " from \(lower) to \(upper)" + unit
    case (let lower?, nil): return (limits.isAboveZero ? " above 0" : " of at least \(lower)") + unit
    case (nil, let upper?): return (limits.isUpperExcluded ? " \(upper)" : " of at most \(upper)") + unit
    case (nil, nil): return unit
    }
  }

  /// The range in signs, for tables: `5…511`, `≥ 0`, `a, b or c`; empty when nothing bounds the value.
  public var allowedShort: String {
    if let limits {
      if limits.isAboveZero, limits.upper == nil { return "> 0" }
      switch (limits.lower.map(displayed), limits.upper.map(displayed)) {
      case (let lower?, let upper?): return lower + (limits.isUpperExcluded ? " … < " : "…") + upper
      case (let lower?, nil): return "≥ " + lower
      case (nil, let upper?): return (limits.isUpperExcluded ? "< " : "≤ ") + upper
      case (nil, nil): return ""
      }
    }
    return shape.type == .boolean ? "true, false" : shape.type.choices.map(\.name).joined(separator: ", ")
  }

  /// Stands for the value in a synopsis: `N`, `X,X,X,X`, `FILE`.
  public var placeholder: String {
    let one =
      switch shape.type {
      case .integer: "N"
      case .number: "X"
      case .boolean: "true|false"
      case .text: "TEXT"
      case .date: "DATE"
      case .area: "FILE|W,S,E,N"
      case .choice: "NAME"
      case .path(let role): role.isFolder ? "FOLDER" : "FILE"
      }
    guard shape.splitsAtCommas else { return one }
    if let count, count.lowerBound == count.upperBound, count.upperBound <= 6 {
      return Array(repeating: one, count: count.upperBound).joined(separator: ",")
    }
    return one + ",…"
  }
}

/// A value as people read it: no quotes around texts, `5` rather than `5.0`.
func displayed(_ json: JSONValue) -> String {
  switch json {
  case .number(.leastNonzeroMagnitude): "above 0"
  case .string(let text): text
  case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
  case .array(let values): values.map(displayed).joined(separator: ",")
  default: json.text(.line)
  }
}
