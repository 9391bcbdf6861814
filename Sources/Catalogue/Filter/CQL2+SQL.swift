// SPDX-License-Identifier: Apache-2.0
import Storage

extension CQL2 {
  /// The condition as SQL over the table `items` with the alias `i`, all values bound.
  ///
  /// A property that an item lacks is NULL, and a comparison with it is neither true nor false.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-filter` where a value does not fit its property.
  package func sql() throws(CatalogueError) -> SQLFragment { try Self.sql(root) }

  private static func sql(_ expression: Expression) throws(CatalogueError) -> SQLFragment {
    switch expression {
    case .and(let parts): return .all(try parts.map { (one) throws(CatalogueError) in try sql(one) })
    case .or(let parts): return .any(try parts.map { (one) throws(CatalogueError) in try sql(one) })
    case .not(let inner): return "(NOT \(try sql(inner)))"
    case .isNull(let operand): return "(\(try value(operand).sql) IS NULL)"
    case .truth(let operand): return "(\(try value(operand).sql) = 1)"
    case .compare(let comparison, let a, let b):
      let (left, right) = try matched(a, b)
      return "(\(left) \(SQLFragment(comparison.rawValue)) \(right))"
    case .between(let operand, let low, let high):
      let (value, first) = try matched(operand, low), (again, last) = try matched(operand, high)
      return "(\(value) >= \(first) AND \(again) <= \(last))"
    case .within(let operand, let list):
      var left: SQLFragment = "", values: [SQLFragment] = []
      for one in list {
        let pair = try matched(operand, one)
        left = pair.0
        values.append(pair.1)
      }
      return "(\(left) IN (\(SQLFragment.joined(values, by: ", "))))"
    case .like(let operand, let pattern):
      return "(\(try text(operand)) GLOB \(.text(try glob(pattern))))"
    case .spatial(let relation, let a, let b): return try spatial(relation, a, b)
    case .temporal(let relation, let a, let b):
      return relation.sql(try interval(a), try interval(b))
    case .array(let relation, let operand, let values): return try array(relation, operand, values)
    }
  }

  // MARK: - Values

  private static func value(_ operand: Operand) throws(CatalogueError) -> (sql: SQLFragment, kind: ItemColumn.Kind?) {
    switch operand {
    case .property(let name):
      if ItemColumn.bare(name) == "geometry" { return ("i.shape", nil) }
      let (sql, kind) = try ItemColumn.sql(name)
      return (sql, kind)
    case .text(let text): return ("\(.text(text))", .text)
    case .number(let number): return ("\(.real(number))", .number)
    case .bool(let value): return ("\(SQLValue(value))", nil)
    case .moment(let moment), .day(let moment): return ("\(.integer(moment))", .moment)
    case .withoutCase(let inner): return ("without_case(\(try text(inner)))", .text)
    case .interval, .openEnd: throw problem("an interval stands in the functions of time only (T_INTERSECTS ...)")
    case .shape: throw problem("a geometry stands in the functions of space only (S_INTERSECTS ...)")
    }
  }

  /// Two operands brought to one kind: times written as text, and properties whose kind is not known beforehand.
  private static func matched(
    _ a: Operand, _ b: Operand
  ) throws(CatalogueError) -> (SQLFragment, SQLFragment) {
    let left = try value(a), right = try value(b)
    let kinds = [left.kind, right.kind]
    let leading = kinds.contains(.moment) ? .moment : kinds.first { $0 != .any } ?? .any
    return (try converted(left, a, to: leading), try converted(right, b, to: leading))
  }

  private static func converted(
    _ value: (sql: SQLFragment, kind: ItemColumn.Kind?), _ operand: Operand, to wanted: ItemColumn.Kind?
  ) throws(CatalogueError) -> SQLFragment {
    switch (wanted, value.kind) {
    case (.moment, .moment): return value.sql
    case (.moment, _):
      if case .text(let text) = operand {
        guard let moment = StacTime.milliseconds(text) ?? StacTime.startOfDay(text) else {
          throw problem("'\(text.prefix(40))' is no time; write TIMESTAMP('2020-01-31T00:00:00Z')")
        }
        return "\(.integer(moment))"
      }
      if case .property = operand { return "stac_time(\(value.sql))" }
      throw problem("a time is compared with something that is none")
    case (.number, .any), (.integer, .any): return "only_number(\(value.sql))"
    case (.text, .any): return "only_text(\(value.sql))"
    case (.number, .text), (.integer, .text), (.text, .number), (.text, .integer):
      throw problem("a number is compared with a text; texts stand in single quotes, numbers in none")
    default: return value.sql
    }
  }

