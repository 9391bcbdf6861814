// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Processing
import Storage

/// A named list of items, of which versions are published that do not change any more.
public struct DataPackage: Sendable {
  public let id, title, description: String
  public let sharing: Sharing
  /// Milliseconds since 1970.
  public let created, updated: Int
  /// The list as it is now.
  public let items: [ItemReference]
  /// The first published first.
  public let versions: [Version]

  /// A list as it was published.
  public struct Version: Sendable, Equatable {
    /// From 1.
    public let number: Int
    /// Milliseconds since 1970.
    public let published: Int
    public let note: String
    public let items: [FrozenItem]
    /// SHA-256 of the list, by which a copy of it can be told to be the same.
    public let checksum: String
  }

  /// An item as it was when a version was published.
  public struct FrozenItem: Sendable, Equatable {
    public let reference: ItemReference
    /// SHA-256 of its document then.
    public let checksum: String
  }

  /// What the service says of it.
  public var json: JSONObject {
    let columns = sharing.visibility.columns
    var members: JSONObject = [
      "id": .string(id), "title": .string(title), "description": .string(description),
      "owner": .string(sharing.ownerID), "visibility": .string(columns.visibility),
    ]
    if let group = columns.group { members["group"] = .string(group) }
    members["created"] = .string(StacTime.text(created))
    members["updated"] = .string(StacTime.text(updated))
    members["items"] = .array(items.map(\.json))
    members["versions"] = .array(versions.map { .object($0.json) })
    return members
  }
}

extension DataPackage.Version {
  public var json: JSONObject {
    [
      "version": .integer(number), "published": .string(StacTime.text(published)), "note": .string(note),
      "checksum": .string(checksum), "items": .array(items.map(\.json)),
    ]
  }

  init(_ row: SQLRow) {
    number = row.int("version")
    published = row.int("published")
    note = row.text("note")
    checksum = row.text("checksum")
    items = (row.json("items").arrayValue ?? []).compactMap { one in
      guard let reference = try? ItemReference(json: one), let checksum = one["checksum"]?.stringValue else {
        return nil
      }
      return DataPackage.FrozenItem(reference: reference, checksum: checksum)
    }
  }
}

extension DataPackage.FrozenItem {
  var json: JSONValue {
    [
      "collection": .string(reference.collection), "id": .string(reference.id), "checksum": .string(checksum),
    ]
  }

  /// The checksum of a document, the same however its members are ordered.
  static func checksum(of document: JSONObject) -> String { SHA256.checksum(of: document.text()).hexadecimal }
}

/// An item of a package as a viewer sees it.
public struct PackageItem: Sendable {
  public enum State: String, Sendable {
    case present
    /// Its document is not what it was when the version was published.
    case changed
    /// It is no longer in the catalogue, or not shared with the viewer.
    case missing
  }

  public let reference: ItemReference
  public let state: State
  /// Nil where it is missing.
  public let document: JSONObject?
}
