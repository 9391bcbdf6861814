// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Storage

/// What became of items that were to be added.
public struct ItemAdditions: Sendable {
  public internal(set) var added = 0
  /// Items that took the place of one of the same name.
  public internal(set) var replaced = 0
  /// What could not be added, and why.
  public internal(set) var problems: [String] = []

  public init(replaced: Int = 0) { self.replaced = replaced }

  mutating func append(_ other: ItemAdditions) {
    added += other.added
    replaced += other.replaced
    problems += other.problems
  }
}

extension Catalogue {
  /// Items that one transaction adds: others may write between two of them.
  private static let batch = 1000

  /// Adds items to a collection; one of a name that is there takes its place.
  ///
  /// Items that are none become problems, and the others are added. An item takes the sharing of its collection.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing` or `catalogue.forbidden` for the collection.
  @discardableResult
  public func add(items: [JSONObject], to collection: String, viewer: Viewer) throws -> ItemAdditions {
    var result = ItemAdditions()
    for first in stride(from: 0, to: items.count, by: Self.batch) {
      let documents = items[first..<min(first + Self.batch, items.count)]
      let part = try database.write { try Self.add(documents, to: collection, viewer, $0) }
      result.append(part)
    }
    return result
  }

  private static func add(
    _ documents: ArraySlice<JSONObject>, to collection: String, _ viewer: Viewer, _ connection: Connection
  ) throws -> ItemAdditions {
    let (document, sharing) = try connection.changeableCollection(collection, for: viewer)
    var result = ItemAdditions()
    var records: [ItemRecord] = []
    for one in documents {
      do throws(CatalogueError) {
        records.append(try ItemRecord(one, collection: document))
      } catch {
        result.problems.append(error.message)
      }
    }
    for record in records {
      let wasThere = try record.store(in: collection, sharing: sharing.values, connection)
      if wasThere { result.replaced += 1 } else { result.added += 1 }
    }
    let grown = CollectionDocument.grown(document, by: records)
    if grown != document {
      try connection.run(
        "UPDATE collections SET document = ? WHERE id = ?", [SQLValue(grown), .text(collection)])
    }
    return result
  }

  /// One item, without its files where its licence keeps them from the viewer.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing`.
  public func item(_ id: String, in collection: String, for viewer: Viewer) throws -> JSONObject {
    try database.read { try $0.item(id, in: collection, for: viewer).document }
  }

  /// Removes an item.
  public func removeItem(_ id: String, in collection: String, viewer: Viewer) throws {
    try database.write { connection in
      let found = try connection.item(id, in: collection, for: viewer)
      guard found.sharing.canBeChanged(by: viewer) else {
        throw CatalogueError(.forbidden, "item \(id) belongs to somebody else; only its owner removes it")
      }
      try connection.removeItems("number = \(.integer(found.number))")
    }
  }

  /// Gives one item another visibility than its collection has.
  public func setVisibility(
    _ visibility: Visibility, ofItem id: String, in collection: String, viewer: Viewer
  ) throws {
    try database.write { connection in
      let found = try connection.item(id, in: collection, for: viewer)
      guard found.sharing.canBeChanged(by: viewer) else {
        throw CatalogueError(.forbidden, "item \(id) belongs to somebody else; only its owner shares it")
      }
      let sharing = Sharing(ownerID: found.sharing.ownerID, visibility: visibility)
      try connection.run(
        "UPDATE items SET owner = ?, visibility = ?, visibility_group = ? WHERE number = ?",
        sharing.values + [.integer(found.number)])
    }
  }
}

/// An item in the tables.
struct FoundItem {
  let number: Int
  /// As the viewer may see it.
  let document: JSONObject
  let sharing: Sharing
  let isRestricted: Bool

  /// Columns that this needs of the tables `items` (`i`) and `item_documents` (`d`).
  static let columns = "i.number, i.owner, i.visibility, i.visibility_group, i.is_restricted, d.document"

  init(_ row: SQLRow, viewer: Viewer) {
    number = row.int("number")
    sharing = Sharing(row)
    isRestricted = row.bool("is_restricted")
    document = Licence.visible(
      row.jsonObject("document"), isRestricted: isRestricted, sharing: sharing, viewer: viewer)
  }
}

extension Connection {
  /// Removes items with all that belongs to them, and gives how many.
  @discardableResult
  func removeItems(_ condition: SQLFragment) throws(StorageError) -> Int {
    let boxes: SQLFragment = """
      DELETE FROM item_boxes WHERE key IN (
        SELECT number * 2 FROM items WHERE \(condition) UNION ALL SELECT number * 2 + 1 FROM items WHERE \(condition))
      """
    try run(boxes.sql, boxes.values)
    return try run("DELETE FROM items WHERE \(condition.sql)", condition.values)
  }

  /// An item that a viewer may see.
  func item(_ id: String, in collection: String, for viewer: Viewer) throws -> FoundItem {
    let sql = """
      SELECT \(FoundItem.columns) FROM items i JOIN item_documents d ON d.number = i.number
      WHERE i.collection = ? AND i.id = ?
      """
    if let row = try row(sql, [.text(collection), .text(id)]), Sharing(row).canBeSeen(by: viewer) {
      return FoundItem(row, viewer: viewer)
    }
    throw CatalogueError(.noSuchThing, "there is no item \(id.prefix(80)) in collection \(collection.prefix(80))")
  }
}
