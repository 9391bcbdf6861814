// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Synchronization
import Testing

@Suite("Database")
struct DatabaseTests {
  struct Stop: Error {}

  private func count(_ database: Database) throws -> Int {
    try database.read { try $0.row("SELECT count(*) AS n FROM notes")?.int("n") ?? -1 }
  }

  @Test("a writing that throws leaves nothing behind")
  func rollBack() throws {
    let scratch = try Scratch(), database = try scratch.database()
    #expect(throws: Stop.self) {
      try database.write {
        try $0.run("INSERT INTO notes (content) VALUES ('gone')")
        throw Stop()
      }
    }
    #expect(try count(database) == 0)
    try database.write { try $0.run("INSERT INTO notes (content) VALUES ('kept')") }
    #expect(try count(database) == 1)
  }

  @Test("a reading keeps its snapshot while another connection writes")
  func snapshot() throws {
    let scratch = try Scratch(), database = try scratch.database()
    try database.read { reader in
      let before = try reader.row("SELECT count(*) AS n FROM notes")?.int("n")
      try database.write { try $0.run("INSERT INTO notes (content) VALUES ('new')") }
      let after = try reader.row("SELECT count(*) AS n FROM notes")?.int("n")
      #expect(before == 0 && after == 0)
    }
    #expect(try count(database) == 1)
  }

  @Test("a reading cannot change anything")
  func readOnly() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let error = storageError { _ = try database.read { try $0.run("DELETE FROM notes") } }
    #expect(error?.kind == .readOnly)
  }

  @Test("eight threads add 25 rows each while others read, and none is lost")
  func threads() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { worker in
      for number in 0..<25 {
        do {
          try database.write { connection in
            let next = try connection.row("SELECT count(*) AS n FROM notes")?.int("n") ?? -1
            let values: [SQLValue] = [.text("\(worker)-\(number)"), .integer(next)]
            try connection.run("INSERT INTO notes (content, extra) VALUES (?, ?)", values)
          }
          _ = try count(database)
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock { $0 } == [])
    let distinct = try database.read { try $0.row("SELECT count(DISTINCT extra) AS n FROM notes")?.int("n") }
    #expect(distinct == 200)
  }

  @Test("two handles on one file see each other's rows")
  func twoHandles() throws {
    let scratch = try Scratch(), first = try scratch.database(), second = try scratch.database()
    try first.write { try $0.run("INSERT INTO notes (content) VALUES ('a')") }
    try second.write { try $0.run("INSERT INTO notes (content) VALUES ('b')") }
    #expect(try count(first) == 2)
    #expect(try count(second) == 2)
  }

  @Test("a full database refuses the writing, keeps what it has and works again when there is room")
  func full() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let large = SQLValue.blob([UInt8](repeating: 7, count: 200_000))
    try database.write { try $0.run("INSERT INTO notes (extra) VALUES (?)", [large]) }
    try database.write { try $0.row("PRAGMA max_page_count = 100") }
    let error = storageError {
      try database.write { try $0.run("INSERT INTO notes (extra) VALUES (?), (?)", [large, large]) }
    }
    #expect(error?.kind == .full)
    #expect(error?.message.contains("Free some space; nothing half-written was kept") == true)
    #expect(try count(database) == 1)
    try database.write { try $0.row("PRAGMA max_page_count = 100000") }
    try database.write { try $0.run("INSERT INTO notes (extra) VALUES (?)", [large]) }
    #expect(try count(database) == 2)
    #expect(try database.problems() == [])
  }

  @Test("a backup made while a writer is at work is whole and opens as a database")
  func backup() throws {
    let scratch = try Scratch(), database = try scratch.database()
    for number in 0..<50 {
      try database.write { try $0.run("INSERT INTO notes (content) VALUES (?)", [.text("note \(number)")]) }
    }
    let copy = scratch.folder + "/copy.sqlite"
    try database.write { connection in
      try connection.run("INSERT INTO notes (content) VALUES ('not yet kept')")
      try database.backup(to: copy)
    }
    let restored = try Database(path: copy, [Scratch.notes])
    #expect(try count(restored) == 50)
    #expect(try restored.problems() == [])
    let left = try FileManager.default.contentsOfDirectory(atPath: scratch.folder)
    #expect(!left.contains { $0.contains(".part") })
    #expect(storageError { try database.backup(to: scratch.folder + "/absent/copy") }?.kind == .notOpenable)
  }
}
