// SPDX-License-Identifier: Apache-2.0
import Parameters

extension CQL2 {
  /// The filter in its JSON form, which servers take where they take a filter at all.
  package var json: JSONValue { Self.json(root) }

  private static func json(_ expression: Expression) -> JSONValue {
    switch expression {
    case .and(let parts): operation("and", parts.map(json))
    case .or(let parts): operation("or", parts.map(json))
    case .not(let inner): operation("not", [json(inner)])
    case .compare(let comparison, let a, let b): operation(comparison.rawValue, [json(a), json(b)])
    case .like(let operand, let pattern): operation("like", [json(operand), like(operand, pattern)])
    case .between(let operand, let low, let high): operation("between", [json(operand), json(low), json(high)])
    case .within(let operand, let list): operation("in", [json(operand), .array(list.map(json))])
    case .isNull(let operand): operation("isNull", [json(operand)])
    case .spatial(let relation, let a, let b): operation(relation.rawValue, [json(a), json(b)])
    case .temporal(let relation, let a, let b): operation(names[relation] ?? relation.rawValue, [json(a), json(b)])
    case .array(let relation, let operand, let list):
      operation(
        relation == .containedBy ? "a_containedBy" : relation.rawValue, [json(operand), .array(list.map(json))])
    case .truth(let operand): json(operand)
    }
  }

  /// Names that the standard writes with capitals.
  private static let names: [TemporalRelation: String] = [
    .finishedBy: "t_finishedBy", .metBy: "t_metBy", .overlappedBy: "t_overlappedBy", .startedBy: "t_startedBy",
  ]

  private static func operation(_ name: String, _ arguments: [JSONValue]) -> JSONValue {
    ["op": .string(name), "args": .array(arguments)]
  }

  /// The pattern, without regard to capitals where the operand is so.
  private static func like(_ operand: Operand, _ pattern: String) -> JSONValue {
    if case .withoutCase = operand { operation("casei", [.string(pattern)]) } else { .string(pattern) }
  }

  private static func json(_ operand: Operand) -> JSONValue {
    switch operand {
    case .property(let name): ["property": .string(name)]
    case .text(let text): .string(text)
    case .number(let value): Int(exactly: value).map(JSONValue.integer) ?? .number(value)
    case .bool(let value): .bool(value)
    case .moment(let moment): ["timestamp": .string(StacTime.text(moment))]
    case .day(let day): ["date": .string(String(StacTime.text(day).prefix(10)))]
    case .interval(let start, let end): ["interval": [intervalEnd(start), intervalEnd(end)]]
    case .openEnd: ".."
    case .shape(let shape): shape.json
    case .withoutCase(let inner): operation("casei", [json(inner)])
    }
  }

  /// An end of an interval stands there without the word for its kind.
  private static func intervalEnd(_ operand: Operand) -> JSONValue {
    switch operand {
    case .moment(let moment): .string(StacTime.text(moment))
    case .day(let day): .string(String(StacTime.text(day).prefix(10)))
    default: json(operand)
    }
  }
}

extension GeoShape {
  /// The shape in GeoJSON.
  package var json: JSONValue {
    let geometries = parts.map(\.json)
    return geometries.count == 1 ? geometries[0] : ["type": "GeometryCollection", "geometries": .array(geometries)]
  }
}

extension GeoShape.Part {
  fileprivate var json: JSONValue {
    func list(_ positions: [GeoPosition]) -> JSONValue {
      .array(positions.map { [.number($0.longitude), .number($0.latitude)] })
    }
    return switch self {
    case .point(let position):
      ["type": "Point", "coordinates": [.number(position.longitude), .number(position.latitude)]]
    case .line(let positions): ["type": "LineString", "coordinates": list(positions)]
    case .polygon(let rings):
      ["type": "Polygon", "coordinates": .array(rings.map { list($0 + $0.prefix(1)) })]
    }
  }
}
