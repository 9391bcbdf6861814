// SPDX-License-Identifier: Apache-2.0
import Foundation
import Jobs
import Parameters

/// Two jobs side by side: every parameter with its default, and the figures of both summaries.
struct JobComparison {
  private let jobs: [Job]
  private let platform: Platform

  init(_ first: Job, _ second: Job, _ platform: Platform) {
    (jobs, self.platform) = ([first, second], platform)
  }

  var json: JSONObject { ["parameters": .array(parameters), "results": .array(results)] }

  private var parameters: [JSONValue] {
    let sets = jobs.map { job -> JSONObject in
      let process = try? platform.registry.process(job.process)
      return process.flatMap { try? $0.resolved(job.inputs, out: "result") } ?? job.inputs
    }
    var seen: Set<String> = []
    let fields = jobs.compactMap { try? platform.registry.process($0.process) }.flatMap(\.parameterFields)
      .filter { seen.insert($0.name).inserted && !ServedProcess.hiddenInputs.contains($0.name) }
    return fields.map { field in
      let values = sets.map { $0[field.name] ?? .null }
      return [
        "name": .string(field.name), "title": .string(field.title),
        "unit": field.declaration.unit.isEmpty ? .null : .string(field.declaration.unit),
        "values": .array(values), "default": field.value ?? .null, "differs": .bool(values[0] != values[1]),
      ]
    }
  }

  /// Numbers of the summaries, by their path in them.
  private var results: [JSONValue] {
    let tables = jobs.map { job -> [(name: String, value: JSONValue)] in
      guard let data = FileManager.default.contents(atPath: platform.resultFolder(of: job.id) + "/summary.json"),
        let summary = try? JSONValue(parsing: [UInt8](data), named: "summary.json")
      else { return [] }
      return Self.numbers(summary, at: "")
    }
    var seen: Set<String> = []
    let names = tables.flatMap { $0 }.map(\.name).filter { seen.insert($0).inserted }
    return names.map { name in
      let values = tables.map { table in table.first { $0.name == name }?.value ?? .null }
      return ["name": .string(name), "title": .string(name), "unit": .null, "values": .array(values)]
    }
  }

  private static func numbers(_ value: JSONValue, at place: String) -> [(name: String, value: JSONValue)] {
    if value.doubleValue != nil { return [(place, value)] }
    guard let object = value.objectValue else { return [] }
    return object.flatMap { numbers($0.value, at: place.isEmpty ? $0.key : "\(place).\($0.key)") }
  }
}
