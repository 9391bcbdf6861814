// SPDX-License-Identifier: Apache-2.0
import Accounts
import Storage

/// The SQL of a search: where the candidates come from, what they must fulfil, in which order they come.
///
/// Few candidates in the box and time are taken from the R-tree and sorted; many are walked over in their order by
/// an index, which comes to an end as soon as the page is full. Which way is taken decides a count in the R-tree
/// that stops early.
struct SearchStatement {
  let source: SQLFragment
  let condition: SQLFragment
  let keys: [Key]

  /// One expression by which items are sorted.
  struct Key {
    let sql: SQLFragment
    let isDescending: Bool
  }

  /// Candidates up to which the R-tree leads.
  static let candidateLimit = 3_000

  init(_ search: ItemSearch, for viewer: Viewer, _ connection: Connection) throws {
    var parts: [SQLFragment] = []
    let sharing = Sharing.condition(for: viewer, table: "i")
    parts.append(SQLFragment(sharing.sql, sharing.values))
    if !search.collections.isEmpty { parts.append(Self.oneOf("i.collection", search.collections)) }
    if !search.ids.isEmpty { parts.append(Self.oneOf("i.id", search.ids)) }
    if let time = search.interval {
      parts.append("(i.finish >= \(.integer(time.start)) AND i.start <= \(.integer(time.end)))")
    }
    // Conditions are looked at in this order: columns are quick, outlines slow.
    if let filter = search.filter { parts.append(try filter.sql()) }
    if let box = search.box { parts.append(try Self.touching(GeoShape(box))) }
    if let area = search.area { parts.append(try Self.touching(area)) }
    condition = .all(parts)
    keys = try Self.keys(search.order)
    let box = search.box ?? search.area?.box ?? search.filter?.impliedBox
    let candidates = box.map { Self.candidates($0, search.interval) }
    if let candidates, search.ids.isEmpty, try Self.isFew(candidates, connection) {
      source = "(SELECT DISTINCT item FROM (\(candidates))) c CROSS JOIN items i ON i.number = c.item"
    } else {
      source = "items i"
    }
  }

  /// The statement for one page: the items of one more than the page holds, beginning behind a place.
  func page(limit: Int, after token: PageToken?) -> SQLFragment {
    let isBackward = token?.isBackward ?? false
    let behind = token.map { self.behind($0) } ?? "1"
    let order = SQLFragment.joined(
      keys.map { "\($0.sql) \(SQLFragment($0.isDescending != isBackward ? "DESC" : "ASC"))" }, by: ", ")
    let shown = SQLFragment.joined(
      keys.enumerated().map { "\($0.element.sql) AS \(SQLFragment("key" + String($0.offset)))" }, by: ", ")
    // Documents are fetched for the items of the page only.
    return """
      SELECT p.*, d.document FROM (
        SELECT i.number, i.owner, i.visibility, i.visibility_group, i.is_restricted, \(shown) FROM \(source)
        WHERE \(condition) AND \(behind) ORDER BY \(order) LIMIT \(.integer(limit + 1))
      ) p JOIN item_documents d ON d.number = p.number
      """
  }

  /// The statement that counts what the search finds, up to a limit.
  func count(limit: Int) -> SQLFragment {
    "SELECT count(*) AS n FROM (SELECT 1 FROM \(source) WHERE \(condition) LIMIT \(.integer(limit)))"
  }

  /// What is behind a place in the order: (a, b, c) > (x, y, z), where each key has a direction of its own.
  private func behind(_ token: PageToken) -> SQLFragment {
    var alternatives: [SQLFragment] = []
    for last in keys.indices {
      var parts = keys.indices.prefix(last).map { "\(keys[$0].sql) IS \(token.values[$0])" as SQLFragment }
      let sign: SQLFragment = keys[last].isDescending != token.isBackward ? "<" : ">"
      parts.append("\(keys[last].sql) \(sign) \(token.values[last])")
      alternatives.append(.all(parts))
    }
    return .any(alternatives)
  }

  // MARK: - Parts

  /// Expressions of the order; items that lack a property come last, and the number makes the order whole.
  private static func keys(_ order: [SortKey]) throws(CatalogueError) -> [Key] {
    var keys: [Key] = []
    for one in order.isEmpty ? [SortKey("datetime", isDescending: true)] : order {
      let sql = try ItemColumn.sql(one.property).sql
      let isAlwaysThere = ["id", "collection", "datetime", "start_datetime", "end_datetime"].contains(one.property)
      if !isAlwaysThere { keys.append(Key(sql: "(\(sql) IS NULL)", isDescending: false)) }
      keys.append(Key(sql: sql, isDescending: one.isDescending))
    }
    keys.append(Key(sql: "i.number", isDescending: keys.last?.isDescending ?? false))
    return keys
  }

  private static func oneOf(_ column: SQLFragment, _ names: [String]) -> SQLFragment {
    "\(column) IN (\(SQLFragment.joined(names.map { "\(.text($0))" }, by: ", ")))"
  }

  private static func touching(_ shape: GeoShape) throws(CatalogueError) -> SQLFragment {
    try CQL2(root: .spatial(.intersects, .property("geometry"), .shape(shape))).sql()
  }

  /// Items whose box and time touch, by the R-tree, which rounds outwards.
  private static func candidates(_ box: GeoBox, _ time: StacInterval?) -> SQLFragment {
    let parts = box.halves.map { half -> SQLFragment in
      var parts: [SQLFragment] = [
        "west <= \(.real(half.east))", "east >= \(.real(half.west))", "south <= \(.real(half.north))",
        "north >= \(.real(half.south))",
      ]
      if let time, time.start != .min { parts.append("last >= \(.real(ItemRecord.days(time.start)))") }
      if let time, time.end != .max { parts.append("first <= \(.real(ItemRecord.days(time.end)))") }
      return "SELECT item FROM item_boxes WHERE \(SQLFragment.joined(parts, by: " AND "))"
    }
    return .joined(parts, by: " UNION ALL ")
  }

  private static func isFew(_ candidates: SQLFragment, _ connection: Connection) throws -> Bool {
    let limit = candidateLimit + 1
    let counted: SQLFragment = "SELECT count(*) AS n FROM (SELECT 1 FROM (\(candidates)) LIMIT \(.integer(limit)))"
    return try connection.row(counted.sql, counted.values).map { $0.int("n") < limit } ?? false
  }
}

extension CQL2 {
  /// A box in which everything lies that the filter can find; nil where it says nothing of the kind.
  var impliedBox: GeoBox? { Self.impliedBox(root) }

  private static func impliedBox(_ expression: Expression) -> GeoBox? {
    switch expression {
    case .spatial(.intersects, _, .shape(let shape)), .spatial(.intersects, .shape(let shape), _),
      .spatial(.within, .property, .shape(let shape)):
      shape.box
    case .and(let parts): parts.lazy.compactMap(impliedBox).first
    default: nil
    }
  }
}
