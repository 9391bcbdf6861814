// SPDX-License-Identifier: Apache-2.0
import Parameters

extension CQL2 {
  /// Reads the JSON form, such as `{"op": "<", "args": [{"property": "eo:cloud_cover"}, 20]}`.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-filter` with the path of what is wrong.
  public init(json: JSONValue) throws(CatalogueError) {
    var parser = CQL2JSONParser()
    root = try parser.expression(json, at: "filter", depth: 0)
  }
}

private struct CQL2JSONParser {
  private var size = 0

  mutating func expression(_ json: JSONValue, at path: String, depth: Int) throws(CatalogueError) -> CQL2.Expression {
    try count(path, depth)
    if let value = json.boolValue { return .truth(.bool(value)) }
    if let name = json["property"]?.stringValue { return .truth(.property(name)) }
    guard let op = json["op"]?.stringValue?.lowercased() else {
      throw problem(path, "a condition needs \"op\" and \"args\"")
    }
    guard let args = json["args"]?.arrayValue else { throw problem(path, "\"\(op)\" needs \"args\", a list") }
    switch op {
    case "and", "or":
      guard args.count >= 1 else { throw problem(path, "\"\(op)\" needs conditions in \"args\"") }
      var parts: [CQL2.Expression] = []
      for (index, one) in args.enumerated() {
        parts.append(try expression(one, at: "\(path).args[\(index)]", depth: depth + 1))
      }
      return op == "and" ? .and(parts) : .or(parts)
    case "not":
      try need(1, args, op, path)
      return .not(try expression(args[0], at: path + ".args[0]", depth: depth + 1))
    default: return try predicate(op, args, path, depth)
    }
  }

  private mutating func predicate(
    _ op: String, _ args: [JSONValue], _ path: String, _ depth: Int
  ) throws(CatalogueError) -> CQL2.Expression {
    if let relation = CQL2.ArrayRelation(rawValue: op) {
      try need(2, args, op, path)
      return .array(relation, try operand(args, 0, path, depth), try list(args[1], path + ".args[1]", depth))
    }
    var args = args
    // Drafts of the standard, and clients that follow them, write both limits as one list.
    if op == "between", args.count == 2, let limits = args[1].arrayValue { args = [args[0]] + limits }
    let count = op == "isnull" ? 1 : op == "between" ? 3 : 2
    try need(count, args, op, path)
    let first = try operand(args, 0, path, depth)
    if let comparison = CQL2.Comparison(rawValue: op == "!=" ? "<>" : op) {
      return .compare(comparison, first, try operand(args, 1, path, depth))
    }
    if let relation = CQL2.SpatialRelation(rawValue: op) {
      return .spatial(relation, first, try operand(args, 1, path, depth))
    }
    if let relation = CQL2.TemporalRelation(rawValue: op) {
      return .temporal(relation, first, try operand(args, 1, path, depth))
    }
    switch op {
    case "isnull": return .isNull(first)
    case "like":
      let folded = args[1]["op"]?.stringValue == "casei" ? args[1]["args"]?[0]?.stringValue?.lowercased() : nil
      guard let pattern = folded ?? args[1].stringValue else {
        throw problem(path + ".args[1]", "\"like\" needs a pattern as text")
      }
      return .like(first, pattern: pattern)
    case "between":
      return .between(first, low: try operand(args, 1, path, depth), high: try operand(args, 2, path, depth))
    case "in": return .within(first, try list(args[1], path + ".args[1]", depth))
    default: throw problem(path, "the operator \"\(op)\" is not known here")
    }
  }

  // MARK: - Values

  private mutating func operand(
    _ args: [JSONValue], _ index: Int, _ path: String, _ depth: Int
  ) throws(CatalogueError) -> CQL2.Operand {
    try operand(args[index], "\(path).args[\(index)]", depth + 1)
  }

  private mutating func operand(
    _ json: JSONValue, _ path: String, _ depth: Int
  ) throws(CatalogueError) -> CQL2.Operand {
    try count(path, depth)
    switch json {
    case .string(let text): return .text(text)
    case .integer(let value): return .number(Double(value))
    case .number(let value): return .number(value)
    case .bool(let value): return .bool(value)
    case .null, .array: throw problem(path, "a property or a value is needed here")
    case .object: break
    }
    if let name = json["property"]?.stringValue { return .property(name) }
    for (key, kind) in [("timestamp", "TIMESTAMP"), ("date", "DATE")] {
      guard let text = json[key]?.stringValue else { continue }
      guard let value = CQL2.Operand(time: text, kind: kind) else {
        throw problem(path, "\"\(text.prefix(40))\" is no \(key) (2020-01-31T00:00:00Z, or 2020-01-31 for a date)")
      }
      return value
    }
    if let ends = json["interval"]?.arrayValue {
      guard ends.count == 2 else { throw problem(path, "an interval needs two ends") }
      return .interval(start: try end(ends[0], path, depth), end: try end(ends[1], path, depth))
    }
    if json["op"]?.stringValue?.lowercased() == "casei", let inner = json["args"]?[0] {
      return .withoutCase(try operand(inner, path + ".args[0]", depth + 1))
    }
    return .shape(try shape(json, path))
  }

  private mutating func end(_ json: JSONValue, _ path: String, _ depth: Int) throws(CatalogueError) -> CQL2.Operand {
    guard let text = json.stringValue else { return try operand(json, path, depth + 1) }
    if text == ".." { return .openEnd }
    guard let value = CQL2.Operand(time: text, kind: text.contains("T") ? "TIMESTAMP" : "DATE") else {
      throw problem(path, "\"\(text.prefix(40))\" is no time")
    }
    return value
  }

  private func shape(_ json: JSONValue, _ path: String) throws(CatalogueError) -> GeoShape {
    do throws(CatalogueError) {
      guard let numbers = json["bbox"]?.arrayValue, json["type"] == nil else { return try GeoShape(json: json) }
      return GeoShape(try GeoBox(numbers.map { $0.doubleValue ?? .nan }))
    } catch {
      throw problem(path, error.message)
    }
  }

  private mutating func list(
    _ json: JSONValue, _ path: String, _ depth: Int
  ) throws(CatalogueError) -> [CQL2.Operand] {
    guard let values = json.arrayValue, !values.isEmpty else {
      throw problem(path, "a list of values is needed here")
    }
    var operands: [CQL2.Operand] = []
    for (index, value) in values.enumerated() { operands.append(try operand(value, "\(path)[\(index)]", depth + 1)) }
    return operands
  }

  // MARK: - Limits

  private func need(_ count: Int, _ args: [JSONValue], _ op: String, _ path: String) throws(CatalogueError) {
    guard args.count == count else { throw problem(path, "\"\(op)\" needs \(count) arguments, not \(args.count)") }
  }

  private mutating func count(_ path: String, _ depth: Int) throws(CatalogueError) {
    size += 1
    guard size <= CQL2.sizeLimit else { throw problem("filter", "more than \(CQL2.sizeLimit) parts") }
    guard depth <= CQL2.depthLimit else { throw problem("filter", "nested deeper than \(CQL2.depthLimit) levels") }
  }

  private func problem(_ path: String, _ text: String) -> CatalogueError {
    CatalogueError(.badFilter, "\(path): \(text)")
  }
}
