// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Testing

@Suite("Opening a database")
struct OpeningTests {
  private func kind(_ scratch: Scratch, _ schemas: [Schema] = [Scratch.notes]) -> StorageErrorKind? {
    storageError { _ = try scratch.database(schemas) }?.kind
  }

  @Test("an older file is brought up to date once, with its rows")
  func migration() throws {
    let scratch = try Scratch()
    let old = Schema("notes", ["CREATE TABLE notes (content TEXT)"])
    try scratch.database([old]).write { try $0.run("INSERT INTO notes VALUES ('kept')") }
    let new = Schema(
      "notes",
      old.steps + ["ALTER TABLE notes ADD COLUMN size INTEGER DEFAULT 4; UPDATE notes SET size = 5"])
    for _ in 0..<2 {
      let rows = try scratch.database([new]).read { try $0.rows("SELECT * FROM notes") }
      #expect(rows.map(\.values) == [["kept", 5]])
    }
  }

  @Test("a step that fails leaves the file as it was")
  func failedMigration() throws {
    let scratch = try Scratch()
    let good = Schema("notes", ["CREATE TABLE notes (content TEXT)"])
    _ = try scratch.database([good])
    let bad = Schema("notes", good.steps + ["CREATE TABLE more (x); INSERT INTO nowhere VALUES (1)"])
    #expect(kind(scratch, [bad]) == .statement)
    let tables = try scratch.database([good]).read {
      try $0.rows("SELECT name FROM sqlite_master WHERE name = 'more'")
    }
    #expect(tables.isEmpty)
  }

  @Test("a file of a newer version is refused with both versions")
  func newer() throws {
    let scratch = try Scratch()
    _ = try scratch.database([Schema("notes", ["CREATE TABLE a (x)", "CREATE TABLE b (x)"])])
    let error = storageError { _ = try scratch.database([Schema("notes", ["CREATE TABLE a (x)"])]) }
    #expect(error?.kind == .newerVersion)
    #expect(
      error?.message == "\(scratch.file) was written by a newer version of Ogive (notes 2; this version knows 1); "
        + "install that version again or give another --data folder")
  }

  @Test("a file that is no database is refused as corrupt")
  func noDatabase() throws {
    let scratch = try Scratch()
    try Data(repeating: 65, count: 10_000).write(to: URL(filePath: scratch.file))
    #expect(kind(scratch) == .corrupt)
  }

  @Test("damaged pages are an error of kind storage.corrupt, not a crash")
  func damage() throws {
    let scratch = try Scratch()
    do {
      let database = try scratch.database()
      for number in 0..<500 {
        let content = SQLValue.text(String(repeating: "note \(number) ", count: 40))
        try database.write { try $0.run("INSERT INTO notes (content) VALUES (?)", [content]) }
      }
    }
    // Closing has moved the write-ahead log into the file; every page but the first is now overwritten.
    let handle = try FileHandle(forUpdating: URL(filePath: scratch.file))
    let size = try handle.seekToEnd()
    try handle.seek(toOffset: 8192)
    try handle.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 8192))
    try handle.close()
    let error = storageError {
      _ = try scratch.database().read { try $0.rows("SELECT sum(length(content)) FROM notes") }
    }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("Put a backup of the file in its place") == true)
  }

  @Test("another program's database is refused and not changed")
  func foreign() throws {
    let scratch = try Scratch()
    let bytes = try #require(Data(base64Encoded: try ForeignFile.base64()))
    try bytes.write(to: URL(filePath: scratch.file))
    #expect(kind(scratch) == .foreign)
  }

  @Test("a folder that is not there is said so")
  func noFolder() throws {
    let scratch = try Scratch()
    let error = storageError { _ = try Database(path: scratch.folder + "/absent/x.sqlite", []) }
    #expect(error?.kind == .notOpenable)
    #expect(error?.message.contains("Check that the folder exists and may be written") == true)
  }
}

/// A database as another program would make one: ours, with the mark in the header cleared.
private enum ForeignFile {
  static func base64() throws -> String {
    let scratch = try Scratch()
    do { _ = try scratch.database() }
    var bytes = try Data(contentsOf: URL(filePath: scratch.file))
    bytes.replaceSubrange(68..<72, with: [0, 0, 0, 0])
    return bytes.base64EncodedString()
  }
}
