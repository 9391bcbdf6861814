// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Foundation
import Processing

/// What went wrong with a database.
public typealias StorageError = RunError<StorageErrorKind>

public enum StorageErrorKind: String, Sendable {
  /// The file cannot be opened or created, or its folder not written.
  case notOpenable = "storage.not-openable"
  /// The file is no SQLite database, or parts of it are damaged.
  case corrupt = "storage.corrupt"
  /// The file is a database of another program.
  case foreign = "storage.foreign"
  /// The file was written by a newer version of Ogive.
  case newerVersion = "storage.newer-version"
  /// The disk or a quota is full; the transaction was rolled back.
  case full = "storage.full"
  /// Another process held the database for longer than the time we wait.
  case busy = "storage.busy"
  /// A key that must be unique is there already.
  case duplicate = "storage.duplicate"
  /// Another rule of the tables was broken (foreign key, check, not null).
  case constraint = "storage.constraint"
  /// A change was asked for inside `Database.read`, or the file must not be written.
  case readOnly = "storage.read-only"
  /// A reading took longer than it was allowed to.
  case timeout = "storage.timeout"
  /// Reading or writing the disk failed for another reason.
  case io = "storage.io"
  /// The SQL text is wrong: a bug of ours.
  case statement = "storage.statement"
}

extension RunError where Kind == StorageErrorKind {
  /// The error of a call that returned `code`, with SQLite's own words and a cure.
  init(code: Int32, handle: OpaquePointer?, path: String, during: String) {
    let extended = handle.map(sqlite3_extended_errcode) ?? code
    let words = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
    let (kind, cure) = Self.kind(of: code, extended: extended, systemCode: handle.map(sqlite3_system_errno) ?? 0)
    self.init(kind, "\(path): \(during) failed: \(words)." + (cure.isEmpty ? "" : " " + cure))
  }

  private static func kind(
    of code: Int32, extended: Int32, systemCode: Int32
  ) -> (StorageErrorKind, cure: String) {
    switch code & 0xFF {
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      return (.corrupt, "Put a backup of the file in its place, or move it away to begin with an empty one")
    case SQLITE_FULL: return (.full, "Free some space; nothing half-written was kept")
    case SQLITE_IOERR where extended == ioWrite && systemCode != EIO:
      // SQLite tells a full disk by itself; a quota or a limit on files looks to it like any failed writing.
      return (.full, "Free some space or lift the quota or limit on files; nothing half-written was kept")
    case SQLITE_BUSY, SQLITE_LOCKED: return (.busy, "Another process holds the database; try again later")
    case SQLITE_CONSTRAINT:
      let isDuplicate = [constraintUnique, constraintPrimaryKey, constraintRowID].contains(extended)
      return (isDuplicate ? .duplicate : .constraint, "")
    case SQLITE_READONLY, SQLITE_AUTH:
      return (.readOnly, "Inside a reading nothing can be changed; the file itself must be writable")
    case SQLITE_CANTOPEN, SQLITE_PERM:
      return (.notOpenable, "Check that the folder exists and may be written")
    case SQLITE_INTERRUPT: return (.timeout, "Narrow the question, or ask for fewer things at once")
    case SQLITE_IOERR, SQLITE_NOMEM, SQLITE_PROTOCOL: return (.io, "")
    default: return (.statement, "")
    }
  }

  // Macros with arithmetic, which Swift does not import.
  private static var constraintUnique: Int32 { SQLITE_CONSTRAINT | (8 << 8) }
  private static var constraintPrimaryKey: Int32 { SQLITE_CONSTRAINT | (6 << 8) }
  private static var ioWrite: Int32 { SQLITE_IOERR | (3 << 8) }
  private static var constraintRowID: Int32 { SQLITE_CONSTRAINT | (10 << 8) }
}
