// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Parameters
import Storage
import Testing

@Suite("Collections and items")
struct CatalogueItemsTests {
  @Test("an item of the same name takes the place of the old one, also in the R-tree")
  func replacing() throws {
    let fixture = try Fixture()
    #expect(try fixture.add([Fixture.item("a"), Fixture.item("b")]).added == 2)
    let again = try fixture.add([Fixture.item("a", west: 50)])
    #expect(again.added == 0 && again.replaced == 1 && again.problems == [])
    var search = ItemSearch()
    search.box = GeoBox(west: 50, south: 40, east: 52, north: 50)
    #expect(try fixture.found(search) == ["a"])
    search.box = GeoBox(west: 10, south: 40, east: 11, north: 50)
    #expect(try fixture.found(search) == ["b"])
    let boxes = try fixture.database.read { try $0.row("SELECT count(*) AS n FROM item_boxes")?.int("n") }
    #expect(boxes == 2)
  }

  @Test("a removed collection takes items, documents, boxes and basket entries along")
  func removing() throws {
    let fixture = try Fixture()
    try fixture.add([Fixture.item("a"), Fixture.item("b")])
    try fixture.catalogue.addToBasket([ItemReference(collection: "images", id: "a")], viewer: Fixture.owner)
    try fixture.catalogue.removeItem("b", in: "images", viewer: Fixture.owner)
    try fixture.catalogue.removeCollection("images", viewer: Fixture.owner)
    for table in ["items", "item_documents", "item_boxes", "basket", "collections"] {
      let count = try fixture.database.read { try $0.row("SELECT count(*) AS n FROM \(table)")?.int("n") }
      #expect(count == 0, "\(table)")
    }
    #expect(try fixture.database.problems() == [])
  }

