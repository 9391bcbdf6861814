// SPDX-License-Identifier: Apache-2.0
import Accounts
import Foundation
import Parameters
import Storage

/// Shapes that users have drawn on the map: kept as GeoJSON to go on drawing, and as GeoPackage to be a job's input.
struct Drawings: Sendable {
  let database: Database
  /// Where the GeoPackages lie.
  let folder: String

  static let schema = Schema(
    "drawings",
    [
      """
      CREATE TABLE drawings (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL, visibility TEXT NOT NULL DEFAULT 'private',
        visibility_group TEXT, crs TEXT NOT NULL, features TEXT NOT NULL, created INTEGER NOT NULL);
      CREATE INDEX drawings_of_owner ON drawings (owner);
      """
    ])

  /// What shapes are for.
  static let classes = [
    "training-sample", "training-area", "stable-ground", "moving", "exclusion", "area-of-interest",
  ]

  struct Drawing: Sendable {
    let id, name, crs: String
    let features: JSONObject
    let created: Int
    let sharing: Sharing

    /// How many shapes of each class.
    var counts: [(name: String, count: Int)] {
      let found = features["features"]?.arrayValue?.compactMap { $0["properties"]?["class"]?.stringValue } ?? []
      return Drawings.classes.map { name in (name, found.count { $0 == name }) }.filter { $0.count > 0 }
    }
  }

  func list(for viewer: Viewer) throws -> [Drawing] {
    let (condition, values) = Sharing.condition(for: viewer)
    return try database.read {
      try $0.rows("SELECT * FROM drawings WHERE \(condition) ORDER BY created DESC", values).map(Self.drawing)
    }
  }

  /// - Throws: 404 for one that is not there, or not the viewer's to see.
  func drawing(_ id: String, viewer: Viewer) throws -> Drawing {
    let row = try database.read { try $0.row("SELECT * FROM drawings WHERE id = ?", [.text(id)]) }
    guard let row, case let drawing = Self.drawing(row), drawing.sharing.canBeSeen(by: viewer) else {
      throw Problem(.notFound, "there is no drawing '\(id)'")
    }
    return drawing
  }

  /// The GeoPackage of a drawing, or of one class of it.
  ///
  /// - Parameter id: `ID`, or `ID-CLASS` as in `x1-stable-ground`.
  func path(of id: String, viewer: Viewer) throws -> String {
    let plain = id.replacing(".gpkg", with: "")
    let name = Self.classes.first { plain.hasSuffix("-" + $0) }
    let drawing = try drawing(name.map { String(plain.dropLast($0.count + 1)) } ?? plain, viewer: viewer)
    let path = "\(folder)/\(drawing.id)\(name.map { "-" + $0 } ?? "").gpkg"
    guard FileManager.default.fileExists(atPath: path) else {
      throw Problem(.noSuchInput, "the drawing '\(drawing.name)' has no shapes of that class")
    }
    return path
  }

  /// Keeps a drawing, new or changed, and writes its GeoPackage.
  func save(_ drawing: Drawing) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try DrawingFile(drawing).write(in: folder)
    let values: [SQLValue] = [
      .text(drawing.id), .text(drawing.name), .text(drawing.sharing.ownerID), .text(drawing.crs),
      .text(drawing.features.text(.line)), .integer(drawing.created),
    ]
    _ = try database.write {
      try $0.run(
        """
        INSERT INTO drawings (id, name, owner, crs, features, created) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, crs = excluded.crs, features = excluded.features
        """, values)
    }
  }

  func remove(_ drawing: Drawing) throws {
    _ = try database.write { try $0.run("DELETE FROM drawings WHERE id = ?", [.text(drawing.id)]) }
    DrawingFile.remove(drawing, in: folder)
  }

  private static func drawing(_ row: SQLRow) -> Drawing {
    Drawing(
      id: row.text("id"), name: row.text("name"), crs: row.text("crs"),
      features: (try? JSONValue(parsing: row.text("features")))?.objectValue ?? [:], created: row.int("created"),
      sharing: Sharing(
        ownerID: row.text("owner"),
        visibility: Visibility(visibility: row.text("visibility"), group: row.optionalText("visibility_group"))))
  }
}
