// SPDX-License-Identifier: Apache-2.0
import Parameters

/// The parameters of two jobs side by side, and what differs from the defaults.
public struct JobComparison: Sendable, Equatable {
  public struct Row: Sendable, Equatable {
    /// Name as in JSON.
    public let name: String
    /// Values with the defaults filled in; null where a job has none.
    public let left, right: JSONValue
    /// Null for what has no default.
    public let standard: JSONValue

    public var differs: Bool { !Self.isSame(left, right) }
    public var leftIsDefault: Bool { Self.isSame(left, standard) }
    public var rightIsDefault: Bool { Self.isSame(right, standard) }

    /// 1 and 1.0 are one number.
    private static func isSame(_ a: JSONValue, _ b: JSONValue) -> Bool {
      if let a = a.doubleValue, let b = b.doubleValue { return a == b }
      if let a = a.arrayValue, let b = b.arrayValue { return a.count == b.count && zip(a, b).allSatisfy(isSame) }
      return a == b
    }
  }

  /// In the order of declaration; of two processes, those of the left one first.
  public let rows: [Row]
  public let isSameProcess: Bool

  /// Compares two jobs.
  ///
  /// - Parameter tool: the commands that declare the defaults; parameters of a process that is no longer there are
  ///   compared as they were given.
  public init(_ left: Job, _ right: Job, in tool: CommandLineTool) {
    isSameProcess = left.process == right.process
    let first = Self.standards(left.process, tool), second = Self.standards(right.process, tool)
    var names: [String] = []
    for name in first.keys + second.keys + left.inputs.keys + right.inputs.keys where !names.contains(name) {
      names.append(name)
    }
    rows = names.filter { $0 != "out" }.map { name in
      let standard = first[name] ?? second[name] ?? .null
      return Row(
        name: name, left: left.inputs[name] ?? first[name] ?? .null,
        right: right.inputs[name] ?? second[name] ?? .null, standard: standard)
    }
  }

  /// What differs between the two.
  public var differences: [Row] { rows.filter(\.differs) }

  /// All declared parameters in their order; null for those without a default.
  private static func standards(_ process: String, _ tool: CommandLineTool) -> JSONObject {
    func values<C: Command>(_ command: C) -> JSONObject {
      JSONObject(C.Parameters().fields.map { ($0.name, $0.value ?? .null) })
    }
    return tool[process].map { values($0) } ?? [:]
  }

  public var json: JSONObject {
    [
      "sameProcess": .bool(isSameProcess),
      "parameters": .array(
        rows.map {
          [
            "name": .string($0.name), "left": $0.left, "right": $0.right, "default": $0.standard,
            "differs": .bool($0.differs), "leftIsDefault": .bool($0.leftIsDefault),
            "rightIsDefault": .bool($0.rightIsDefault),
          ]
        }),
    ]
  }
}

extension Job {
  /// A request for the same again.
  ///
  /// - Parameter owner: who asks.
  public func repeated(by owner: String) -> JobRequest {
    var request = JobRequest(
      process: process, inputs: inputs, title: title,
      sharing: owner == sharing.ownerID ? sharing : .init(ownerID: owner))
    request.parent = id
    (request.estimate, request.priority) = (estimate, priority)
    return request
  }
}
