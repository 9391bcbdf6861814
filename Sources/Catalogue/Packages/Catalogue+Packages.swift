// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Processing
import Storage

extension Catalogue {
  /// The packages that a viewer may see, the last changed first.
  public func packages(for viewer: Viewer) throws -> [DataPackage] {
    let condition = Sharing.condition(for: viewer)
    return try database.read { connection in
      let rows = try connection.rows(
        "SELECT * FROM packages WHERE \(condition.sql) ORDER BY updated DESC, id", condition.values)
      return try rows.map { try connection.package($0) }
    }
  }

  /// One package.
  ///
  /// - Parameter hasLink: whether the viewer came with the secret of the package's own address.
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing`.
  public func package(_ id: String, for viewer: Viewer, hasLink: Bool = false) throws -> DataPackage {
    try database.read { try $0.package(id, for: viewer, hasLink: hasLink) }
  }

  /// Makes a package of items that the viewer may see; it is private.
  public func addPackage(
    title: String, description: String = "", items: [ItemReference], viewer: Viewer
  ) throws -> DataPackage {
    let user = try Self.user(viewer), id = UUID().uuidString.lowercased(), now = SQLValue.integer(Self.now())
    try Self.check(title: title, description: description)
    return try database.write { connection in
      let sharing = Sharing(ownerID: user)
      try connection.run(
        "INSERT INTO packages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [.text(id), .text(title), .text(description), now, now] + sharing.values)
      try connection.setItems(items, ofPackage: id, sharing, viewer)
      return try connection.package(id, for: viewer)
    }
  }

  /// Changes title, description or list of a package; what is nil stays.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.restricted` when restricted items would come into a package that
  ///   is public or has a link.
  public func changePackage(
    _ id: String, title: String? = nil, description: String? = nil, items: [ItemReference]? = nil, viewer: Viewer
  ) throws -> DataPackage {
    try database.write { connection in
      let old = try connection.changeablePackage(id, for: viewer)
      let (title, description) = (title ?? old.title, description ?? old.description)
      try Self.check(title: title, description: description)
      try connection.run(
        "UPDATE packages SET title = ?, description = ?, updated = ? WHERE id = ?",
        [.text(title), .text(description), .integer(Self.now()), .text(id)])
      if let items { try connection.setItems(items, ofPackage: id, old.sharing, viewer) }
      return try connection.package(id, for: viewer)
    }
  }

  /// Gives a package another visibility.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.restricted`, naming the restricted items, where it would become
  ///   public or get a link.
  public func setVisibility(_ visibility: Visibility, ofPackage id: String, viewer: Viewer) throws {
    try database.write { connection in
      let package = try connection.changeablePackage(id, for: viewer)
      let listed = package.items + package.versions.flatMap { $0.items.map(\.reference) }
      try connection.check(listed, for: visibility)
      let sharing = Sharing(ownerID: package.sharing.ownerID, visibility: visibility)
      try connection.run(
        "UPDATE packages SET owner = ?, visibility = ?, visibility_group = ? WHERE id = ?",
        sharing.values + [.text(id)])
    }
  }

  /// Publishes the list as it is now; this version does not change any more.
  ///
  /// - Throws: `CatalogueError` of kind `catalogue.bad-document` for an empty list, `catalogue.no-such-thing` where
  ///   an item has gone.
  public func publishPackage(_ id: String, note: String = "", viewer: Viewer) throws -> DataPackage.Version {
    try database.write { connection in
      let package = try connection.changeablePackage(id, for: viewer)
      guard !package.items.isEmpty else {
        throw CatalogueError(.badDocument, "package \"\(package.title)\" is empty; put items into it first")
      }
      let frozen = try package.items.map { reference in
        let item = try connection.item(reference.id, in: reference.collection, for: .local)
        return DataPackage.FrozenItem(
          reference: reference, checksum: DataPackage.FrozenItem.checksum(of: item.document))
      }
      let list = JSONValue.array(frozen.map(\.json)).text()
      let number = (package.versions.last?.number ?? 0) + 1
      try connection.run(
        "INSERT INTO package_versions VALUES (?, ?, ?, ?, ?, ?)",
        [.text(id), .integer(number), .integer(Self.now()), .text(String(note.prefix(2000))), .text(list)]
          + [.text(SHA256.checksum(of: list).hexadecimal)])
      guard let made = try connection.package(id, for: viewer).versions.last else {
        throw CatalogueError(.noSuchThing, "version \(number) of package \(id) was not kept")
      }
      return made
    }
  }

  /// Removes a package with all its versions; the items stay.
  public func removePackage(_ id: String, viewer: Viewer) throws {
    try database.write { connection in
      _ = try connection.changeablePackage(id, for: viewer)
      try connection.run("DELETE FROM packages WHERE id = ?", [.text(id)])
    }
  }

