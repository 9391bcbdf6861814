// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Storage

extension Catalogue {
  /// Seconds after which a search is given up.
  private static let patience = 20.0
  /// Items up to which a search counts what it finds.
  package static let countLimit = 10_000

  /// One page of the items that a viewer may see and that a search finds, the latest first unless told otherwise.
  ///
  /// Pages follow each other without gaps and repeats also while others add items, as a page begins behind the last
  /// item of the one before.
  ///
  /// - Throws: `CatalogueError` for a wrong search; `StorageError` of kind `storage.timeout` for one that takes over
  ///   20 s.
  public func search(_ search: ItemSearch, for viewer: Viewer) throws -> ItemPage {
    try database.read(within: Self.patience) { connection in
      let statement = try SearchStatement(search, for: viewer, connection)
      let token = try search.token.map { try PageToken($0, keyCount: statement.keys.count) }
      let page = statement.page(limit: search.limit, after: token)
      var rows = try connection.rows(page.sql, page.values)
      let hasMore = rows.count > search.limit
      if hasMore { rows.removeLast() }
      let isBackward = token?.isBackward ?? false
      if isBackward { rows.reverse() }
      func place(_ row: SQLRow?, isBackward: Bool) -> String? {
        row.map { row in PageToken(statement.keys.indices.map { row["key\($0)"] }, isBackward: isBackward).text }
      }
      let count = try Self.count(statement, isWhole: token == nil && !hasMore, rows.count, connection)
      return ItemPage(
        items: rows.map { FoundItem($0, viewer: viewer).document }, matched: count,
        next: isBackward || hasMore ? place(rows.last, isBackward: false) : nil,
        previous: token != nil && (!isBackward || hasMore) ? place(rows.first, isBackward: true) : nil)
    }
  }

  /// How many there are in all; nil for more than are counted.
  private static func count(
    _ statement: SearchStatement, isWhole: Bool, _ shown: Int, _ connection: Connection
  ) throws -> Int? {
    if isWhole { return shown }
    let counting = statement.count(limit: countLimit + 1)
    let found = try connection.row(counting.sql, counting.values)?.int("n") ?? 0
    return found > countLimit ? nil : found
  }

  /// Calls a closure with all items of a search, one after the other, at most `limit`.
  package func forEach(
    _ search: ItemSearch, for viewer: Viewer, limit: Int, _ body: (JSONObject) throws -> Void
  ) throws {
    var page = search, left = limit
    repeat {
      page.limit = min(left, 1000)
      let found = try self.search(page, for: viewer)
      for item in found.items { try body(item) }
      left -= found.items.count
      page.token = found.next
    } while page.token != nil && left > 0
  }
}
