// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage

/// A folder of its own that goes away with the test.
final class Scratch {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-storage-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var file: String { folder + "/test.sqlite" }

  /// A database with one table of notes.
  func database(_ schemas: [Schema] = [Scratch.notes]) throws -> Database {
    try Database(path: file, schemas)
  }

  static let notes = Schema(
    "notes", ["CREATE TABLE notes (id INTEGER PRIMARY KEY, content TEXT UNIQUE, extra)"])
}

/// The kind of the storage error that a closure throws; nil when it throws none.
func storageError<R>(of body: () throws -> R) -> StorageError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? StorageError
  }
}
