// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import HTTP
import Parameters
import Processing
import Storage

extension Catalogue {
  /// Adds what a search in another STAC API finds; the files stay where they are and are read in place.
  ///
  /// - Parameters:
  ///   - body: the search as STAC's POST has it.
  ///   - collection: where the items go; nil keeps the collections of the other server, which are added where they
  ///   are not here yet.
  ///   - sharing: of collections that are new.
  ///   - limit: items at most.
  ///   - progress: called after each page with the items so far.
  public func importRemote(
    _ client: StacClient, _ body: JSONObject, into collection: String? = nil, sharing: Sharing, viewer: Viewer,
    limit: Int, progress: (@Sendable (Int) -> Void)? = nil
  ) async throws -> ItemAdditions {
    var result = ItemAdditions(), left = limit, body = body
    if body["limit"] == nil { body["limit"] = .integer(max(1, min(limit, 500))) }
    var offered: [String: JSONObject]?
    var known = Set(try collections(for: viewer).compactMap { $0["id"]?.stringValue })
    try await client.search(body) { page in
      let items = Array(page.prefix(left))
      if collection == nil {
        let named = Set(items.compactMap { $0["collection"]?.stringValue })
        for name in named.subtracting(known).sorted() {
          if offered == nil { offered = try await Self.byName(client.collections()) }
          let document = offered?[name] ?? CollectionDocument.new(id: name, description: "From \(client.root)")
          try self.add(collection: document, sharing: sharing)
          known.insert(name)
        }
      }
      result.append(try self.add(imported: items, into: collection, viewer: viewer))
      left -= items.count
      progress?(limit - left)
      return left > 0
    }
    return result
  }

  private static func byName(_ collections: [JSONObject]) -> [String: JSONObject] {
    Dictionary(collections.map { ($0["id"]?.stringValue ?? "", $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Downloads files of an item into the catalogue's folder and lets the item lead there; goes on where an earlier
  /// try broke off, and compares with `file:checksum` where the item gives one.
  ///
  /// - Parameters:
  ///   - names: of assets; nil takes all that have the role `data` or none.
  ///   - sizeLimit: of one file, bytes.
  /// - Returns: the item as it is kept now. `ogive:source` of an asset is where it came from.
  /// - Throws: `CatalogueError` of kind `catalogue.no-such-thing`, `catalogue.forbidden`;
  ///   `catalogue.checksum-mismatch`; `HTTPError`.
  public func download(
    _ reference: ItemReference, assets names: Set<String>? = nil, viewer: Viewer, client: HTTPClient,
    sizeLimit: Int = .max
  ) async throws -> JSONObject {
    let found = try database.read { try $0.item(reference.id, in: reference.collection, for: viewer) }
    guard found.sharing.canBeChanged(by: viewer) else {
      throw CatalogueError(
        .forbidden, "item \(reference.id) belongs to somebody else; only its owner fetches its files")
    }
    var document = found.document
    var assets = document["assets"]?.objectValue ?? JSONObject()
    let target = [folder, Self.fileName(reference.collection), Self.fileName(reference.id)].joined(separator: "/")
    for (name, asset) in assets {
      let roles = (asset["roles"]?.arrayValue ?? []).compactMap(\.stringValue)
      let isWanted = names.map { $0.contains(name) } ?? (roles.isEmpty || roles.contains("data"))
      guard isWanted, let href = asset["href"]?.stringValue, href.hasPrefix("http"), var members = asset.objectValue
      else { continue }
      try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
      let path = target + "/" + Self.fileName(name, href: href)
      members["href"] = .string(path)
      members["ogive:source"] = .string(href)
      let got = try await Self.fetch(href, members, to: path, client, sizeLimit)
      members["file:size"] = .integer(got.count)
      members["file:checksum"] = .string("1220" + got.sha256)
      assets[name] = .object(members)
    }
    document["assets"] = .object(assets)
    document = Self.withFileExtension(document)
    try add(items: [document], to: reference.collection, viewer: viewer)
    return try item(reference.id, in: reference.collection, for: viewer)
  }

  private static func fetch(
    _ href: String, _ asset: JSONObject, to path: String, _ client: HTTPClient, _ limit: Int
  ) async throws -> HTTPDownload {
    let multihash = asset["file:checksum"]?.stringValue?.lowercased() ?? ""
    // Of the multihashes, that of SHA-256 is checked; others stay unchecked.
    let expected = multihash.hasPrefix("1220") && multihash.count == 68 ? String(multihash.dropFirst(4)) : nil
    do {
      return try await client.download(href, to: path, sha256: expected, limit: limit)
    } catch let error as HTTPError where error.kind == .checksumDiffers {
      throw CatalogueError(.checksumMismatch, error.message)
    }
  }

  /// A name that is a file's anywhere: letters, digits and a few marks, and a checksum where something was changed.
  static func fileName(_ name: String) -> String {
    let allowed = "-_.+:".unicodeScalars
    let plain = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map {
          $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) || allowed.contains($0)
            ? $0 : "_"
        }))
    guard plain != name || name.hasPrefix(".") || name.count > 120 else { return name }
    return "_" + plain.prefix(80) + "-" + SHA256.checksum(of: name).hexadecimal.prefix(12)
  }

  private static func fileName(_ asset: String, href: String) -> String {
    let last = URL(string: href)?.lastPathComponent ?? ""
    let ending = last.lastIndex(of: ".").map { String(last[$0...]) } ?? ""
    let isPlain = ending.count <= 8 && ending.dropFirst().allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    return fileName(asset) + (isPlain ? ending : "")
  }

  private static func withFileExtension(_ document: JSONObject) -> JSONObject {
    let name = "https://stac-extensions.github.io/file/v2.1.0/schema.json"
    var document = document
    let names = document["stac_extensions"]?.arrayValue ?? []
    let isThere = names.contains { $0.stringValue?.contains("/file/") == true }
    if !isThere { document["stac_extensions"] = .array(names + [.string(name)]) }
    return document
  }
}
