// SPDX-License-Identifier: Apache-2.0
import Accounts
import Catalogue
import Foundation
import Grids
import Parameters
import ProductFixtures
import RasterIO
import Testing

@Suite("Imports into the catalogue")
struct ImportTests {
  private static let sharing = Sharing(ownerID: "ada", visibility: .public)

  private func write(_ document: JSONObject, _ path: String, in fixture: Fixture) throws {
    let url = URL(filePath: fixture.folder + "/in/" + path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(document.text().utf8).write(to: url)
  }

  /// A catalogue over a collection over two items, one of them in a folder of its own with a file beside it.
  private func tree(in fixture: Fixture) throws {
    func link(_ relation: String, _ href: String) -> JSONValue { ["rel": .string(relation), "href": .string(href)] }
    try write(
      [
        "type": "Catalog", "stac_version": "1.0.0", "id": "top", "description": "x",
        "links": [link("child", "./c/collection.json"), link("self", "./catalog.json")],
      ], "catalog.json", in: fixture)
    var collection = CollectionDocument.new(id: "glacier", description: "Images of a glacier", licence: "CC-BY-4.0")
    collection["stac_version"] = "1.0.0"
    collection["links"] = [
      link("item", "../items/a.json"), link("item", "b/b.json"), link("parent", "../catalog.json"),
      link("item", "https://example.org/c.json"), link("item", "../../../outside.json"),
      link("item", "../items/a.json"),
    ]
    try write(collection, "c/collection.json", in: fixture)
    var a = Fixture.item("a"), b = Fixture.item("b")
    (a["collection"], b["collection"]) = ("glacier", "glacier")
    b["assets"] = [
      "near": ["href": "./band%204.tif"], "remote": ["href": "https://example.org/r.tif"],
      "secret": ["href": "/etc/passwd"], "up": ["href": "../../../../etc/passwd"],
    ]
    try write(a, "items/a.json", in: fixture)
    try write(b, "c/b/b.json", in: fixture)
    try Data("{}".utf8).write(to: URL(filePath: fixture.folder + "/../outside-\(UUID()).json"))
  }

  @Test("a catalogue on the disk is read along its links, and what leads out of its folder is not")
  func links() throws {
    let fixture = try Fixture(collections: [])
    try tree(in: fixture)
    let rules = AssetRules(folders: [fixture.folder + "/in"])
    let result = try fixture.catalogue.importStac(
      fixture.folder + "/in", sharing: Self.sharing, viewer: Fixture.owner, rules: rules)
    #expect(result.added == 2)
    #expect(try fixture.found(ItemSearch()).sorted() == ["a", "b"])
    let assets = try fixture.catalogue.item("b", in: "glacier", for: .anonymous)["assets"]
    #expect(assets?.objectValue?.keys == ["near", "remote"])
    #expect(assets?["near"]?["href"]?.stringValue?.hasSuffix("/in/c/b/band 4.tif") == true)
    #expect(result.problems.count == 4, "\(result.problems)")
    #expect(result.problems.contains { $0.contains("https://example.org/c.json leads away from this disk") })
    #expect(result.problems.contains { $0.contains("b, secret: /etc/passwd may not be read: it lies outside") })
  }

  @Test("lists of items, single items and folders of them come in; other JSON is passed over")
  func lists() throws {
    let fixture = try Fixture()
    let rules = AssetRules(folders: [fixture.folder])
    try write(
      ["type": "FeatureCollection", "features": [.object(Fixture.item("a")), .object(Fixture.item("b"))]],
      "list.json",
      in: fixture)
    try write(Fixture.item("c"), "deep/er/c.json", in: fixture)
    try write(["type": "Feature", "geometry": nil, "properties": [:]], "deep/plain.geojson", in: fixture)
    try Data("not JSON".utf8).write(to: URL(filePath: fixture.folder + "/in/deep/x.json"))
    func add(_ path: String, into collection: String? = "images") throws -> ItemAdditions {
      try fixture.catalogue.importStac(
        fixture.folder + "/in" + path, into: collection, sharing: Self.sharing, viewer: Fixture.owner, rules: rules)
    }
    #expect(try add("/list.json").added == 2)
    let all = try add("")
    #expect(all.added == 1 && all.replaced == 2 && all.problems == [])
    let homeless = try add("/list.json", into: nil)
    #expect(homeless.problems.first == "item a is in no collection that is here; name one")
    #expect(catalogueError { try add("/absent") }?.kind == .unreadable)
    #expect(try add("/deep/plain.geojson").problems.first?.hasSuffix("is no STAC document") == true)
  }

  @Test("a path outside of the folders that are offered is refused, also through a symbolic link")
  func outside() throws {
    let fixture = try Fixture()
    try write(Fixture.item("a"), "a.json", in: fixture)
    let offered = fixture.folder + "/offered"
    try FileManager.default.createDirectory(atPath: offered, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: offered + "/way", withDestinationPath: fixture.folder + "/in")
    let rules = AssetRules(folders: [offered])
    for path in [fixture.folder + "/in/a.json", offered + "/way/a.json", offered + "/../in/a.json"] {
      let error = catalogueError {
        try fixture.catalogue.importStac(
          path, into: "images", sharing: Self.sharing, viewer: Fixture.owner, rules: rules)
      }
      #expect(error?.kind == .forbidden, "\(path)")
    }
    #expect(
      catalogueError {
        try fixture.catalogue.importScenes(["/etc"], into: "images", viewer: Fixture.owner, rules: rules)
      }?.kind == .forbidden)
  }

