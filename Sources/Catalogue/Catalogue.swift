// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Storage

/// Which images and results there are, where and when: collections of STAC items, searched by place, time and
/// properties.
///
/// Every collection and item has an owner and a visibility; a viewer's questions are answered as if what is not
/// shared with them were not there. Documents come back as STAC 1.1 without the links of a server, which `StacAPI`
/// adds.
public final class Catalogue: Sendable {
  let database: Database
  /// Where downloaded files go.
  public let folder: String

  /// - Parameters:
  ///   - database: opened with `Catalogue.schema` among its schemas.
  ///   - folder: a folder of the catalogue's own; made when it is needed.
  public init(_ database: Database, folder: String) {
    (self.database, self.folder) = (database, folder)
  }
}

// MARK: - Collections

extension Catalogue {
  /// The collections that a viewer may see, by name.
  public func collections(for viewer: Viewer) throws -> [JSONObject] {
    let condition = Sharing.condition(for: viewer)
    return try database.read { connection in
      try connection.rows("SELECT document FROM collections WHERE \(condition.sql) ORDER BY id", condition.values)
        .map { $0.jsonObject("document") }
    }
  }

  /// One collection.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing` where there is none that the viewer may see.
  public func collection(_ id: String, for viewer: Viewer) throws -> JSONObject {
    try database.read { try $0.collection(id, for: viewer).document }
  }

  /// Whose a collection is and who else sees it.
  public func sharing(ofCollection id: String, for viewer: Viewer) throws -> Sharing {
    try database.read { try $0.collection(id, for: viewer).sharing }
  }

  /// Adds a collection, brought to STAC 1.1.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-document`; `catalogue.duplicate` where one has this name,
  ///   whether the viewer may see it or not.
  public func add(collection document: JSONObject, sharing: Sharing) throws {
    let made = try CollectionDocument.checked(document)
    try database.write { connection in
      let id = made["id"]?.stringValue ?? ""
      guard try connection.row("SELECT 1 FROM collections WHERE id = ?", [.text(id)]) == nil else {
        throw CatalogueError(.duplicate, "there is a collection \(id) already; choose another id")
      }
      let columns: [SQLValue] = [.text(id), SQLValue(made), .text(made["license"]?.stringValue ?? "other")]
      try connection.run(
        "INSERT INTO collections VALUES (?, ?, ?, ?, ?, ?, ?)",
        columns + [SQLValue(made["ogive:restricted"]?.boolValue == true)] + sharing.values)
    }
  }

  /// Gives a collection, and all that is in it, another visibility.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing` or `catalogue.forbidden`.
  public func setVisibility(_ visibility: Visibility, ofCollection id: String, viewer: Viewer) throws {
    try database.write { connection in
      var sharing = try connection.changeableCollection(id, for: viewer).sharing
      sharing.visibility = visibility
      for (table, key) in [("collections", "id"), ("items", "collection")] {
        try connection.run(
          "UPDATE \(table) SET owner = ?, visibility = ?, visibility_group = ? WHERE \(key) = ?",
          sharing.values + [.text(id)])
      }
    }
  }

  /// Removes a collection with all its items.
  public func removeCollection(_ id: String, viewer: Viewer) throws {
    try database.write { connection in
      _ = try connection.changeableCollection(id, for: viewer)
      try connection.removeItems("collection = \(.text(id))")
      try connection.run("DELETE FROM collections WHERE id = ?", [.text(id)])
    }
  }
}

extension Sharing {
  /// The three columns in which sharing is kept.
  var values: [SQLValue] {
    let columns = visibility.columns
    return [.text(ownerID), .text(columns.visibility), SQLValue(columns.group)]
  }

  init(_ row: SQLRow) {
    self.init(
      ownerID: row.text("owner"),
      visibility: Visibility(visibility: row.text("visibility"), group: row.optionalText("visibility_group")))
  }
}

extension Connection {
  /// A collection that a viewer may see.
  func collection(_ id: String, for viewer: Viewer) throws -> (document: JSONObject, sharing: Sharing) {
    if let row = try row("SELECT * FROM collections WHERE id = ?", [.text(id)]) {
      let sharing = Sharing(row)
      if sharing.canBeSeen(by: viewer) { return (row.jsonObject("document"), sharing) }
    }
    throw CatalogueError(.noSuchThing, "there is no collection \(id.prefix(80))")
  }

  /// A collection that a viewer may change.
  func changeableCollection(_ id: String, for viewer: Viewer) throws -> (document: JSONObject, sharing: Sharing) {
    let found = try collection(id, for: viewer)
    guard found.sharing.canBeChanged(by: viewer) else {
      throw CatalogueError(.forbidden, "collection \(id) belongs to somebody else; only its owner changes it")
    }
    return found
  }
}
