// SPDX-License-Identifier: Apache-2.0

/// How the reader of a message knows the parameters.
public enum ParameterNaming: Sendable, Equatable {
  /// `--template-window`, `REFERENCE`: the command line.
  case flag
  /// `templateWindow`: Swift and HTTP.
  case key
  /// `templateWindow in job.json`.
  case file(String)

  func label(_ field: ParameterField) -> String {
    switch self {
    case .flag: field.declaration.isPositional ? field.argumentName : field.flag
    case .key: field.name
    case .file(let file): "\(field.name) in \(file)"
    }
  }
}

/// Values from one source; later layers replace the values of earlier ones.
public struct ParameterLayer: Sendable {
  public var values: JSONObject
  public let naming: ParameterNaming
  /// What was already found wrong with the source; the parameters named there are not reported again.
  public var problems: [ParameterError.Problem]

  public init(_ values: JSONObject, naming: ParameterNaming, problems: [ParameterError.Problem] = []) {
    (self.values, self.naming, self.problems) = (values, naming, problems)
  }
}

extension ParameterSet {
  /// Defaults overlaid with `overrides`, decoded and checked: the one door for values from outside.
  ///
  /// - Parameters:
  ///   - overrides: values by parameter name, such as `["templateWindow": 51]`.
  ///   - base: the set whose values stand where `overrides` has none; the defaults when nil.
  /// - Throws: `ParameterError` with every problem: unknown names, wrong types, values out of range, missing
  ///   required parameters; and, when each value is fine by itself, every conflict that `validate()` finds.
  public init(overrides: JSONObject, over base: Self? = nil) throws(ParameterError) {
    try self.init(layers: [ParameterLayer(overrides, naming: .key)], over: base)
  }

  /// Reads the values from a JSON object, given as text; see `init(overrides:over:)`.
  ///
  /// - Parameter name: what the text is called in messages, such as `job.json`.
  public init(json text: String, named name: String = "JSON") throws(ParameterError) {
    guard let object = try JSONValue(parsing: text, named: name).objectValue else {
      throw ParameterError(.malformedJSON, "\(name) must be an object: {\"parameter\": value, …}")
    }
    try self.init(overrides: object)
  }

  /// Overlays layers of values from several sources, as the command line does with a job file and flags.
  public init(layers: [ParameterLayer], over base: Self? = nil) throws(ParameterError) {
    var problems = layers.flatMap(\.problems)
    self = Self.fresh(base)
    problems += overlay(layers)
    if problems.isEmpty, !implied.isEmpty {
      let defaults = implied
      self = Self.fresh(base)
      let faults = overlay([ParameterLayer(defaults, naming: .key)], allowsMissing: true)
      precondition(faults.isEmpty, "implied values are not allowed: \(faults.map(\.message))")
      problems += overlay(layers)
    }
    if problems.isEmpty { problems = conflicts(layers.last?.naming ?? .key) }
    if !problems.isEmpty { throw ParameterError(problems) }
  }

  /// A set of its own boxes, with the values of `base`.
  private static func fresh(_ base: Self?) -> Self {
    let set = Self()
    // Boxes shared with another set would change under it: see `ParameterStorage`.
    let other = Self()
    withExtendedLifetime(other) {
      for (field, twin) in zip(set.fields, other.fields) {
        precondition(
          field.parameter.box != twin.parameter.box,
          "\(Self.self).init() takes '\(field.name)' from a shared set; make it anew")
      }
    }
    if let base {
      for (field, source) in zip(set.fields, base.fields) { field.parameter.adopt(source.parameter) }
    }
    return set
  }

  /// Puts values into this set's boxes, which nobody else holds yet.
  private func overlay(_ layers: [ParameterLayer], allowsMissing: Bool = false) -> [ParameterError.Problem] {
    let fields = fields
    let excused = Set(layers.flatMap(\.problems).compactMap(\.parameter))
    var problems = layers.flatMap { $0.unknownNames(fields) }
    for field in fields where !excused.contains(field.name) {
      guard let layer = layers.last(where: { $0.values[field.name] != nil }), let value = layer.values[field.name]
      else {
        if field.isRequired, !allowsMissing { problems.append(field.missing(layers.last?.naming ?? .key)) }
        continue
      }
      do throws(RefusedValue) {
        try field.parameter.assign(value)
      } catch {
        problems.append(field.problem(error, layer.naming))
      }
    }
    return problems
  }
}

extension ParameterLayer {
  fileprivate func unknownNames(_ fields: [ParameterField]) -> [ParameterError.Problem] {
    let names = fields.map(\.name)
    return values.keys.filter { !names.contains($0) }.map { key in
      let place = if case .file(let file) = naming { " in \(file)" } else { "" }
      let suggestion = nearest(to: key, among: names).map { "; did you mean \($0)?" } ?? ""
      return ParameterError.Problem(.unknown, parameter: key, "unknown parameter \(key)\(place)\(suggestion)")
    }
  }
}

// MARK: - Wording

extension ParameterField {
  /// The value that a message quotes: as typed on the command line, as JSON elsewhere.
  private func quoted(_ value: JSONValue, _ naming: ParameterNaming) -> String {
    let text =
      if naming == .flag {
        value.stringValue.map { "'\($0)'" } ?? displayed(value)
      } else {
        value.text(.line)
      }
    return text.count <= 60 ? text : text.prefix(57) + "..."
  }

  func problem(_ refused: RefusedValue, _ naming: ParameterNaming) -> ParameterError.Problem {
    let label = naming.label(self)
    let shown = quoted(refused.value, naming)
    let allowed =
      naming == .flag && declaration.shape.splitsAtCommas
      ? declaration.allowed + ", separated by commas" : declaration.allowed
    let message =
      switch refused.kind {
      case .outOfRange: "\(label) is \(shown), which is out of range; give \(allowed)"
      case .unknownChoice: "\(label) is \(shown); \(suggestion(for: refused.value)) \(allowed)"
      case .wrongCount: "\(label) takes \(allowed), not \(refused.value.arrayValue?.count ?? 0)"
      default: "\(label) takes \(allowed), not \(shown)"
      }
    return ParameterError.Problem(refused.kind, parameter: name, message)
  }

  private func suggestion(for value: JSONValue) -> String {
    let names = declaration.shape.type.choices.map(\.name)
    let meant = value.stringValue.flatMap { nearest(to: $0, among: names) }
    return meant.map { "did you mean \($0)? Give" } ?? "give"
  }

  func missing(_ naming: ParameterNaming) -> ParameterError.Problem {
    let cure =
      switch naming {
      case .flag where declaration.isPositional: "give \(declaration.allowed)"
      case .flag: "give \(declaration.allowed), as in \(flag) \(declaration.placeholder)"
      default: "give \(declaration.allowed) as \"\(name)\""
      }
    let text = "\(naming.label(self)) is missing (\(declaration.help)); \(cure)"
    return ParameterError.Problem(.missing, parameter: name, text)
  }
}
