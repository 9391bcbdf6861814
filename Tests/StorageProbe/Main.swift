// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage

/// A process of its own that writes into a database, for the tests that kill it or take its disk away.
///
/// `storage-probe FILE COUNT`: writes COUNT transactions (0: without end), each adding two rows that belong
/// together, and prints the number of each transaction after it was kept.
@main
struct StorageProbe {
  static let schema = Schema(
    "probe",
    [
      """
      CREATE TABLE lines (number INTEGER PRIMARY KEY, content TEXT NOT NULL);
      CREATE TABLE doubles (number INTEGER PRIMARY KEY REFERENCES lines, content TEXT NOT NULL);
      """
    ])

  static func main() {
    guard CommandLine.arguments.count == 3, let count = Int(CommandLine.arguments[2]) else { exit(2) }
    do {
      let database = try Database(path: CommandLine.arguments[1], [schema])
      var number = 0
      while count == 0 || number < count {
        try database.write { connection in
          let content = SQLValue.text(String(repeating: "line \(number) ", count: 400))
          try connection.run("INSERT INTO lines (content) VALUES (?)", [content])
          try connection.run("INSERT INTO doubles VALUES (?, ?)", [.integer(connection.lastRowID), content])
        }
        number += 1
        print(number)
        fflush(nil)
      }
    } catch let error as StorageError {
      print(error.kind.rawValue, error.message)
      exit(1)
    } catch {
      print(error)
      exit(3)
    }
  }
}
