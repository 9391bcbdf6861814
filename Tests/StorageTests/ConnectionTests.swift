// SPDX-License-Identifier: Apache-2.0
import Parameters
import Storage
import Testing

@Suite("Statements and values")
struct ConnectionTests {
  @Test(
    "every kind of value comes back as it went in",
    arguments: [
      SQLValue.null, .integer(.max), .integer(.min), .real(0.1), .real(-1e300), .text(""), .text("né\u{0}à 雪"),
      .blob([]), .blob([0, 255, 0]),
    ])
  func roundTrip(value: SQLValue) throws {
    let scratch = try Scratch(), database = try scratch.database()
    try database.write { try $0.run("INSERT INTO notes (extra) VALUES (?)", [value]) }
    let row = try database.read { try $0.row("SELECT extra, typeof(extra) AS form FROM notes") }
    #expect(row?["extra"] == value)
    #expect(row?[0] == value)
  }

  @Test("NaN is stored as NULL and read as NaN")
  func missingNumber() throws {
    let scratch = try Scratch(), database = try scratch.database()
    try database.write { try $0.run("INSERT INTO notes (extra) VALUES (?)", [.real(.nan)]) }
    let row = try #require(try database.read { try $0.row("SELECT extra FROM notes") })
    #expect(row["extra"].isNull)
    #expect(row.double("extra").isNaN)
  }

  @Test("text that looks like SQL stays text")
  func injection() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let hostile = "x'); DROP TABLE notes; --"
    try database.write { try $0.run("INSERT INTO notes (content) VALUES (?)", [.text(hostile)]) }
    let found = try database.read { try $0.rows("SELECT * FROM notes WHERE content = ?", [.text(hostile)]) }
    #expect(found.map { $0.text("content") } == [hostile])
  }

  @Test("the accessors of a row convert numbers, texts, Booleans and JSON")
  func accessors() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let document: JSONObject = ["a": [1, 2.5], "b": ["c": nil]]
    let row = try #require(
      try database.read {
        try $0.row("SELECT 7 AS i, 2.5 AS d, 't' AS t, NULL AS n, ? AS y, ? AS j", [.init(true), SQLValue(document)])
      })
    #expect(row.int("i") == 7 && row.double("i") == 7 && row.text("i") == "7")
    #expect(row.double("d") == 2.5 && row.optionalInt("d") == nil)
    #expect(row.text("n") == "" && row.optionalText("n") == nil && row.int("n") == 0 && !row.bool("n"))
    #expect(row.bool("y"))
    #expect(row.jsonObject("j") == document)
    #expect(row.json("t").isNull)
  }

  @Test("run gives the rows that the statement changed, not those of the cascade or of the statement before")
  func changes() throws {
    let scratch = try Scratch()
    let family = Schema(
      "family",
      [
        "CREATE TABLE parents (id INTEGER PRIMARY KEY);"
          + "CREATE TABLE children (parent REFERENCES parents ON DELETE CASCADE);"
      ])
    let database = try scratch.database([family])
    func changed(_ sql: String, _ values: [SQLValue] = []) throws -> Int {
      try database.write { try $0.run(sql, values) }
    }
    #expect(try changed("INSERT INTO parents VALUES (1), (2)") == 2)
    #expect(try changed("INSERT INTO children VALUES (1), (1), (1)") == 3)
    #expect(try changed("DELETE FROM parents WHERE id = ?", [1]) == 1)
    #expect(try changed("DELETE FROM parents WHERE id = 99") == 0)
    #expect(try database.read { try $0.row("SELECT count(*) AS n FROM children") }?.int("n") == 0)
  }

  @Test("the same statement can run inside its own rows")
  func nested() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let pairs = try database.read { connection in
      var pairs = 0
      let sql = "SELECT value FROM json_each(?)"
      try connection.forEach(sql, ["[1,2,3]"]) { _ in
        try connection.forEach(sql, ["[4,5]"]) { _ in pairs += 1 }
      }
      return pairs
    }
    #expect(pairs == 6)
  }

  @Test("a repeated key, a broken rule and wrong SQL are told apart")
  func kinds() throws {
    let scratch = try Scratch(), database = try scratch.database()
    try database.write { try $0.run("INSERT INTO notes (content) VALUES ('a')") }
    func kind(_ sql: String, _ values: [SQLValue] = []) -> StorageErrorKind? {
      storageError { try database.write { try $0.run(sql, values) } }?.kind
    }
    #expect(kind("INSERT INTO notes (content) VALUES ('a')") == .duplicate)
    #expect(kind("INSERT INTO notes (id) VALUES ('no number')") == .statement)
    #expect(kind("INSERT INTO notes (content) VALUES (?)") == .statement)
    #expect(kind("SELECT 1; SELECT 2") == .statement)
    #expect(kind("SELECT 1; ") == nil)
    #expect(kind("SELEC 1") == .statement)
  }

  @Test("a reading that takes too long ends with storage.timeout, and the next one works")
  func timeout() throws {
    let scratch = try Scratch(), database = try scratch.database()
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS m FROM n"
    let error = storageError { _ = try database.read(within: 0.05) { try $0.row(endless) } }
    #expect(error?.kind == .timeout)
    #expect(try database.read { try $0.row("SELECT 1 AS one") }?.int("one") == 1)
  }

  @Test("statements call functions in Swift, with text, blobs and NULL")
  func functions() throws {
    let scratch = try Scratch()
    let reverse = SQLFunction("backwards", argumentCount: 1) { arguments in
      switch arguments[0] {
      case .text(let text): .text(String(text.reversed()))
      case .blob(let bytes): .blob(bytes.reversed())
      case .integer(let value): .integer(-value)
      default: .null
      }
    }
    let database = try scratch.database([Schema("f", [], functions: [reverse])])
    let sql = "SELECT backwards(?) AS t, backwards(?) AS b, backwards(?) AS i, backwards(?) AS n"
    let row = try database.read { try $0.row(sql, ["abc", .blob([1, 2]), 5, nil]) }
    #expect(row?.values == ["cba", .blob([2, 1]), -5, nil])
  }
}
