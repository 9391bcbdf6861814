// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters

/// Checks a JSON value against a schema of OpenAPI 3.0, as far as our own declarations use it: types, `nullable`,
/// `enum`, limits, lengths, `pattern`, `items`, `properties`, `required`, `additionalProperties`, `anyOf`.
enum SchemaCheck {
  /// The first thing that is wrong, in words; nil when nothing is.
  ///
  /// - Parameter place: where the value stands, as in `authors[0].orcid`.
  static func problem(_ value: JSONValue, _ schema: JSONObject, at place: String) -> String? {
    if value.isNull, schema["nullable"] == true { return nil }
    if let choices = schema["anyOf"]?.arrayValue {
      let forms = choices.compactMap(\.objectValue)
      let problems = forms.map { problem(value, $0, at: place) }
      if problems.contains(where: { $0 == nil }) { return nil }
      // What is wrong is told of the form that was meant.
      let meant = forms.firstIndex { isMeant($0, by: value) } ?? 0
      return problems.isEmpty ? nil : problems[meant]
    }
    if let type = schema["type"]?.stringValue, !has(value, type) {
      return "\(place) must be \(words[type] ?? type), not \(value.text(.line).prefix(60))"
    }
    if let choices = schema["enum"]?.arrayValue, !choices.contains(value) {
      return "\(place) must be one of \(choices.map { $0.text(.line) }.joined(separator: ", "))"
    }
    switch value {
    case .string(let text): return problem(text, schema, at: place)
    case .integer, .number: return problem(value.doubleValue ?? .nan, schema, at: place)
    case .array(let elements): return problem(elements, schema, at: place)
    case .object(let object): return problem(object, schema, at: place)
    case .null, .bool: return nil
    }
  }

  private static let words = [
    "string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object",
  ]

  private static func has(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "string": value.stringValue != nil
    case "integer": value.intValue != nil
    case "number": value.doubleValue != nil
    case "boolean": value.boolValue != nil
    case "array": value.arrayValue != nil
    case "object": value.objectValue != nil
    default: true
    }
  }

  private static func problem(_ text: String, _ schema: JSONObject, at place: String) -> String? {
    let count = text.unicodeScalars.count
    if let least = schema["minLength"]?.intValue, count < least {
      return least == 1 ? "\(place) must not be empty" : "\(place) must have \(least) characters or more"
    }
    if let most = schema["maxLength"]?.intValue, count > most {
      return "\(place) must have \(most) characters at most"
    }
    if let pattern = schema["pattern"]?.stringValue, !fits(text, pattern) {
      return "\(place) must look like \(schema["example"]?.stringValue ?? pattern)"
    }
    return nil
  }

  /// Whether a text fits a pattern; here a `$` also stands before a newline at the end, in schemas it does not.
  private static func fits(_ text: String, _ pattern: String) -> Bool {
    guard let range = text.range(of: pattern, options: .regularExpression) else { return false }
    return !pattern.hasSuffix("$") || range.upperBound == text.endIndex
  }

  /// Whether a form's members of a single value, such as its kind, are those of the value.
  private static func isMeant(_ form: JSONObject, by value: JSONValue) -> Bool {
    let marks = (form["properties"]?.objectValue ?? [:]).filter { $0.value["enum"]?.arrayValue?.count == 1 }
    return !marks.isEmpty && marks.allSatisfy { $0.value["enum"]?.arrayValue?.first == value[$0.key] }
  }

  private static func problem(_ number: Double, _ schema: JSONObject, at place: String) -> String? {
    if let least = schema["minimum"]?.doubleValue, number < least { return "\(place) must be \(least) or more" }
    if let most = schema["maximum"]?.doubleValue, number > most { return "\(place) must be \(most) or less" }
    return nil
  }

  private static func problem(_ elements: [JSONValue], _ schema: JSONObject, at place: String) -> String? {
    if let least = schema["minItems"]?.intValue, elements.count < least {
      return "\(place) must have \(least) elements or more"
    }
    if let most = schema["maxItems"]?.intValue, elements.count > most {
      return "\(place) must have \(most) elements at most"
    }
    guard let items = schema["items"]?.objectValue else { return nil }
    for (number, element) in elements.enumerated() {
      if let problem = problem(element, items, at: "\(place)[\(number)]") { return problem }
    }
    return nil
  }

  private static func problem(_ object: JSONObject, _ schema: JSONObject, at place: String) -> String? {
    let properties = schema["properties"]?.objectValue ?? [:]
    for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where object[name] == nil {
      return "\(place) has no member \(name)"
    }
    for (name, member) in object {
      if let inner = properties[name]?.objectValue {
        if let problem = problem(member, inner, at: "\(place).\(name)") { return problem }
      } else if schema["additionalProperties"] == false {
        return "\(place) has the unknown member \(name); known are \(properties.keys.joined(separator: ", "))"
      }
    }
    return nil
  }
}
