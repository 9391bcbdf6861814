// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Storage

/// One item by its name and that of its collection.
public struct ItemReference: Sendable, Hashable {
  public let collection, id: String

  public init(collection: String, id: String) { (self.collection, self.id) = (collection, id) }

  /// From `{"collection": ..., "id": ...}`, such as an item itself.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-document`.
  public init(json: JSONValue) throws(CatalogueError) {
    guard let collection = json["collection"]?.stringValue, let id = json["id"]?.stringValue else {
      throw CatalogueError(.badDocument, "an item is named by \"collection\" and \"id\"")
    }
    self.init(collection: collection, id: id)
  }

  public var json: JSONValue { ["collection": .string(collection), "id": .string(id)] }

  var name: String { "\(collection)/\(id)" }
}

extension Catalogue {
  /// Items that a basket or a package holds at most.
  package static let listLimit = 10_000

  /// Milliseconds since 1970.
  static func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }

  static func user(_ viewer: Viewer) throws(CatalogueError) -> String {
    guard let user = viewer.userID else {
      throw CatalogueError(.forbidden, "only somebody who has logged in has a basket and packages")
    }
    return user
  }
}

// MARK: - Basket

extension Catalogue {
  /// The items in a viewer's basket that it may still see, in the order in which they came.
  public func basket(of viewer: Viewer) throws -> [JSONObject] {
    let user = try Self.user(viewer)
    let condition = Sharing.condition(for: viewer, table: "i")
    let sql = """
      SELECT \(FoundItem.columns) FROM basket b JOIN items i ON i.number = b.item
      JOIN item_documents d ON d.number = i.number
      WHERE b.user = ? AND \(condition.sql) ORDER BY b.added, i.moment, i.number
      """
    return try database.read { connection in
      try connection.rows(sql, [.text(user)] + condition.values).map { FoundItem($0, viewer: viewer).document }
    }
  }

  /// Puts items into a viewer's basket; those that are in it stay where they are.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing` for an item that the viewer may not see.
  public func addToBasket(_ items: [ItemReference], viewer: Viewer) throws {
    let user = try Self.user(viewer), now = Self.now()
    try database.write { connection in
      for one in items {
        let found = try connection.item(one.id, in: one.collection, for: viewer)
        try connection.run(
          "INSERT INTO basket VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          [.text(user), .integer(found.number), .integer(now)])
      }
      let count = try connection.row("SELECT count(*) AS n FROM basket WHERE user = ?", [.text(user)])?.int("n") ?? 0
      guard count <= Self.listLimit else {
        throw CatalogueError(.badSearch, "a basket holds \(Self.listLimit) items; make packages of parts of it")
      }
    }
  }

  /// Takes items out of a viewer's basket; nil takes all.
  public func removeFromBasket(_ items: [ItemReference]?, viewer: Viewer) throws {
    let user = try Self.user(viewer)
    try database.write { connection in
      guard let items else {
        try connection.run("DELETE FROM basket WHERE user = ?", [.text(user)])
        return
      }
      for one in items {
        try connection.run(
          "DELETE FROM basket WHERE user = ? AND item = (SELECT number FROM items WHERE collection = ? AND id = ?)",
          [.text(user), .text(one.collection), .text(one.id)])
      }
    }
  }
}
