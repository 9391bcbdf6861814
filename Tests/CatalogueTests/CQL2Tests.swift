// SPDX-License-Identifier: Apache-2.0
import Catalogue
import Parameters
import Testing

@Suite("CQL2")
struct CQL2Tests {
  /// Items a to f: cloud 5, 15, 25, 35, 45, none; days 1 to 6 of June 2020; longitudes 10 to 15.
  static func fixture() throws -> Fixture {
    let fixture = try Fixture()
    let names = ["a", "b", "c", "d", "e", "f"]
    try fixture.add(
      names.enumerated().map { index, name in
        var properties: JSONObject = [
          "platform": .string(index % 2 == 0 ? "sentinel-2a" : "Sentinel-2B"), "sat:relative_orbit": .integer(index),
          "s2:flag": .bool(index > 2), "own": .object(["deep": 1]), "views": .array([.string(name), "all"]),
          "s2:quality": .string("it's \(name)_100%"), "mixed": index % 2 == 0 ? .integer(index) : .string("text"),
          "s2:time": .string("2020-06-0\(index + 1)T12:00:00+02:00"),
        ]
        if index < 5 { properties["eo:cloud_cover"] = .number(Double(5 + 10 * index)) }
        return Fixture.item(name, west: 10 + Double(index), time: "2020-06-0\(index + 1)T10:00:00Z", properties)
      })
    return fixture
  }

  @Test(
    "a filter in text finds the items that fulfil it",
    arguments: [
      ("eo:cloud_cover < 20", "ab"), ("eo:cloud_cover >= 45", "e"), ("eo:cloud_cover <> 15", "acde"),
      ("eo:cloud_cover IS NULL", "f"), ("eo:cloud_cover is not null", "abcde"), ("NOT eo:cloud_cover < 20", "cde"),
      ("eo:cloud_cover BETWEEN 15 AND 35", "bcd"), ("eo:cloud_cover NOT BETWEEN 15 AND 35", "ae"),
      ("id IN ('a', 'c', 'nobody')", "ac"), ("id NOT IN ('a', 'c')", "bdef"),
      ("platform = 'sentinel-2a' AND eo:cloud_cover > 10", "ce"), ("id = 'a' OR id = 'b' AND id = 'c'", "a"),
      ("(id = 'a' OR id = 'b') AND id = 'b'", "b"), ("platform LIKE 'sentinel%'", "ace"),
      ("CASEI(platform) LIKE CASEI('SENTINEL-2_')", "abcdef"), ("platform LIKE '%2B'", "bdf"),
      ("s2:quality LIKE 'it''s %\\_100\\%'", "abcdef"), ("s2:quality = 'it''s b_100%'", "b"),
      ("s2:quality LIKE 'it_s*'", ""), ("s2:flag = TRUE", "def"), ("s2:flag", "def"), ("NOT s2:flag", "abc"),
      ("mixed > 1", "ce"), ("mixed = 'text'", "bdf"), ("properties.sat:relative_orbit = 3", "d"),
      ("\"sat:relative_orbit\" = 3", "d"), ("sat:relative_orbit = eo:cloud_cover", ""), ("nothing = 1", ""),
      ("datetime > TIMESTAMP('2020-06-04T10:00:00Z')", "ef"), ("datetime >= '2020-06-05T10:00:00Z'", "ef"),
      ("datetime < DATE('2020-06-02')", "a"), ("s2:time < TIMESTAMP('2020-06-02T10:00:01Z')", "ab"),
      ("T_AFTER(datetime, TIMESTAMP('2020-06-04T10:00:00Z'))", "ef"),
      ("T_INTERSECTS(datetime, DATE('2020-06-03'))", "c"),
      ("T_DURING(datetime, INTERVAL('2020-06-02T00:00:00Z', '2020-06-04T00:00:00Z'))", "bc"),
      ("T_BEFORE(datetime, INTERVAL('2020-06-03', '..'))", "ab"),
      ("S_INTERSECTS(geometry, POLYGON((10.5 46.2, 11.5 46.2, 11.5 46.4, 10.5 46.4, 10.5 46.2)))", "ab"),
      ("S_INTERSECTS(geometry, POINT(12.5 46.5))", "c"), ("S_INTERSECTS(BBOX(14.5, 40, 20, 50), geometry)", "ef"),
      ("S_DISJOINT(geometry, BBOX(9, 40, 13.5, 50))", "ef"), ("S_WITHIN(geometry, BBOX(10, 46, 12, 47))", "ab"),
      ("S_CONTAINS(geometry, POINT(12.5 46.5))", "c"), ("S_INTERSECTS(geometry, LINESTRING(0 46.5, 10.5 46.5))", "a"),
      ("A_CONTAINS(views, ('a', 'all'))", "a"), ("A_OVERLAPS(views, ('a', 'b'))", "ab"),
      ("A_EQUALS(views, ('all', 'f'))", "f"), ("A_CONTAINEDBY(views, ('all', 'a', 'b', 'x'))", "ab"),
      ("eo:cloud_cover > -1e1", "abcde"), ("TRUE", "abcdef"), ("TRUE AND NOT FALSE", "abcdef"),
      ("collection = 'images'", "abcdef"), ("id = 'x'' OR 1=1 --'", ""),
    ] as [(String, String)])
  func text(filter: String, expected: String) throws {
    let fixture = try Self.fixture()
    #expect(try fixture.filtered(filter).joined() == expected)
  }

