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
          field.name, value: value.isNull ? "automatic" : value.stringValue ?? value.text(.line),
          unit: field.declaration.unit, help: field.declaration.help, isSet: given.contains(field.name)))
    }
    return order.map { .init($0, rows: rows[$0] ?? []) }
  }
}
