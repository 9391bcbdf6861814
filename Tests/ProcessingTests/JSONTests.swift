// SPDX-License-Identifier: Apache-2.0
import Processing
import Testing

@Suite("JSON text")
struct JSONTests {
  @Test("keeps the order of members, or sorts them for keys")
  func order() {
    let value: JSONValue = ["b": 1, "a": [true, .null, 0.1], "ab": "x"]
    #expect(value.text(.line) == #"{"b":1,"a":[true,null,0.1],"ab":"x"}"#)
    #expect(value.text(.canonical) == #"{"a":[true,null,0.1],"ab":"x","b":1}"#)
  }

  @Test("escapes what JSON demands, and writes NaN and infinity as null")
  func escapes() {
    #expect(JSONValue.string("a\"\\\n\u{1}é").text() == "\"a\\\"\\\\\\n\\u0001é\"")
    #expect(
      JSONValue.array([.number(.nan), .number(.infinity), .number(-0.5), .number(3)]).text() == "[null,null,-0.5,3.0]"
    )
  }

  @Test("is indented for people")
  func pretty() {
    let value: JSONValue = ["a": [1, 2], "b": [:]]
    #expect(value.text(.pretty) == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
  }
}