  /// The items of a package, or of one of its versions, as a viewer may see them.
  ///
  /// Whoever may see the package sees those of its items that belong to the package's owner, and those that are
  /// shared with the viewer anyway; the files of restricted items stay hidden from all others.
  public func items(
    ofPackage id: String, version: Int? = nil, for viewer: Viewer, hasLink: Bool = false
  ) throws -> [PackageItem] {
    try database.read { connection in
      let package = try connection.package(id, for: viewer, hasLink: hasLink)
      guard let version else {
        return try package.items.map { try connection.packageItem($0, checksum: nil, package, viewer) }
      }
      guard let frozen = package.versions.first(where: { $0.number == version }) else {
        throw CatalogueError(.noSuchThing, "package \(id) has no version \(version)")
      }
      return try frozen.items.map { try connection.packageItem($0.reference, checksum: $0.checksum, package, viewer) }
    }
  }

  private static func check(title: String, description: String) throws(CatalogueError) {
    guard !title.isEmpty, title.count <= 200, description.count <= 10_000 else {
      throw CatalogueError(
        .badDocument, "a package needs a title of 1 to 200 characters; its description may have 10 000")
    }
  }
}

extension Connection {
  fileprivate func package(_ row: SQLRow) throws -> DataPackage {
    let id = row.text("id")
    let items = try rows("SELECT collection, item FROM package_items WHERE package = ? ORDER BY place", [.text(id)])
    let versions = try rows("SELECT * FROM package_versions WHERE package = ? ORDER BY version", [.text(id)])
    return DataPackage(
      id: id, title: row.text("title"), description: row.text("description"), sharing: Sharing(row),
      created: row.int("created"), updated: row.int("updated"),
      items: items.map { ItemReference(collection: $0.text("collection"), id: $0.text("item")) },
      versions: versions.map { DataPackage.Version($0) })
  }

  fileprivate func package(_ id: String, for viewer: Viewer, hasLink: Bool = false) throws -> DataPackage {
    if let row = try row("SELECT * FROM packages WHERE id = ?", [.text(id)]),
      Sharing(row).canBeSeen(by: viewer, hasLink: hasLink)
    {
      return try package(row)
    }
    throw CatalogueError(.noSuchThing, "there is no package \(id.prefix(80))")
  }

  fileprivate func changeablePackage(_ id: String, for viewer: Viewer) throws -> DataPackage {
    let found = try package(id, for: viewer)
    guard found.sharing.canBeChanged(by: viewer) else {
      throw CatalogueError(
        .forbidden, "package \"\(found.title)\" belongs to somebody else; only its owner changes it")
    }
    return found
  }

  /// Puts a list in the place of a package's list.
  fileprivate func setItems(
    _ items: [ItemReference], ofPackage id: String, _ sharing: Sharing, _ viewer: Viewer
  ) throws {
    guard items.count <= Catalogue.listLimit else {
      throw CatalogueError(.badDocument, "a package holds at most \(Catalogue.listLimit) items")
    }
    for one in items { _ = try item(one.id, in: one.collection, for: viewer) }
    try check(items, for: sharing.visibility)
    try run("DELETE FROM package_items WHERE package = ?", [.text(id)])
    for (place, one) in items.enumerated() {
      try run(
        "INSERT INTO package_items VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [.text(id), .integer(place), .text(one.collection), .text(one.id)])
    }
  }

  /// Refuses to show restricted items to everybody.
  fileprivate func check(_ items: [ItemReference], for visibility: Visibility) throws {
    guard visibility == .public || visibility == .link else { return }
    let restricted = try Set(items).filter { one in
      let sql = "SELECT is_restricted FROM items WHERE collection = ? AND id = ?"
      return try row(sql, [.text(one.collection), .text(one.id)])?.bool("is_restricted") ?? false
    }
    guard !restricted.isEmpty else { return }
    let names = restricted.map(\.name).sorted()
    let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    throw CatalogueError(
      .restricted,
      "the licence of \(shown) keeps these images with their owner and group; take them out of the package, or share "
        + "it with a group only")
  }

  fileprivate func packageItem(
    _ reference: ItemReference, checksum: String?, _ package: DataPackage, _ viewer: Viewer
  ) throws -> PackageItem {
    guard let own = try? item(reference.id, in: reference.collection, for: .local),
      own.sharing.canBeSeen(by: viewer) || own.sharing.ownerID == package.sharing.ownerID
    else { return PackageItem(reference: reference, state: .missing, document: nil) }
    let isSame = checksum.map { $0 == DataPackage.FrozenItem.checksum(of: own.document) } ?? true
    let shown = Licence.visible(
      own.document, isRestricted: own.isRestricted, sharing: own.sharing, viewer: viewer)
    return PackageItem(reference: reference, state: isSame ? .present : .changed, document: shown)
  }
}
