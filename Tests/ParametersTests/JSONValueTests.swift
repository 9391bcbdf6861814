// SPDX-License-Identifier: Apache-2.0
import Parameters
import Testing

@Suite("JSON")
struct JSONValueTests {
  @Test("keeps whole numbers, numbers and Booleans apart")
  func types() throws {
    let values = try JSONValue(parsing: "[1, 1.0, 1e0, true, null, \"1\", -0, 9223372036854775808]")
    #expect(
      values.arrayValue == [
        .integer(1), .number(1), .number(1), true, nil, "1", .integer(0), .number(9.223372036854775808e18),
      ])
  }

  @Test(
    "prints the same text again",
    arguments: [
      #"{"a":[1,2.5,"x"],"b":{"c":null,"d":true}}"#, "[]", "{}", #""\"\\\n\t\u0001é𝄞/""#, "1e-07", "-0.0", "[[1],[]]",
    ])
  func printing(text: String) throws {
    #expect(try JSONValue(parsing: text).text(.line) == text)
  }

  @Test("prints numbers as the shortest text that reads back as the same bits")
  func numbers() throws {
    var generator = SeededGenerator(state: 1)
    for _ in 0..<5000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let back = try JSONValue(parsing: JSONValue.number(value).text())
      #expect(back.doubleValue?.bitPattern == value.bitPattern)
    }
    #expect(JSONValue(Float(0.1)).text() == "0.1")
  }

  @Test("prints NaN and infinities as null")
  func missing() {
    #expect(
      JSONValue.array([.number(.nan), .number(.infinity), JSONValue(nil as Double?)]).text() == "[null,null,null]")
  }

  @Test("sorts keys by bytes in canonical text and keeps their order elsewhere")
  func order() {
    let object: JSONObject = ["b": 1, "a": 2, "B": 3, "é": 4]
    #expect(object.text(.canonical) == #"{"B":3,"a":2,"b":1,"é":4}"#)
    #expect(object.text(.line) == #"{"b":1,"a":2,"B":3,"é":4}"#)
    #expect(object == ["a": 2, "b": 1, "é": 4, "B": 3])
  }

  @Test("lays out for people with two spaces and flat lists of numbers on one line")
  func pretty() {
    let value: JSONValue = ["box": [1, 2], "list": [["a": 1]], "none": [:]]
    #expect(
      value.text(.pretty) == """
        {
          "box": [1, 2],
          "list": [
            {
              "a": 1
            }
          ],
          "none": {}
        }
        """)
  }

  @Test("reads escapes and surrogate pairs")
  func escapes() throws {
    #expect(try JSONValue(parsing: #""\u00e9\ud834\udd1e\/\b\f\r""#) == "é𝄞/\u{8}\u{c}\r")
  }

  @Test(
    "names line, column and reason of what is malformed",
    arguments: [
      ("{\"a\": 1,\n \"a\": 2}", "job.json, line 2, column 2: the key \"a\" occurs twice"),
      ("{\"a\": NaN}", "job.json, line 1, column 7: unexpected 'N' where a value should stand"),
      ("[1,]", "job.json, line 1, column 4: unexpected ']' where a value should stand"),
      ("{\"a\": 1,}", "job.json, line 1, column 9: expected a key in double quotes"),
      ("{\"a\" 1}", "job.json, line 1, column 6: expected ':' after the key \"a\""),
      ("[1 2]", "job.json, line 1, column 4: expected ',' or ']' in a list"),
      ("01", "job.json, line 1, column 1: 01 is not a number as JSON writes it"),
      ("1.", "job.json, line 1, column 1: 1. is not a number as JSON writes it"),
      ("1e999", "job.json, line 1, column 1: 1e999 is too large"),
      ("\"abc", "job.json, line 1, column 1: a string has no closing quote"),
      ("{} x", "job.json, line 1, column 4: unexpected 'x' after the end of the value"),
      ("", "job.json, line 1, column 1: the text is empty"),
      ("\"\\ud834\"", "job.json, line 1, column 4: half a surrogate pair in a string"),
      ("\"\\x\"", "job.json, line 1, column 3: unknown escape \\'x' in a string"),
    ])
  func malformed(text: String, message: String) {
    let error = #expect(throws: ParameterError.self) { try JSONValue(parsing: text, named: "job.json") }
    #expect(error?.message == message)
    #expect(error?.kind == "parameters.malformed-json")
  }

  @Test("refuses texts nested deeper than 100 levels and broken UTF-8")
  func hostile() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: ParameterError.self) { try JSONValue(parsing: deep) }
    #expect(throws: ParameterError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test("survives any prefix of a text and any changed byte without a trap")
  func fuzz() throws {
    let bytes = Array(#"{"a":[1,-2.5e-3,"\u00e9x"],"b":{"c":null,"d":true}}"#.utf8)
    var generator = SeededGenerator(state: 7)
    for length in 0..<bytes.count {
      #expect(throws: ParameterError.self) { try JSONValue(parsing: Array(bytes[..<length])) }
    }
    for _ in 0..<3000 {
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      _ = try? JSONValue(parsing: changed)
    }
  }

  @Test("removes a key when nil is set")
  func removal() {
    var object: JSONObject = ["a": 1, "b": 2]
    object["a"] = nil
    #expect(object.text() == #"{"b":2}"#)
    #expect(object.count == 1)
  }
}
