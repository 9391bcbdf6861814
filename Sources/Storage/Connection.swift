// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Foundation

/// One open connection to a database: runs statements, keeps them prepared.
///
/// It is lent by `Database.read` and `Database.write` for the time of their closure and must not be kept.
/// Values reach a statement only by its places (`?`), never by its text.
public final class Connection {
  let handle: OpaquePointer
  let path: String
  private var statements: [String: Statement] = [:]
  /// When a reading must be over, in seconds of the monotonic clock.
  private var deadline = Double.infinity

  /// Prepared statements that one connection keeps at most.
  private static let statementLimit = 200

  /// Opens the file, or creates it, and sets what every connection needs.
  init(path: String, isReadOnly: Bool) throws(StorageError) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (isReadOnly ? 0 : SQLITE_OPEN_CREATE)
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
      let error = StorageError(code: code, handle: handle, path: path, during: "opening the database")
      sqlite3_close_v2(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 10_000)
    ogive_defend(handle)
    try execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000")
    try execute("PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864")
    if isReadOnly { try execute("PRAGMA query_only = ON") }
  }

  deinit {
    statements = [:]
    sqlite3_close_v2(handle)
  }

  /// Identity of the row that the last INSERT of this connection made.
  public var lastRowID: Int { Int(sqlite3_last_insert_rowid(handle)) }

  /// Runs one statement and gives how many rows it changed itself (not by triggers and cascades).
  @discardableResult
  public func run(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> Int {
    let statement = try prepared(sql, values)
    defer { giveBack(statement) }
    let before = sqlite3_total_changes(handle)
    while try step(statement, sql) {}
    // The count of direct changes is left from the statement before when this one changes nothing.
    return sqlite3_total_changes(handle) == before ? 0 : Int(sqlite3_changes(handle))
  }

  /// All rows that a statement gives.
  public func rows(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> [SQLRow] {
    let statement = try prepared(sql, values)
    defer { giveBack(statement) }
    var rows: [SQLRow] = []
    while try step(statement, sql) { rows.append(statement.currentRow()) }
    return rows
  }

  /// The first row that a statement gives; nil when it gives none.
  public func row(_ sql: String, _ values: [SQLValue] = []) throws(StorageError) -> SQLRow? {
    let statement = try prepared(sql, values)
    defer { giveBack(statement) }
    return try step(statement, sql) ? statement.currentRow() : nil
  }

  /// Calls the closure with one row after the other, without holding them all.
  public func forEach(_ sql: String, _ values: [SQLValue] = [], _ body: (SQLRow) throws -> Void) throws {
    let statement = try prepared(sql, values)
    defer { giveBack(statement) }
    while try step(statement, sql) { try body(statement.currentRow()) }
  }

  /// Runs a script of several statements without values.
  func execute(_ script: String) throws(StorageError) {
    let code = sqlite3_exec(handle, script, nil, nil, nil)
    guard code == SQLITE_OK else { throw failure(code, "running \(Self.start(of: script))") }
  }
}

// MARK: - Statements

extension Connection {
  private func prepared(_ sql: String, _ values: [SQLValue]) throws(StorageError) -> Statement {
    let statement = try prepared(sql)
    guard Int(sqlite3_bind_parameter_count(statement.handle)) == values.count else {
      giveBack(statement)
      let places = sqlite3_bind_parameter_count(statement.handle)
      throw StorageError(.statement, "\(places) places and \(values.count) values in \(Self.start(of: sql))")
    }
    let code = statement.bind(values)
    guard code == SQLITE_OK else {
      let error = failure(code, "binding values to \(Self.start(of: sql))")
      giveBack(statement)
      throw error
    }
    return statement
  }

  /// A statement that nobody uses: kept from before, or prepared now.
  private func prepared(_ sql: String) throws(StorageError) -> Statement {
    if let kept = statements[sql], !kept.isInUse {
      kept.isInUse = true
      return kept
    }
    var pointer: OpaquePointer?
    var hasMore = false
    let code = sql.withCString { text in
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v3(handle, text, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &tail)
      hasMore = tail.map { String(cString: $0).contains { !$0.isWhitespace && $0 != ";" } } ?? false
      return code
    }
    guard code == SQLITE_OK, let pointer else { throw failure(code, "preparing \(Self.start(of: sql))") }
    let statement = Statement(handle: pointer)
    guard !hasMore else { throw StorageError(.statement, "more than one statement in \(Self.start(of: sql))") }
    statement.isInUse = true
    if statements[sql] == nil {
      if statements.count >= Self.statementLimit { statements = statements.filter { $0.value.isInUse } }
      statements[sql] = statement
    }
    return statement
  }

  private func giveBack(_ statement: Statement) {
    statement.reset()
    statement.isInUse = false
  }

  /// Goes to the next row; false when there is none.
  private func step(_ statement: Statement, _ sql: String) throws(StorageError) -> Bool {
    let code = sqlite3_step(statement.handle)
    switch code {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw failure(code, "running \(Self.start(of: sql))")
    }
  }

  /// Enough of a statement to find it in the source.
  private static func start(of sql: String) -> String {
    let words = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 160 ? String(words.prefix(160)) + "..." : words
  }

  func failure(_ code: Int32, _ during: String) -> StorageError {
    StorageError(code: code, handle: handle, path: path, during: during)
  }
}

// MARK: - Transactions

extension Connection {
  /// Rolls back what is open; an error may have done so already.
  func rollBack() {
    guard sqlite3_get_autocommit(handle) == 0 else { return }
    sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
  }

  /// Stops statements with `storage.timeout` once so many seconds are over; nil lifts the limit.
  func limit(toSeconds seconds: Double?) {
    guard let seconds else {
      deadline = .infinity
      sqlite3_progress_handler(handle, 0, nil, nil)
      return
    }
    deadline = Self.now() + seconds
    sqlite3_progress_handler(
      handle, 2000,
      { Unmanaged<Connection>.fromOpaque($0!).takeUnretainedValue().isLate ? 1 : 0 },
      Unmanaged.passUnretained(self).toOpaque())
  }

  private var isLate: Bool { Self.now() > deadline }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
