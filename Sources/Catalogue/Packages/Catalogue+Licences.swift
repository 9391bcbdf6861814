// SPDX-License-Identifier: Apache-2.0
import Accounts
import Storage

extension Catalogue {
  /// What the licence of an item means for somebody.
  public enum FileAccess: Sendable {
    /// Not restricted.
    case free
    /// Restricted, and given to this viewer.
    case given
    case refused
  }

  /// Whether a viewer may have the files of items; nil for items that are not in the catalogue any more.
  public func fileAccess(to items: [ItemReference], for viewer: Viewer) throws -> [FileAccess?] {
    try database.read { connection in
      try items.map { item in
        let row = try connection.row(
          "SELECT is_restricted, owner, visibility, visibility_group FROM items WHERE collection = ? AND id = ?",
          [.text(item.collection), .text(item.id)])
        return row.map { row in
          guard row.bool("is_restricted") else { return .free }
          return Licence.allowsFiles(sharing: Sharing(row), viewer: viewer) ? .given : .refused
        }
      }
    }
  }

  /// The restricted items one of whose files is among these, or lies in one of these folders.
  ///
  /// - Parameter paths: whole ones, as items name them.
  public func restrictedItems(naming paths: [String]) throws -> [ItemReference] {
    guard !paths.isEmpty else { return [] }
    return try database.read { connection in
      let rows = try connection.rows(
        """
        SELECT i.collection, i.id, d.document FROM items i JOIN item_documents d ON d.number = i.number
        WHERE i.is_restricted
        """)
      return rows.compactMap { row in
        let assets = row.jsonObject("document")["assets"]?.objectValue ?? [:]
        let isNamed = assets.contains { _, asset in
          guard let file = asset["href"]?.stringValue.map({ $0.replacing("file://", with: "") }) else { return false }
          return paths.contains { file == $0 || file.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        }
        return isNamed ? ItemReference(collection: row.text("collection"), id: row.text("id")) : nil
      }
    }
  }
}
