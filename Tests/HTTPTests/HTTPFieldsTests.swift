// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite("Header fields")
struct HTTPFieldsTests {
  @Test("names differ in case without meaning it, and repeats keep their order")
  func names() {
    var fields: HTTPFields = ["Content-Type": "text/plain", "Set-Cookie": "a=1"]
    fields.add("set-cookie", "b=2")
    #expect(fields["CONTENT-TYPE"] == "text/plain")
    #expect(fields.all("Set-Cookie") == ["a=1", "b=2"])
    fields["SET-COOKIE"] = nil
    #expect(fields.fields.map(\.name) == ["Content-Type"])
    #expect(fields["Other"] == nil)
  }

  @Test("lists are split at commas over all values, without blanks")
  func lists() {
    var fields: HTTPFields = ["Accept": " text/html ,application/json,"]
    fields.add("accept", "image/png")
    #expect(fields.list("Accept") == ["text/html", "application/json", "image/png"])
  }

  @Test("a line end in a value cannot begin another field")
  func injection() {
    let fields: HTTPFields = ["Location": "/a\r\nSet-Cookie: evil=1\0"]
    #expect(fields["Location"] == "/a  Set-Cookie: evil=1 ")
  }
}
