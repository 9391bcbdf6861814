// SPDX-License-Identifier: Apache-2.0
import Figures
import Parameters

extension ParameterSet {
  /// All parameters as a report shows them, under their headings.
  ///
  /// - Parameter given: names of those that the user has set.
  func reportGroups(given: Set<String>) -> [MatchReportContent.ParameterGroup] {
    var order: [String] = [], rows: [String: [MatchReportContent.ParameterRow]] = [:]
    for field in fields {
      let group = field.group.isEmpty ? "Basic" : field.group
      if rows[group] == nil { order.append(group) }
      let value = field.value ?? .null
      rows[group, default: []].append(
        .init(
          field.name, value: value.isNull ? field.declaration.absent : Self.words(value),
          unit: value.isNull ? "" : field.declaration.unit, help: field.declaration.help,
          isSet: given.contains(field.name)))
    }
    return order.map { .init($0, rows: rows[$0] ?? []) }
  }

  /// Most members of a list that a report names.
  private static var mostNamed: Int { 6 }

  /// A value as people write it: lists with commas, truth as yes or no.
  private static func words(_ value: JSONValue) -> String {
    if let list = value.arrayValue {
      let named = list.prefix(mostNamed).map(words).joined(separator: ", ")
      return list.isEmpty ? "none" : list.count > mostNamed ? "\(named) and \(list.count - mostNamed) more" : named
    }
    if let number = value.doubleValue { return NumberText.round(number) }
    if case .bool(let isOn) = value { return isOn ? "yes" : "no" }
    return value.stringValue ?? value.text(.line)
  }
}