  @Test(
    "names of files are allowed or refused by their kind",
    arguments: [
      ("/data/a.tif", "/data/a.tif"), ("file:///data/a.tif", "/data/a.tif"), ("/data/../etc/passwd", nil),
      ("/etc/passwd", nil), ("https://good.example/a.tif", "/vsicurl/https://good.example/a.tif"),
      ("https://bad.example/a.tif", nil), ("http://169.254.169.254/latest", nil),
      ("/vsicurl/http://bad.example/a", nil),
      ("/vsimem/x", nil), ("NETCDF:\"/etc/passwd\":x", nil), ("relative.tif", nil), ("ftp://good.example/a", nil),
      ("/vsizip//data/a.zip/b.tif", "/vsizip//data/a.zip/b.tif"), ("/vsizip//etc/a.zip/b.tif", nil),
      ("/vsizip//vsicurl/http://bad.example/a.zip", nil), ("s3://bucket/key.tif", nil),
    ] as [(String, String?)])
  func names(href: String, expected: String?) {
    let rules = AssetRules(folders: ["/data"], allowsHost: { $0 == "good.example" })
    #expect((try? rules.name(of: href)) == expected)
  }

  @Test("a Sentinel-2 product and a dated raster become items that the reader of STAC gives back as the same scenes")
  func scenes() throws {
    let fixture = try Fixture()
    let rules = AssetRules(folders: [fixture.folder])
    let input = fixture.folder + "/scenes"
    try FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
    _ = try SafeFixture(level: "2A", baseline: "04.00").write(to: input)
    var layout = RasterLayout(
      rows: 20, columns: 30,
      transform: GeoTransform(
        originEast: 500_000, originNorth: 5_000_000, eastPerColumn: 10, northPerRow: -10), crs: try CRS("EPSG:32633"))
    layout.overviews = .nearest
    let writer = try RasterWriter.create(input + "/ortho_2021-07-14.tif", layout)
    try writer.write(Grid<Float>(rows: 20, columns: 30, filledWith: 1))
    try writer.finish()
    let result = try fixture.catalogue.importScenes([input], into: "images", viewer: Fixture.owner, rules: rules)
    #expect(result.added == 2 && result.problems == [], "\(result.problems)")
    let found = try fixture.filtered(
      "platform = 'sentinel-2b' AND grid:code = 'MGRS-33XWJ' AND sat:relative_orbit = 25")
    #expect(found.count == 1)
    let item = try fixture.catalogue.item(found[0], in: "images", for: .anonymous)
    #expect(item["assets"]?["B04"]?["bands"]?[0]?["eo:common_name"] == "red")
    #expect(item["assets"]?["B04"]?["href"]?.stringValue.map(FileManager.default.fileExists(atPath:)) == true)
    let plain = try fixture.filtered("datetime >= DATE('2021-07-14') AND datetime < DATE('2021-07-15')")
    #expect(plain.count == 1)
    let box = try fixture.catalogue.item(plain[0], in: "images", for: .anonymous)["bbox"]?.arrayValue
    #expect(abs((box?[0].doubleValue ?? 0) - 15) < 1e-5 && abs((box?[3].doubleValue ?? 0) - 45.153) < 0.01)
  }
}
