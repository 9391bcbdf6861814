// SPDX-License-Identifier: Apache-2.0
import Accounts
import Parameters
import Processing
import Storage

extension Catalogue {
  /// Cloud cover of items on an area, 0 to 1, in their order; what was found once is kept.
  ///
  /// - Parameters:
  ///   - geometry: polygons in GeoJSON.
  ///   - rules: where class masks may be read from.
  /// - Returns: a share for each item, or why there is none.
  /// - Throws: `CatalogueError` of kind `catalogue.bad-geometry`, `catalogue.no-such-thing`.
  public func cloudCover(
    of items: [ItemReference], on geometry: JSONValue, for viewer: Viewer, rules: AssetRules
  ) throws -> [Result<CloudShare, CatalogueError>] {
    let area = try GeoShape(json: geometry)
    guard area.parts.contains(where: { if case .polygon = $0 { true } else { false } }) else {
      throw CatalogueError(.badGeometry, "the area of interest must be a polygon")
    }
    let key = SHA256.checksum(of: area.bytes).hexadecimal
    return try items.map { reference in
      // Masks say nothing of what a licence protects, so that they are read for everybody who sees the item.
      let (number, document, known) = try database.read { connection in
        let seen = try connection.item(reference.id, in: reference.collection, for: viewer)
        let whole = try connection.item(reference.id, in: reference.collection, for: .local)
        let row = try connection.row(
          "SELECT cloud, seen FROM cloud_shares WHERE item = ? AND area = ?", [.integer(seen.number), .text(key)])
        return (
          seen.number, whole.document,
          row.map { CloudShare(cloud: $0.optionalDouble("cloud"), seen: $0.double("seen")) }
        )
      }
      if let known { return .success(known) }
      do throws(CatalogueError) {
        let share = try CloudOnArea.share(of: document, on: area, rules: rules)
        keep(share, number, key)
        return .success(share)
      } catch {
        return .failure(error)
      }
    }
  }

  /// Keeps a share; an item that has gone meanwhile, or a full disk, only means that it is found again.
  private func keep(_ share: CloudShare, _ number: Int, _ area: String) {
    let values: [SQLValue] = [.integer(number), .text(area), SQLValue(share.cloud), .real(share.seen)]
    _ = try? database.write { connection in
      try connection.run("INSERT INTO cloud_shares VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", values)
    }
  }
}
