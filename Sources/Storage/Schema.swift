// SPDX-License-Identifier: Apache-2.0

/// The tables of one module, as the numbered steps that made them what they are.
///
/// A step, once released, never changes: what should be different comes in a further step. The version that a
/// file has reached stands in the file, so that an old file is brought up to date when it is opened.
public struct Schema: Sendable {
  /// Name of the module, the key of its version in the file.
  public let name: String
  /// SQL scripts; step i brings version i to version i + 1.
  public let steps: [String]
  /// Functions in Swift that the module's statements call.
  public let functions: [SQLFunction]

  public init(_ name: String, _ steps: [String], functions: [SQLFunction] = []) {
    self.name = name
    self.steps = steps
    self.functions = functions
  }
}

extension Connection {
  /// Brings every schema up to date, all or none.
  ///
  /// - Throws: `StorageError` of kind `storage.newer-version` when the file has steps that we do not know, and
  ///   `storage.foreign` when it is another program's.
  func migrate(_ schemas: [Schema]) throws(StorageError) {
    try run("BEGIN IMMEDIATE")
    do throws(StorageError) {
      try claim()
      for schema in schemas { try migrate(schema) }
      try run("COMMIT")
    } catch {
      rollBack()
      throw error
    }
  }

  /// Marks a new file as ours and refuses another program's.
  private func claim() throws(StorageError) {
    let mark = try row("PRAGMA application_id")?[0].intValue ?? 0
    if mark == Self.applicationMark { return }
    let tables = try row("SELECT count(*) FROM sqlite_master")?[0].intValue ?? 0
    guard mark == 0 && tables == 0 else {
      throw StorageError(
        .foreign, "\(path) is an SQLite database of another program; give another --data folder")
    }
    try execute("PRAGMA application_id = \(Self.applicationMark)")
    try run("CREATE TABLE schema_versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID")
  }

  /// "Ogiv" as a number.
  private static var applicationMark: Int { 0x4F67_6976 }

  private func migrate(_ schema: Schema) throws(StorageError) {
    let version =
      try row("SELECT version FROM schema_versions WHERE name = ?", [.text(schema.name)])?.int("version") ?? 0
    guard version <= schema.steps.count else {
      throw StorageError(
        .newerVersion,
        "\(path) was written by a newer version of Ogive (\(schema.name) \(version); this version knows "
          + "\(schema.steps.count)); install that version again or give another --data folder")
    }
    guard version < schema.steps.count else { return }
    for step in schema.steps[version...] { try execute(step) }
    try run(
      "INSERT INTO schema_versions VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version",
      [.text(schema.name), .integer(schema.steps.count)])
  }
}