  @Test(
    "a filter in JSON finds what its text finds",
    arguments: [
      (#"{"op": "<", "args": [{"property": "eo:cloud_cover"}, 20]}"#, "eo:cloud_cover < 20"),
      (
        #"{"op": "and", "args": [{"op": "isNull", "args": [{"property": "gsd"}]}, {"op": "not", "args": [{"op": "=", "args": [{"property": "id"}, "a"]}]}]}"#,
        "gsd IS NULL AND NOT id = 'a'"
      ),
      (#"{"op": "in", "args": [{"property": "id"}, ["a", "b"]]}"#, "id IN ('a', 'b')"),
      (#"{"op": "between", "args": [{"property": "eo:cloud_cover"}, 1, 30.5]}"#, "eo:cloud_cover BETWEEN 1 AND 30.5"),
      (
        #"{"op": "like", "args": [{"op": "casei", "args": [{"property": "platform"}]}, {"op": "casei", "args": ["S%"]}]}"#,
        "CASEI(platform) LIKE CASEI('S%')"
      ),
      (
        #"{"op": ">", "args": [{"property": "datetime"}, {"timestamp": "2020-06-03T00:00:00Z"}]}"#,
        "datetime > TIMESTAMP('2020-06-03T00:00:00Z')"
      ),
      (
        #"{"op": "t_during", "args": [{"property": "datetime"}, {"interval": ["2020-06-03T00:00:00Z", ".."]}]}"#,
        "T_DURING(datetime, INTERVAL('2020-06-03T00:00:00Z', '..'))"
      ),
      (
        #"{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [11.5, 46.5]}]}"#,
        "S_INTERSECTS(geometry, POINT(11.5 46.5))"
      ),
      (
        #"{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [11, 46, 11.5, 46.5]}]}"#,
        "S_INTERSECTS(geometry, BBOX(11, 46, 11.5, 46.5))"
      ),
      (#"{"op": "a_contains", "args": [{"property": "views"}, ["a"]]}"#, "A_CONTAINS(views, ('a'))"),
    ] as [(String, String)])
  func json(json: String, text: String) throws {
    let fixture = try Self.fixture()
    #expect(try CQL2(json: JSONValue(parsing: json)) == CQL2(text: text))
    var search = ItemSearch()
    search.filter = try CQL2(json: JSONValue(parsing: json))
    #expect(try fixture.found(search).sorted() == fixture.filtered(text))
  }

  @Test(
    "a wrong filter is refused with its place and reason",
    arguments: [
      ("", "character 1: the filter is empty"), ("a <", "character 4: expected a property or a value before the end"),
      ("a = 1 b", "character 7: unexpected \"b\" after the end"),
      ("a = 'x", "character 5: a text in quotes has no end"),
      ("(a = 1", "character 7: expected \")\" before the end"), ("a LIKE 5", "LIKE needs a pattern"),
      ("a = 1 AND", "character 10: expected a property"), ("a IN ()", "character 7: expected a property"),
      ("frob(a) = 1", "the function \"frob\" is not known here"), ("a = 1; DROP", "character 6: unexpected \";\""),
      ("datetime > TIMESTAMP('yesterday')", "'yesterday' is no TIMESTAMP"), ("5", "expected a comparison"),
      ("datetime > 5", "a time is compared with something that is none"), ("a = 1e999", "1e999 is no number"),
      ("datetime > 'soon'", "'soon' is no time"), ("eo:cloud_cover = 'much'", "a number is compared with a text"),
      ("S_INTERSECTS(id, POINT(0 0))", "needs the property geometry"),
      ("S_TOUCHES(geometry, POINT(0 0))", "S_TOUCHES"),
      ("S_INTERSECTS(geometry, POINT(0 95))", "outside of longitude"), ("\"a\"\"b\" = 1", "is no name of a property"),
      ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "at least three different positions"),
      ("id LIKE '%%%%%%%%%%%%%%'", "a pattern of LIKE may have"),
      ("a = POINT(0 0)", "a geometry stands in the functions"),
    ] as [(String, String)])
  func refused(filter: String, reason: String) throws {
    let error = catalogueError { try CQL2(text: filter).sql() }
    #expect(error?.kind == .badFilter)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
  }

  @Test(
    "a wrong filter in JSON is refused with its path",
    arguments: [
      ("{}", "filter: a condition needs \"op\""), (#"{"op": "<", "args": [1]}"#, "\"<\" needs 2 arguments, not 1"),
      (#"{"op": "and", "args": [{"op": "frob", "args": [1, 2]}]}"#, "filter.args[0]: the operator \"frob\""),
      (#"{"op": "=", "args": [{"property": "a"}, null]}"#, "filter.args[1]: a property or a value is needed"),
      (#"{"op": "in", "args": [{"property": "a"}, "b"]}"#, "filter.args[1]: a list of values"),
    ] as [(String, String)])
  func refusedJSON(json: String, reason: String) throws {
    let error = catalogueError { try CQL2(json: JSONValue(parsing: json)) }
    #expect(error?.kind == .badFilter)
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
  }

  @Test("filters that are too deep, too long or of too many parts are refused, and the largest allowed one runs")
  func limits() throws {
    func kind(_ text: String) -> CatalogueErrorKind? { catalogueError { try CQL2(text: text) }?.kind }
    #expect(kind(String(repeating: "(", count: 100) + "a = 1" + String(repeating: ")", count: 100)) == .badFilter)
    #expect(kind(Array(repeating: "a = 1", count: 1000).joined(separator: " AND ")) == .badFilter)
    #expect(kind(String(repeating: " ", count: 30_000)) == .badFilter)
    #expect(kind("id IN (" + Array(repeating: "'a'", count: 5000).joined(separator: ",") + ")") == .badFilter)
    var deep: JSONValue = ["op": "=", "args": [1, 1]]
    for _ in 0..<60 { deep = ["op": "not", "args": [deep]] }
    #expect(catalogueError { try CQL2(json: deep) }?.kind == .badFilter)
    let fixture = try Self.fixture()
    let widest = Array(repeating: "eo:cloud_cover > 1", count: 490).joined(separator: " AND ")
    #expect(try fixture.filtered(widest).count == 5)
    let either = Array(repeating: "id = 'b'", count: 490).joined(separator: " OR ")
    #expect(try fixture.filtered(either) == ["b"])
  }
}
