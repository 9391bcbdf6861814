// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// One prepared statement; used by the connection that made it, by one thread at a time.
final class Statement {
  let handle: OpaquePointer
  /// The columns of the answer by name; the first of two of the same name counts.
  let places: [String: Int]
  let columnCount: Int
  var isInUse = false

  init(handle: OpaquePointer) {
    self.handle = handle
    columnCount = Int(sqlite3_column_count(handle))
    var places: [String: Int] = [:]
    for column in 0..<columnCount {
      guard let name = sqlite3_column_name(handle, Int32(column)) else { continue }
      places[String(cString: name), default: column] = places[String(cString: name)] ?? column
    }
    self.places = places
  }

  deinit { sqlite3_finalize(handle) }

  /// Binds the values to the places of the statement, in order; gives SQLite's code.
  func bind(_ values: [SQLValue]) -> Int32 {
    for (index, value) in values.enumerated() {
      let code = bind(value, at: Int32(index + 1))
      if code != SQLITE_OK { return code }
    }
    return SQLITE_OK
  }

  private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(handle, place)
    case .integer(let number): return sqlite3_bind_int64(handle, place, Int64(number))
    case .real(let number): return sqlite3_bind_double(handle, place, number)
    case .text(let text):
      var text = text
      return text.withUTF8 { utf8 in
        // An empty text has no address, and no address would mean NULL.
        guard let start = utf8.baseAddress else { return ogive_bind_text(handle, place, "", 0) }
        return start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
          ogive_bind_text(handle, place, $0, Int32(utf8.count))
        }
      }
    case .blob(let bytes):
      guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, place, 0) }
      return bytes.withUnsafeBytes { ogive_bind_blob(handle, place, $0.baseAddress, Int32($0.count)) }
    }
  }

  /// The row on which the statement stands.
  func currentRow() -> SQLRow {
    SQLRow(places: places, values: (0..<columnCount).map { value(at: Int32($0)) })
  }

  private func value(at column: Int32) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(Int(sqlite3_column_int64(handle, column)))
    case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
    case SQLITE_TEXT:
      let bytes = sqlite3_column_text(handle, column)
      return .text(SQLValue.text(bytes, count: sqlite3_column_bytes(handle, column)))
    case SQLITE_BLOB:
      let bytes = sqlite3_column_blob(handle, column)
      return .blob(SQLValue.bytes(bytes, count: sqlite3_column_bytes(handle, column)))
    default: return .null
    }
  }

  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }
}
