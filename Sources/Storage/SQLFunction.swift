// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// A function in Swift that SQL statements can call.
public struct SQLFunction: Sendable {
  let name: String
  let argumentCount: Int
  let body: @Sendable ([SQLValue]) -> SQLValue

  /// - Parameters:
  ///   - argumentCount: how many arguments the function takes, 0 to 100.
  ///   - body: gives the same value for the same arguments; may be called by several threads at once.
  public init(_ name: String, argumentCount: Int, _ body: @escaping @Sendable ([SQLValue]) -> SQLValue) {
    self.name = name
    self.argumentCount = argumentCount
    self.body = body
  }
}

/// What SQLite holds of a function; freed by it with the connection.
private final class FunctionBox {
  let body: @Sendable ([SQLValue]) -> SQLValue
  init(_ body: @escaping @Sendable ([SQLValue]) -> SQLValue) { self.body = body }
}

extension Connection {
  /// Makes a function known to this connection.
  func define(_ function: SQLFunction) throws(StorageError) {
    let box = Unmanaged.passRetained(FunctionBox(function.body)).toOpaque()
    // On failure SQLite calls the destructor itself, so that nothing is left to free here.
    let code = sqlite3_create_function_v2(
      handle, function.name, Int32(function.argumentCount), SQLITE_UTF8 | SQLITE_DETERMINISTIC, box,
      { context, count, arguments in
        guard let context, let data = sqlite3_user_data(context) else { return }
        let values = (0..<Int(count)).map { SQLValue(argument: arguments?[$0]) }
        Unmanaged<FunctionBox>.fromOpaque(data).takeUnretainedValue().body(values).giveResult(to: context)
      }, nil, nil, { Unmanaged<FunctionBox>.fromOpaque($0!).release() })
    guard code == SQLITE_OK else { throw failure(code, "defining \(function.name)") }
  }
}

extension SQLValue {
  fileprivate init(argument: OpaquePointer?) {
    switch sqlite3_value_type(argument) {
    case SQLITE_INTEGER: self = .integer(Int(sqlite3_value_int64(argument)))
    case SQLITE_FLOAT: self = .real(sqlite3_value_double(argument))
    case SQLITE_TEXT:
      let bytes = sqlite3_value_text(argument)
      self = .text(SQLValue.text(bytes, count: sqlite3_value_bytes(argument)))
    case SQLITE_BLOB:
      let bytes = sqlite3_value_blob(argument)
      self = .blob(SQLValue.bytes(bytes, count: sqlite3_value_bytes(argument)))
    default: self = .null
    }
  }

  fileprivate func giveResult(to context: OpaquePointer) {
    switch self {
    case .null: sqlite3_result_null(context)
    case .integer(let value): sqlite3_result_int64(context, Int64(value))
    case .real(let value): sqlite3_result_double(context, value)
    case .text(let value):
      var value = value
      value.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) { ogive_result_text(context, $0.baseAddress, Int32($0.count)) }
      }
    case .blob(let bytes): bytes.withUnsafeBytes { ogive_result_blob(context, $0.baseAddress, Int32($0.count)) }
    }
  }

  static func text(_ bytes: UnsafePointer<UInt8>?, count: Int32) -> String {
    guard let bytes else { return "" }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }

  static func bytes(_ start: UnsafeRawPointer?, count: Int32) -> [UInt8] {
    guard let start else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
  }
}