  @Test("what is no item becomes a problem with its name and reason, and the others are added")
  func problems() throws {
    let fixture = try Fixture()
    var noTime = Fixture.item("no-time"), badTime = Fixture.item("bad-time", time: "yesterday")
    noTime["properties"] = [:]
    badTime["assets"] = [:]
    var badShape = Fixture.item("bad-shape"), noHref = Fixture.item("no-href"), noName = Fixture.item("")
    badShape["geometry"] = ["type": "Point", "coordinates": [500, 0]]
    noHref["assets"] = ["x": ["title": "no file"]]
    noName["id"] = 5
    let result = try fixture.add([
      noTime, Fixture.item("good"), badTime, badShape, noHref, noName, ["type": "Polygon"],
    ])
    #expect(result.added == 1)
    #expect(
      result.problems == [
        "item no-time: needs datetime, or start_datetime and a later end_datetime",
        "item bad-time: has a time that is not by RFC 3339, such as 2020-01-31T10:20:30Z",
        "item bad-shape: position 500.0, 0.0 lies outside of longitude -180..180 and latitude -90..90",
        "item no-href: has an asset without href", "an item: needs an id of 1 to 512 characters",
        "an item: is no STAC item (type is not Feature)",
      ])
  }

  @Test("items without geometry are kept, and found by everything but place")
  func noGeometry() throws {
    let fixture = try Fixture()
    var item = Fixture.item("nowhere")
    item["geometry"] = nil
    #expect(try fixture.add([item]).added == 1)
    #expect(try fixture.filtered("id = 'nowhere'") == ["nowhere"])
    #expect(try fixture.filtered("S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))") == [])
  }

  @Test("the extent of a collection is that of its items, and keeps open ends that it was given")
  func extent() throws {
    let fixture = try Fixture()
    try fixture.add([Fixture.item("a"), Fixture.item("b", west: -70, south: -50, time: "2019-01-01T00:00:00Z")])
    let extent = try fixture.catalogue.collection("images", for: .anonymous)["extent"]
    #expect(extent?["spatial"]?["bbox"]?[0]?.arrayValue?.compactMap(\.doubleValue) == [-70, -50, 11, 47])
    #expect(
      extent?["temporal"]?["interval"]?[0]?.arrayValue?.map(\.stringValue) == [
        "2019-01-01T00:00:00Z", "2020-06-01T10:00:00Z",
      ])
    var open = CollectionDocument.new(id: "open", description: "Goes on")
    open["extent"] = [
      "spatial": ["bbox": [[0, 0, 1, 1]]], "temporal": ["interval": [["2015-01-01T00:00:00Z", nil]]],
    ]
    try fixture.catalogue.add(collection: open, sharing: Sharing(ownerID: "ada", visibility: .public))
    try fixture.add([Fixture.item("c")], to: "open")
    let grown = try fixture.catalogue.collection("open", for: .anonymous)["extent"]
    #expect(grown?["temporal"]?["interval"]?[0] == ["2015-01-01T00:00:00Z", nil])
    #expect(grown?["spatial"]?["bbox"]?[0]?.arrayValue?.compactMap(\.doubleValue) == [0, 0, 11, 47])
  }

  @Test("wrong collections, a name that is taken and foreign collections are refused")
  func refused() throws {
    let fixture = try Fixture()
    let catalogue = fixture.catalogue, mine = Sharing(ownerID: "bob")
    let taken = CollectionDocument.new(id: "images", description: "x")
    #expect(catalogueError { try catalogue.add(collection: taken, sharing: mine) }?.kind == .duplicate)
    let slash = CollectionDocument.new(id: "a/b", description: "x")
    #expect(catalogueError { try catalogue.add(collection: slash, sharing: mine) }?.kind == .badDocument)
    #expect(catalogueError { try catalogue.add(collection: ["id": "x"], sharing: mine) }?.kind == .badDocument)
    let items = [Fixture.item("a")]
    #expect(
      catalogueError { try catalogue.add(items: items, to: "images", viewer: Fixture.other) }?.kind == .forbidden)
    #expect(
      catalogueError { try catalogue.add(items: items, to: "none", viewer: Fixture.owner) }?.kind == .noSuchThing)
  }

  @Test("files of restricted images are shown to their owner and group only, and the item says that it is restricted")
  func restricted() throws {
    let fixture = try Fixture(collections: [])
    let pleiades = CollectionDocument.new(id: "pleiades", description: "Bought images", licence: "proprietary")
    try fixture.catalogue.add(
      collection: pleiades, sharing: Sharing(ownerID: "ada", visibility: .public))
    var item = Fixture.item("PHR1A", ["constellation": "pleiades"])
    item["links"] = [["rel": "enclosure", "href": "https://example.org/PHR1A.zip"]]
    try fixture.add([item, Fixture.item("open", ["ogive:restricted": false])], to: "pleiades")
    func shown(_ viewer: Viewer, _ id: String = "PHR1A") throws -> JSONObject {
      try fixture.catalogue.item(id, in: "pleiades", for: viewer)
    }
    for viewer in [Viewer.anonymous, Fixture.other] {
      let item = try shown(viewer)
      #expect(item["assets"] == [:])
      #expect(item["links"] == [])
      #expect(item["properties"]?["ogive:restricted"] == true)
      #expect(!item.text().contains("example.org"))
      let found = try fixture.catalogue.search(ItemSearch(), for: viewer).items
      #expect(found.count == 2 && !found.contains { $0.text().contains("PHR1A.zip") || $0.text().contains("PHR1A/") })
    }
    #expect(try shown(Fixture.owner)["assets"]?["B04"] != nil)
    #expect(try shown(.anonymous, "open")["assets"]?["B04"] != nil)
    try fixture.catalogue.setVisibility(.group("glaciers"), ofCollection: "pleiades", viewer: Fixture.owner)
    #expect(try shown(Fixture.other)["assets"]?["B04"] != nil)
  }

  @Test("Sentinel images whose catalogue calls their terms proprietary are free all the same")
  func copernicus() throws {
    let fixture = try Fixture(collections: [])
    let document = CollectionDocument.new(id: "sentinel-2-l2a", description: "Sentinel-2", licence: "proprietary")
    try fixture.catalogue.add(collection: document, sharing: Sharing(ownerID: "ada", visibility: .public))
    try fixture.add([Fixture.item("a", ["constellation": "sentinel-2"])], to: "sentinel-2-l2a")
    #expect(try fixture.catalogue.item("a", in: "sentinel-2-l2a", for: .anonymous)["assets"]?["B04"] != nil)
  }
}