  private static func text(_ operand: Operand) throws(CatalogueError) -> SQLFragment {
    let (sql, kind) = try value(operand)
    guard kind == .text || kind == .any else { throw problem("LIKE and CASEI need a property that is text") }
    return kind == .any ? "only_text(\(sql))" : sql
  }

  /// The pattern as GLOB has it, which, other than SQLite's LIKE, tells capitals from small letters.
  private static func glob(_ pattern: String) throws(CatalogueError) -> String {
    var out = "", wildcards = 0
    var characters = pattern.makeIterator()
    while let character = characters.next() {
      var isEscaped = false
      var shown = character
      if character == "\\", let next = characters.next() { (shown, isEscaped) = (next, true) }
      switch shown {
      case "%" where !isEscaped:
        out += "*"
        wildcards += 1
      case "_" where !isEscaped: out += "?"
      case "*", "?", "[": out += "[\(shown)]"
      default: out.append(shown)
      }
    }
    guard out.count <= 200, wildcards <= 8 else {
      throw problem("a pattern of LIKE may have 200 characters and 8 signs %")
    }
    return out
  }

  static func problem(_ text: String) -> CatalogueError { CatalogueError(.badFilter, "filter: " + text) }
}

// MARK: - Space and lists

extension CQL2 {
  private static func spatial(
    _ relation: SpatialRelation, _ a: Operand, _ b: Operand
  ) throws(CatalogueError) -> SQLFragment {
    func isGeometry(_ operand: Operand) -> Bool {
      if case .property(let name) = operand { ItemColumn.bare(name) == "geometry" } else { false }
    }
    switch (a, b) {
    case (_, .shape(let shape)) where isGeometry(a): return spatial(relation, shape)
    case (.shape(let shape), _) where isGeometry(b):
      let turned: SpatialRelation = relation == .within ? .contains : relation == .contains ? .within : relation
      return spatial(turned, shape)
    default:
      throw problem("\(relation.rawValue.uppercased()) needs the property geometry and a geometry")
    }
  }

  /// The relation of an item's geometry to a shape.
  private static func spatial(_ relation: SpatialRelation, _ shape: GeoShape) -> SQLFragment {
    let bytes = SQLValue.blob(shape.bytes)
    let box = shape.box.map(boxesTouch) ?? "0"
    return switch relation {
    case .intersects: "(\(box) AND \(meets(shape, bytes)))"
    case .disjoint: "(NOT shapes_meet(i.shape, \(bytes)))"
    case .within: "(\(box) AND shape_within(i.shape, \(bytes)))"
    case .contains: "(\(box) AND shape_within(\(bytes), i.shape))"
    }
  }

  /// Whether the outline of an item meets a shape whose box its box touches: at once for one that lies in a box.
  private static func meets(_ shape: GeoShape, _ bytes: SQLValue) -> SQLFragment {
    guard let box = shape.rectangle else { return "shapes_meet(i.shape, \(bytes))" }
    return """
      (CASE WHEN i.west >= \(.real(box.west)) AND i.east <= \(.real(box.east)) AND i.west <= i.east
      AND i.south >= \(.real(box.south)) AND i.north <= \(.real(box.north)) THEN 1
      ELSE shapes_meet(i.shape, \(bytes)) END)
      """
  }

  /// Whether the box of an item touches a box.
  static func boxesTouch(_ box: GeoBox) -> SQLFragment {
    let sides = box.halves.map { half -> SQLFragment in
      let west = SQLValue.real(half.west), east = SQLValue.real(half.east)
      return """
        CASE WHEN i.west <= i.east THEN i.west <= \(east) AND i.east >= \(west)
        ELSE i.west <= \(east) OR i.east >= \(west) END
        """
    }
    return "(i.south <= \(.real(box.north)) AND i.north >= \(.real(box.south)) AND \(.any(sides)))"
  }

