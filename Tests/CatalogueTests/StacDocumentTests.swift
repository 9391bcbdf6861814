// SPDX-License-Identifier: Apache-2.0
import Catalogue
import Foundation
import Parameters
import TestSupport
import Testing

@Suite("STAC documents")
struct StacDocumentTests {
  private static let api = StacAPI(root: "https://example.org/api")

  /// Items that another project made from real products, of versions 1.0 and 1.1.
  private static var realItems: [JSONObject] {
    guard let folder = SharedData.file("stac_sentinel2/tests/data-files"),
      let names = FileManager.default.enumerator(atPath: folder.path)
    else { return [] }
    return names.compactMap { $0 as? String }.filter { $0.hasSuffix("expected_output.json") }.sorted().compactMap {
      let data = FileManager.default.contents(atPath: folder.path + "/" + $0) ?? Data()
      return (try? JSONValue(parsing: Array(data)))?.objectValue
    }
  }

  /// The extensions whose schemas we have.
  private static func known(_ extensions: [JSONValue]) -> [JSONValue] {
    extensions.filter { one in
      let path = one.stringValue?.split(separator: "/").dropFirst().joined(separator: "/") ?? ""
      guard let schemas = SharedData.folder?.appending(path: "schemas") else { return false }
      return FileManager.default.fileExists(atPath: schemas.appending(path: path).path)
    }
  }

  private static func link(_ document: JSONObject, _ relation: String) -> JSONValue? {
    document["links"]?.arrayValue?.first { $0["rel"]?.stringValue == relation }
  }

  @Test("an item of version 1.0 with projection 1, eo 1 and raster 1 becomes one of version 1.1")
  func upgrade() throws {
    let old = try JSONValue(
      parsing: """
        {"type": "Feature", "stac_version": "1.0.0", "id": "old", "geometry": null, "links": [],
         "stac_extensions": ["https://stac-extensions.github.io/eo/v1.1.0/schema.json",
           "https://stac-extensions.github.io/raster/v1.1.0/schema.json", "https://stac-extensions.github.io/view/v1.0.0/schema.json",
           "https://stac-extensions.github.io/projection/v1.0.0/schema.json"],
         "properties": {"datetime": "2020-01-01T00:00:00Z", "proj:epsg": 32633, "s2:mgrs_tile": "33XWJ"},
         "assets": {"red": {"href": "r.tif", "eo:bands": [{"name": "B04", "common_name": "red", "center_wavelength": 0.665}],
             "raster:bands": [{"nodata": 0, "data_type": "uint16", "scale": 0.0001, "offset": -0.1, "spatial_resolution": 10}]},
           "rgb": {"href": "v.tif", "proj:epsg": null, "eo:bands": [{"name": "B04"}, {"name": "B03"}]},
           "class": {"href": "c.tif", "raster:bands": [{"nodata": 0}]}}}
        """
    ).objectValue
    let new = StacUpgrade.item(try #require(old))
    #expect(new["stac_version"] == "1.1.0")
    #expect(
      new["stac_extensions"]?.arrayValue?.compactMap {
        $0.stringValue?.split(separator: "/").dropFirst(2).joined(separator: "/")
      } == [
        "eo/v2.0.0/schema.json", "raster/v2.0.0/schema.json", "view/v1.0.0/schema.json",
        "projection/v2.0.0/schema.json",
      ])
    #expect(new["properties"]?["proj:code"] == "EPSG:32633" && new["properties"]?["proj:epsg"] == nil)
    #expect(new["properties"]?["grid:code"] == "MGRS-33XWJ")
    let red = new["assets"]?["red"]
    #expect(red?["bands"] == [["name": "B04", "eo:common_name": "red", "eo:center_wavelength": 0.665]])
    #expect(red?["nodata"] == 0 && red?["data_type"] == "uint16" && red?["raster:scale"] == 0.0001)
    #expect(red?["raster:offset"] == -0.1 && red?["raster:spatial_resolution"] == 10 && red?["eo:bands"] == nil)
    #expect(new["assets"]?["rgb"]?["bands"] == [["name": "B04"], ["name": "B03"]])
    #expect(new["assets"]?["rgb"]?["proj:code"] == JSONValue.null)
    #expect(new["assets"]?["class"]?["nodata"] == 0 && new["assets"]?["class"]?["bands"] == nil)
    #expect(StacUpgrade.item(new) == new)
  }

  @Test(
    "real items come out of the catalogue valid against the published schemas of the core and of their extensions",
    .enabled(if: StacSchemas.areUsable && !realItems.isEmpty))
  func schemas() throws {
    let fixture = try Fixture(), items = Self.realItems
    #expect(items.count >= 5)
    let result = try fixture.add(items)
    #expect(result.problems == [])
    var search = ItemSearch()
    search.limit = 1000
    for item in try fixture.catalogue.search(search, for: .anonymous).items {
      var shown = Self.api.item(item)
      shown["stac_extensions"] = .array(Self.known(shown["stac_extensions"]?.arrayValue ?? []))
      #expect(try StacSchemas.validate(shown.text()) == "", "\(item["id"]?.stringValue ?? "")")
    }
    let collection = Self.api.collection(try fixture.catalogue.collection("images", for: .anonymous))
    #expect(try StacSchemas.validate(collection.text()) == "")
  }

