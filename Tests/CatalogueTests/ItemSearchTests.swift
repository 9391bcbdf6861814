// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Parameters
import Storage
import Testing

@Suite("Item search")
struct ItemSearchTests {
  /// 25 items in a row from longitude -180 to -156, one a day, and one across the antimeridian.
  private static func fixture() throws -> Fixture {
    let fixture = try Fixture()
    let items = (0..<25).map { number in
      Fixture.item(
        "i\(number < 10 ? "0" : "")\(number)", west: -180 + Double(number),
        time: "2020-06-\(number < 9 ? "0" : "")\(number + 1)T00:00:00Z",
        ["eo:cloud_cover": number % 5 == 0 ? nil : .integer(number % 7)])
    }
    var crossing = Fixture.item("crossing", time: "2021-01-01T00:00:00Z")
    crossing["geometry"] = try JSONValue(
      parsing: #"{"type": "Polygon", "coordinates": [[[179, 46], [-179, 46], [-179, 47], [179, 47], [179, 46]]]}"#)
    try fixture.add(items + [crossing])
    return fixture
  }

  private func search(_ query: [(name: String, value: String)]) throws -> ItemSearch { try ItemSearch(query: query) }

  @Test("a box across the antimeridian finds what lies on both sides of it, and the item across it")
  func antimeridian() throws {
    let fixture = try Self.fixture()
    #expect(try fixture.found(search([("bbox", "179.5,46,-178.5,47")])) == ["crossing", "i01", "i00"])
    #expect(try fixture.found(search([("bbox", "179.2,46,179.4,47")])) == ["crossing"])
    #expect(try fixture.found(search([("bbox", "0,46,10,47")])) == [])
  }

  @Test("a box finds outlines, not boxes around them")
  func outline() throws {
    let fixture = try Fixture()
    var triangle = Fixture.item("triangle")
    triangle["geometry"] = ["type": "Polygon", "coordinates": [[[10, 46], [11, 46], [10, 47], [10, 46]]]]
    try fixture.add([triangle])
    #expect(try fixture.found(search([("bbox", "10.8,46.8,10.9,46.9")])) == [])
    #expect(try fixture.found(search([("bbox", "10.1,46.1,10.2,46.2")])) == ["triangle"])
  }

  @Test(
    "times are moments and intervals, open on one side, with both ends in",
    arguments: [
      ("2020-06-03T00:00:00Z", 1), ("2020-06-03T00:00:00Z/2020-06-05T00:00:00Z", 3), ("2020-06-24T00:00:00Z/..", 3),
      ("../2020-06-02T00:00:00Z", 2), ("2020-06-24T00:00:00Z/", 3), ("/2020-06-02T00:00:00Z", 2),
      ("2020-06-03T02:00:00+02:00", 1), ("2020-06-03T00:00:00.001Z/2020-06-03T23:59:59Z", 0),
    ])
  func times(datetime: String, count: Int) throws {
    #expect(try Self.fixture().found(search([("datetime", datetime), ("limit", "100")])).count == count)
  }

  @Test(
    "wrong parameters are refused with their name",
    arguments: [
      ("datetime", "/"), ("datetime", "../.."), ("datetime", "1985-04-12"), ("datetime", "2020-06-03T00:00:00"),
      ("datetime", "1985-13-12T23:20:50Z"), ("datetime", "1985-12-32T23:20:50Z"),
      ("datetime", "1985-12-01T25:20:50Z"),
      ("datetime", "1985-12-01T00:06:61.52Z"), ("datetime", "1985-04-12T23:20:50.Z"), ("datetime", "a/b/c"),
      ("datetime", "1937-01-01T12:00:27.87+0100"), ("datetime", "1985-04-12T23:20:50,52Z"),
      ("datetime", "1986-04-12T23:20:50.52Z/1985-04-12T23:20:50.52Z"), ("bbox", "0,0,1"), ("bbox", "[0,0,1,1]"),
      ("bbox", "100,1,105,0"), ("bbox", "0,0,0,0,1,1,1"), ("bbox", "0,0,nan,1"), ("bbox", "0,0,190,1"),
      ("limit", "-1"), ("limit", "0"), ("limit", "ten"), ("sortby", "geometry"), ("sortby", "a,b,c,d,e,f"),
      ("filter-lang", "sql"), ("filter-crs", "EPSG:3857"), ("token", "zz"), ("token", "7b7d"), ("intersects", "{"),
    ])
  func refused(name: String, value: String) throws {
    let fixture = try Fixture()
    let query = [(name: name, value: value)] + (name == "filter-lang" ? [(name: "filter", value: "a = 1")] : [])
    let error = catalogueError { try fixture.found(search(query)) }
    #expect(error != nil)
  }

  @Test("bbox together with intersects is refused, and so is a parameter that occurs twice")
  func both() {
    let point = #"{"type": "Point", "coordinates": [0, 0]}"#
    #expect(catalogueError { try search([("bbox", "0,0,1,1"), ("intersects", point)]) }?.kind == .badSearch)
    #expect(catalogueError { try search([("limit", "1"), ("limit", "2")]) }?.kind == .badSearch)
  }

  @Test(
    "pages follow each other without gap and repeat, forward and back, in any order",
    arguments: ["", "+datetime", "-id", "eo:cloud_cover", "-properties.eo:cloud_cover,+id", "collection,-datetime"])
  func pages(order: String) throws {
    let fixture = try Self.fixture()
    let sorting = order.isEmpty ? [] : [(name: "sortby", value: order)]
    let all = try fixture.found(search(sorting + [("limit", "1000")]))
    #expect(all.count == 26)
    var seen: [[String]] = [], current = try search(sorting + [("limit", "4")])
    var tokens: [String] = []
    while true {
      let page = try fixture.catalogue.search(current, for: .anonymous)
      seen.append(page.items.map { $0["id"]?.stringValue ?? "" })
      #expect(page.matched == 26)
      #expect((page.previous != nil) == (seen.count > 1))
      guard let next = page.next else {
        if let previous = page.previous { tokens.append(previous) }
        break
      }
      current = try search(sorting + [("limit", "4"), ("token", next)])
    }
    #expect(seen.flatMap { $0 } == all && seen.count == 7)
    var back = [seen[6]]
    while let token = tokens.popLast() {
      let page = try fixture.catalogue.search(search(sorting + [("limit", "4"), ("token", token)]), for: .anonymous)
      back.insert(page.items.map { $0["id"]?.stringValue ?? "" }, at: 0)
      #expect(page.next != nil)
      if let previous = page.previous { tokens.append(previous) }
    }
    #expect(back.flatMap { $0 } == all)
  }

  @Test("items that lack the property of the order come last, whichever the direction")
  func missingLast() throws {
    let fixture = try Self.fixture()
    for order in ["eo:cloud_cover", "-eo:cloud_cover"] {
      let clouds = try fixture.catalogue.search(search([("sortby", order), ("limit", "100")]), for: .anonymous).items
        .map { $0["properties"]?["eo:cloud_cover"]?.doubleValue }
      #expect(clouds.suffix(6).allSatisfy { $0 == nil } && clouds.prefix(20).allSatisfy { $0 != nil })
    }
  }

  @Test("POST says the same as GET")
  func post() throws {
    let fixture = try Self.fixture()
    let body = try JSONValue(
      parsing: """
        {"collections": ["images"], "ids": ["i03", "i04", "i05", "nobody"], "bbox": [-180, 40, 0, 180, 50, 100],
         "datetime": "2020-06-04T00:00:00Z/..", "limit": 2, "sortby": [{"field": "id", "direction": "desc"}],
         "filter-lang": "cql2-json", "filter": {"op": "<>", "args": [{"property": "id"}, "i04"]},
         "fields": {"include": ["properties.datetime"]}, "conf": {"ignored": true}}
        """)
    #expect(try fixture.found(ItemSearch(json: body)) == ["i05", "i03"])
    let query = [
      ("collections", "images"), ("ids", "i03,i04,i05,nobody"), ("bbox", "-180,40,180,50"),
      ("datetime", "2020-06-04T00:00:00Z/.."), ("limit", "2"), ("sortby", "-id"), ("filter", "id <> 'i04'"),
      ("filter-lang", "cql2-text"), ("fields", "properties.datetime"),
    ]
    #expect(try fixture.found(search(query.map { (name: $0.0, value: $0.1) })) == ["i05", "i03"])
    for wrong in [#"{"bbox": "0,0,1,1"}"#, #"{"limit": "ten"}"#, #"{"fields": null}"#, #"{"ids": "a"}"#, "[]"] {
      #expect(catalogueError { try ItemSearch(json: JSONValue(parsing: wrong)) }?.kind == .badSearch, "\(wrong)")
    }
  }

  @Test("a large limit is taken for the largest, and many matches are not counted")
  func limit() throws {
    #expect(try search([("limit", "100000")]).limit == 10_000)
    #expect(try ItemSearch(json: ["limit": 100_000]).limit == 10_000)
  }

  @Test("the histogram counts acquisitions by month and day with their clouds, within the search")
  func histogram() throws {
    let fixture = try Self.fixture()
    let months = try fixture.catalogue.histogram(ItemSearch(), by: .month, for: .anonymous)
    #expect(months.bars.map(\.time) == ["2020-06", "2021-01"] && months.bars.map(\.count) == [25, 1])
    #expect(months.bars[0].clear == 20 && months.bars[0].unknown == 5)
    let days = try fixture.catalogue.histogram(
      search([("datetime", "2020-06-03T00:00:00Z/2020-06-05T00:00:00Z")]), by: .day, for: .anonymous)
    #expect(days.bars.map(\.time) == ["2020-06-03", "2020-06-04", "2020-06-05"])
    #expect(days.json["total"] == 3)
  }

  @Test("what is not shared with a viewer is not found, counted or drawn in the histogram")
  func sharing() throws {
    let fixture = try Fixture(collections: ["own"], visibility: .private)
    let common = CollectionDocument.new(id: "common", description: "Shared with the group")
    try fixture.catalogue.add(
      collection: common, sharing: Sharing(ownerID: "ada", visibility: .group("glaciers")))
    try fixture.add([Fixture.item("a")], to: "own")
    try fixture.add([Fixture.item("b")], to: "common")
    let stranger = Viewer(userID: "eve", groups: ["quakes"])
    for (viewer, expected) in [
      (Fixture.owner, ["a", "b"]), (Fixture.other, ["b"]), (stranger, []), (.anonymous, []),
    ] {
      #expect(try fixture.found(ItemSearch(), for: viewer).sorted() == expected)
      #expect(try fixture.catalogue.search(ItemSearch(), for: viewer).matched == expected.count)
      #expect(try fixture.catalogue.collections(for: viewer).count == expected.count)
      let bars = try fixture.catalogue.histogram(ItemSearch(), by: .year, for: viewer).bars
      #expect(bars.reduce(0) { $0 + $1.count } == expected.count)
    }
    #expect(catalogueError { try fixture.catalogue.item("a", in: "own", for: stranger) }?.kind == .noSuchThing)
    #expect(
      catalogueError { try fixture.catalogue.removeCollection("common", viewer: Fixture.other) }?.kind == .forbidden)
    try fixture.catalogue.setVisibility(.public, ofCollection: "own", viewer: Fixture.owner)
    #expect(try fixture.found(ItemSearch(), for: stranger) == ["a"])
    try fixture.catalogue.setVisibility(.private, ofItem: "a", in: "own", viewer: Fixture.owner)
    #expect(try fixture.found(ItemSearch(), for: stranger) == [])
  }
}