  private static func array(
    _ relation: ArrayRelation, _ operand: Operand, _ values: [Operand]
  ) throws(CatalogueError) -> SQLFragment {
    guard case .property(let name) = operand else { throw problem("\(relation.rawValue) needs a property first") }
    let path = try ItemColumn.jsonPath(name)
    let members = "json_each(\(ItemColumn.document), \(path))" as SQLFragment
    let list = try values.map { (one) throws(CatalogueError) in try value(one).sql }
    let all = SQLFragment.joined(list, by: ", ")
    let isList = "json_type(\(ItemColumn.document), \(path)) = 'array'" as SQLFragment
    let contains = SQLFragment.all(list.map { "EXISTS (SELECT 1 FROM \(members) WHERE value = \($0))" })
    let isContained = "NOT EXISTS (SELECT 1 FROM \(members) WHERE value NOT IN (\(all)))" as SQLFragment
    return switch relation {
    case .contains: "(\(isList) AND \(contains))"
    case .containedBy: "(\(isList) AND \(isContained))"
    case .overlaps: "(\(isList) AND EXISTS (SELECT 1 FROM \(members) WHERE value IN (\(all))))"
    case .equals: "(\(isList) AND \(contains) AND \(isContained))"
    }
  }
}

// MARK: - Time

extension CQL2 {
  /// First and last moment of an operand.
  private static func interval(_ operand: Operand) throws(CatalogueError) -> (SQLFragment, SQLFragment) {
    switch operand {
    case .interval(let start, let end): return (try edge(start, isEnd: false), try edge(end, isEnd: true))
    case .property(let name) where ItemColumn.bare(name) == "datetime": return ("i.start", "i.finish")
    default: return (try edge(operand, isEnd: false), try edge(operand, isEnd: true))
    }
  }

  private static func edge(_ operand: Operand, isEnd: Bool) throws(CatalogueError) -> SQLFragment {
    switch operand {
    case .openEnd: return "\(.integer(isEnd ? .max : .min))"
    case .moment(let moment): return "\(.integer(moment))"
    case .day(let day): return "\(.integer(isEnd ? day + StacTime.dayLength - 1 : day))"
    case .text(let text):
      guard let moment = StacTime.milliseconds(text) else { throw problem("'\(text.prefix(40))' is no time") }
      return "\(.integer(moment))"
    case .property(let name):
      let (sql, kind) = try ItemColumn.sql(name)
      guard kind == .moment || kind == .any else { throw problem("\(name) is no time") }
      return kind == .any ? "stac_time(\(sql))" : sql
    default: throw problem("a function of time needs times and intervals")
    }
  }
}

extension CQL2.TemporalRelation {
  /// The relation of two closed intervals (Allen 1983), as OGC 21-065r2 names them.
  func sql(_ a: (SQLFragment, SQLFragment), _ b: (SQLFragment, SQLFragment)) -> SQLFragment {
    switch self {
    case .after: "(\(a.0) > \(b.1))"
    case .before: "(\(a.1) < \(b.0))"
    case .contains: "(\(a.0) < \(b.0) AND \(a.1) > \(b.1))"
    case .disjoint: "(\(a.1) < \(b.0) OR \(a.0) > \(b.1))"
    case .during: "(\(a.0) > \(b.0) AND \(a.1) < \(b.1))"
    case .equals: "(\(a.0) = \(b.0) AND \(a.1) = \(b.1))"
    case .finishedBy: "(\(a.0) < \(b.0) AND \(a.1) = \(b.1))"
    case .finishes: "(\(a.0) > \(b.0) AND \(a.1) = \(b.1))"
    case .intersects: "(\(a.0) <= \(b.1) AND \(a.1) >= \(b.0))"
    case .meets: "(\(a.1) = \(b.0))"
    case .metBy: "(\(a.0) = \(b.1))"
    case .overlappedBy: "(\(a.0) > \(b.0) AND \(a.0) < \(b.1) AND \(a.1) > \(b.1))"
    case .overlaps: "(\(a.0) < \(b.0) AND \(a.1) > \(b.0) AND \(a.1) < \(b.1))"
    case .startedBy: "(\(a.0) = \(b.0) AND \(a.1) > \(b.1))"
    case .starts: "(\(a.0) = \(b.0) AND \(a.1) < \(b.1))"
    }
  }
}