  @Test("the links of an item lead to itself, its collection and the root, and old structural links are gone")
  func itemLinks() throws {
    let fixture = try Fixture()
    var item = Fixture.item("a b/c?")
    item["links"] = [
      ["rel": "self", "href": "https://old.example/1"], ["rel": "derived_from", "href": "https://old.example/2"],
    ]
    try fixture.add([item])
    let shown = Self.api.item(try fixture.catalogue.item("a b/c?", in: "images", for: .anonymous))
    #expect(Self.link(shown, "self")?["href"] == "https://example.org/api/collections/images/items/a%20b%2Fc%3F")
    #expect(Self.link(shown, "collection")?["href"] == "https://example.org/api/collections/images")
    #expect(Self.link(shown, "derived_from")?["href"] == "https://old.example/2")
    #expect(shown["links"]?.arrayValue?.count == 5)
  }

  @Test("pages of GET and POST link to the next and the previous with all their parameters")
  func pageLinks() throws {
    let fixture = try Fixture()
    try fixture.add((0..<5).map { Fixture.item("i\($0)", time: "2020-06-0\($0 + 1)T00:00:00Z") })
    let query = [(name: "limit", value: "2"), (name: "filter", value: "id <> 'x y&z'")]
    var search = try ItemSearch(query: query)
    var page = Self.api.items(
      try fixture.catalogue.search(search, for: .anonymous), of: search, path: "/search", query: query)
    #expect(page["numberMatched"] == 5 && page["numberReturned"] == 2 && Self.link(page, "prev") == nil)
    let next = try #require(Self.link(page, "next")?["href"]?.stringValue)
    #expect(next.hasPrefix("https://example.org/api/search?limit=2&filter=id%20%3C%3E%20%27x%20y%26z%27&token="))
    let token = String(next[next.range(of: "token=")!.upperBound...])
    search = try ItemSearch(query: query + [(name: "token", value: token)])
    page = Self.api.items(
      try fixture.catalogue.search(search, for: .anonymous), of: search, path: "/search",
      query: query + [(name: "token", value: token)])
    #expect(page["features"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["i2", "i1"])
    #expect(Self.link(page, "prev") != nil && Self.link(page, "next") != nil)
    let body: JSONObject = ["limit": 2, "sortby": [["field": "id", "direction": "asc"]]]
    let posted = try ItemSearch(json: .object(body))
    let answer = Self.api.items(try fixture.catalogue.search(posted, for: .anonymous), of: posted, body: body)
    let link = try #require(Self.link(answer, "next"))
    #expect(link["method"] == "POST" && link["href"] == "https://example.org/api/search")
    let following = try ItemSearch(json: try #require(link["body"]))
    #expect(try fixture.found(following) == ["i2", "i3"])
  }

  @Test(
    "fields choose what is shown",
    arguments: [
      ("", ["type", "stac_version", "id", "geometry", "bbox", "links", "assets", "collection", "properties"], 1),
      ("id", ["id", "collection"], nil), ("+geometry", ["geometry", "id", "collection"], nil),
      (
        "-geometry",
        ["type", "stac_version", "stac_extensions", "id", "properties", "links", "assets", "bbox", "collection"], 2
      ),
      ("properties.gsd,-links", ["properties", "id", "collection"], 1),
      ("-properties,+properties.gsd", ["properties", "id", "collection"], 1),
      (
        "-properties.gsd,-assets",
        ["type", "stac_version", "stac_extensions", "id", "geometry", "properties", "links", "bbox", "collection"], 1
      ),
    ] as [(String, [String], Int?)])
  func fields(text: String, keys: [String], propertyCount: Int?) throws {
    let fixture = try Fixture()
    try fixture.add([Fixture.item("a", ["gsd": 10])])
    let whole = Self.api.item(try fixture.catalogue.item("a", in: "images", for: .anonymous))
    let shown = FieldSelection(text: text).applied(to: whole)
    #expect(Set(shown.keys) == Set(keys))
    #expect(shown["properties"]?.objectValue?.count == propertyCount)
  }

  @Test("the landing page says what it conforms to and links to search by both methods")
  func landing() throws {
    let fixture = try Fixture()
    let page = Self.api.landing(
      id: "ogive", title: "Ogive", description: "Images and results",
      collections: try fixture.catalogue.collections(for: .anonymous))
    let searches = page["links"]?.arrayValue?.filter { $0["rel"] == "search" }.compactMap {
      $0["method"]?.stringValue
    }
    #expect(searches == ["GET", "POST"])
    #expect(Self.link(page, "child")?["href"] == "https://example.org/api/collections/images")
    #expect(page["conformsTo"]?.arrayValue?.contains("https://api.stacspec.org/v1.0.0/item-search") == true)
    let list = Self.api.collections(try fixture.catalogue.collections(for: .anonymous))
    #expect(list["collections"]?.arrayValue?.count == 1)
  }

  @Test("queryables name the columns and what the items have besides")
  func queryables() throws {
    let fixture = try Fixture()
    try fixture.add([Fixture.item("a", ["s2:snow": 0.5, "flag": true])])
    let address = "https://example.org/api/collections/images/queryables"
    let document = try fixture.catalogue.queryables(of: "images", address: address, for: .anonymous)
    #expect(document["$id"]?.stringValue == address && document["type"] == "object")
    let properties = document["properties"]
    #expect(properties?["s2:snow"]?["type"] == "number" && properties?["flag"]?["type"] == "boolean")
    #expect(properties?["datetime"]?["format"] == "date-time" && properties?["geometry"]?["$ref"] != nil)
  }
}
