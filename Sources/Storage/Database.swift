// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Foundation
import Processing
import Synchronization

/// One SQLite file in write-ahead mode: many readers, one writer at a time, in this process and in others.
///
/// A reading sees the file as it was when the reading began. A writing is all or nothing, also when the process
/// is killed. After a power cut the last writings may be missing; the file is whole.
public final class Database: Sendable {
  public let path: String
  private let schemas: [Schema]
  private let writer: Lane
  private let reserve: DiskReserve
  private let readers = Mutex<[Loan]>([])

  /// Connections for reading that are kept open while nobody uses them.
  private static let idleLimit = 8

  /// A connection on its way between threads, which use it one after the other.
  private struct Loan: @unchecked Sendable {
    let connection: Connection
  }

  /// The connection that writes, and who uses it.
  private final class Lane: @unchecked Sendable {
    let connection: Connection
    let lock = NSLock()
    let owner = Atomic<UInt>(0)
    init(_ connection: Connection) { self.connection = connection }
  }

  /// Opens the file, creates it where there is none, and brings every schema up to date.
  ///
  /// - Parameters:
  ///   - path: a file on a local disk; its folder must exist.
  ///   - reserve: room that is kept beside it for the time when the disk is full, bytes.
  /// - Throws: `StorageError` of kind `storage.not-openable`, `storage.corrupt`, `storage.foreign`,
  ///   `storage.newer-version`, `storage.full`, or `storage.busy` when another process writes for over 10 s.
  public init(path: String, _ schemas: [Schema], reserve: Int = 0) throws(StorageError) {
    self.path = path
    self.reserve = DiskReserve(path + "-reserve", bytes: reserve)
    self.schemas = schemas
    let connection = try Connection(path: path, isReadOnly: false)
    try Self.useWriteAheadLog(connection)
    for function in schemas.flatMap(\.functions) { try connection.define(function) }
    try connection.migrate(schemas)
    writer = Lane(connection)
  }

  /// Runs a closure that reads, on a snapshot of the file; several may run at once.
  ///
  /// - Parameter seconds: after this time the reading ends with `storage.timeout`; for questions that strangers put.
  /// - Throws: what the closure throws; `StorageError` of kind `storage.read-only` when it changes something.
  public func read<R>(within seconds: Double? = nil, _ body: (Connection) throws -> R) throws -> R {
    let connection = try takeReader()
    // A connection that failed is closed rather than kept: the next reading begins with a fresh one.
    do {
      try connection.run("BEGIN")
      connection.limit(toSeconds: seconds)
      let result = try body(connection)
      connection.limit(toSeconds: nil)
      try connection.run("COMMIT")
      giveBack(connection)
      return result
    } catch {
      connection.limit(toSeconds: nil)
      connection.rollBack()
      if (error as? StorageError) == nil { giveBack(connection) }
      throw error
    }
  }

  /// Runs a closure that changes something; its changes are kept together, or none when it throws.
  ///
  /// One writing runs at a time. The closure should be short, and must not call `write` itself. On a full disk it is
  /// called once more when that gives up the room that was kept for it.
  @discardableResult
  public func write<R>(_ body: (Connection) throws -> R) throws -> R {
    let thread = UInt(pthread_self())
    precondition(writer.owner.load(ordering: .relaxed) != thread, "Database.write inside Database.write")
    writer.lock.lock()
    writer.owner.store(thread, ordering: .relaxed)
    defer {
      writer.owner.store(0, ordering: .relaxed)
      writer.lock.unlock()
    }
    do {
      let result = try writeOnce(body)
      reserve.hold()
      return result
    } catch let error as StorageError where error.kind == .full {
      guard reserve.release() else { throw error }
      return try writeOnce(body)
    }
  }

  private func writeOnce<R>(_ body: (Connection) throws -> R) throws -> R {
    let connection = writer.connection
    try connection.run("BEGIN IMMEDIATE")
    do {
      let result = try body(connection)
      try connection.run("COMMIT")
      return result
    } catch {
      connection.rollBack()
      throw error
    }
  }

  private func takeReader() throws(StorageError) -> Connection {
    if let idle = readers.withLock({ $0.popLast() }) { return idle.connection }
    let connection = try Connection(path: path, isReadOnly: true)
    for function in schemas.flatMap(\.functions) { try connection.define(function) }
    return connection
  }

  private func giveBack(_ connection: Connection) {
    let loan = Loan(connection: connection)
    readers.withLock { if $0.count < Self.idleLimit { $0.append(loan) } }
  }

  /// SQLite does not wait for others while it changes the mode, so that this does.
  private static func useWriteAheadLog(_ connection: Connection) throws(StorageError) {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(10)
    while true {
      do throws(StorageError) {
        let mode = try connection.row("PRAGMA journal_mode = WAL")?[0].textValue ?? ""
        guard mode != "wal" else { return }
        throw StorageError(
          .notOpenable,
          "\(connection.path): the file system lacks what a database shared by processes needs (mode \(mode)); "
            + "put the data folder on a local disk")
      } catch  where error.kind == .busy && clock.now < end {
        usleep(20_000)
      }
    }
  }
}

// MARK: - Upkeep

extension Database {
  /// Writes a copy of the whole file as it is now, compacted; others go on reading and writing meanwhile.
  ///
  /// The copy appears whole or not at all, and replaces what was there.
  public func backup(to copy: String) throws(StorageError) {
    let partial = copy + ".part-" + UUID().uuidString
    defer { unlink(partial) }
    let source = try Connection(path: path, isReadOnly: false)
    try source.run("VACUUM INTO ?", [.text(partial)])
    do throws(ProcessingError) {
      try AtomicFile.move(partial, to: copy)
    } catch {
      throw StorageError(error.kind == .diskFull ? .full : .notOpenable, error.message)
    }
  }

  /// What SQLite finds wrong in the file, a line each; empty when it is whole. Reads the whole file.
  public func problems() throws -> [String] {
    try read { connection in
      let found = try connection.rows("PRAGMA quick_check").compactMap { $0[0].textValue }
      let broken = try connection.rows("PRAGMA foreign_key_check")
      return found.filter { $0 != "ok" } + broken.map { "row without its parent in \($0[0].textValue ?? "?")" }
    }
  }
}
