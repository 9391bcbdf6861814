// SPDX-License-Identifier: Apache-2.0
import Foundation
import Parameters
import Testing

@Suite("The catalogue over HTTP")
struct CatalogueRoutesTests {
  let server: RunningServer
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "ogive-items-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    server = try RunningServer(["--share", folder.path])
  }

  /// Ten images in a row from west to east, one a month, clouds rising.
  private func importItems(_ change: JSONObject = [:], into collection: String = "images") throws -> JSONValue {
    let items = (0..<10).map { number -> JSONValue in
      let west = Double(number), month = number + 1 < 10 ? "0\(number + 1)" : "\(number + 1)"
      let properties: JSONObject = [
        "datetime": .string("2020-\(month)-15T10:00:00Z"), "eo:cloud_cover": .integer(number * 10),
        "platform": "sentinel-2a",
      ]
      let ring: [JSONValue] = [[west, 45], [west + 1, 45], [west + 1, 46], [west, 46], [west, 45]].map { pair in
        .array(pair.map(JSONValue.number))
      }
      return [
        "type": "Feature", "stac_version": "1.1.0", "id": .string("image-\(number)"), "links": [],
        "bbox": [.number(west), 45, .number(west + 1), 46],
        "geometry": ["type": "Polygon", "coordinates": [.array(ring)]],
        "properties": .object(properties.merged(with: change)),
        "assets": ["data": ["href": .string(folder.path + "/image.tif"), "type": "image/tiff", "roles": ["data"]]],
      ]
    }
    let document: JSONValue = ["type": "FeatureCollection", "features": .array(items)]
    try Data(document.text(.line).utf8).write(to: folder.appending(path: "items.json"))
    try Data("pixels".utf8).write(to: folder.appending(path: "image.tif"))
    let begun = try server.admin(
      "POST", "/api/imports",
      [
        "kind": "stac-items", "path": .string(folder.path + "/items.json"), "collection": .string(collection),
        "visibility": "public",
      ])
    let id = begun.json["id"]?.stringValue ?? "\(begun)"
    let deadline = Date().addingTimeInterval(30)
    var state = begun.json
    while state["state"] == "running", Date() < deadline {
      state = try server.admin("GET", "/api/imports/\(id)").json
      usleep(10_000)
    }
    return state
  }

  private func ids(_ answer: RunningServer.Answer) -> [String] {
    (answer.json["features"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
  }

  @Test("images come in from a file and are found by area, time and CQL2, page by page")
  func search() throws {
    let state = try importItems()
    #expect(state["state"] == "done" && state["added"]?.intValue == 10, "\(state.text(.line))")
    #expect(ids(try server.ask("GET", "/api/search?bbox=2.1,45.1,2.9,45.9")) == ["image-2"])
    #expect(
      ids(try server.ask("GET", "/api/search?datetime=2020-03-01T00:00:00Z/2020-04-30T00:00:00Z&sortby=datetime"))
        == ["image-2", "image-3"])
    let clear = "/api/search?filter=eo:cloud_cover%20%3C%2015&sortby=id"
    #expect(ids(try server.ask("GET", clear)) == ["image-0", "image-1"])
    let body: JSONValue = [
      "filter-lang": "cql2-json", "limit": 3, "sortby": [["field": "id", "direction": "asc"]],
      "filter": ["op": ">=", "args": [["property": "eo:cloud_cover"], 20]],
    ]
    var found: [String] = []
    var page = try server.ask("POST", "/api/search", body)
    while true {
      found += ids(page)
      let next = page.json["links"]?.arrayValue?.first { $0["rel"] == "next" }
      guard let next, let body = next["body"] else { break }
      page = try server.ask("POST", next["href"]?.stringValue ?? "", body)
    }
    #expect(found == (2..<10).map { "image-\($0)" })
    let bins = try server.ask("POST", "/api/histogram", [:]).json
    #expect(bins["total"]?.intValue == 10 && bins["bins"]?.arrayValue?.count == 10 && bins["bin"] == "month")
  }

  @Test("no path of this machine is told, and files come from an address of the server")
  func assets() throws {
    _ = try importItems()
    let item = try server.ask("GET", "/api/collections/images/items/image-1")
    #expect(item.status == 200 && !item.text.contains(folder.path))
    let href = try #require(item.json["assets"]?["data"]?["href"]?.stringValue)
    #expect(try server.ask("GET", href).text == "pixels")
  }

  @Test("what another server offers is searched, brought in, and its files downloaded with their checksum")
  func download() throws {
    _ = try importItems()
    let other = try RunningServer(["--networks", "127.0.0.0/8"])
    func done(_ begun: RunningServer.Answer) throws -> JSONValue {
      #expect(begun.status == 202, "\(begun)")
      let path = "/api/imports/\(begun.json["id"]?.stringValue ?? "")"
      let deadline = Date().addingTimeInterval(30)
      var state = begun.json
      while state["state"] == "running", Date() < deadline {
        state = try other.admin("GET", path).json
        usleep(10_000)
      }
      return state
    }
    let search: JSONValue = [
      "kind": "stac-api", "url": .string(server.base + "/api"), "bbox": [2.1, 45.1, 4.9, 45.9],
      "filter": "eo:cloud_cover < 35", "filter-lang": "cql2-text",
    ]
    let found = try done(other.admin("POST", "/api/imports", search))
    #expect(found["added"]?.intValue == 2, "\(found.text(.line))")
    let item = "/api/collections/images/items/image-3"
    let before = try other.admin("GET", item).json["assets"]?["data"]
    #expect(before?["href"]?.stringValue?.hasPrefix(server.base) == true)
    let state = try done(other.admin("POST", item + "/download"))
    #expect(state["state"] == "done" && state["read"]?.intValue == 1, "\(state.text(.line))")
    let asset = try other.admin("GET", item).json["assets"]?["data"]
    let href = try #require(asset?["href"]?.stringValue)
    #expect(href.hasPrefix(other.base) && asset?["file:size"]?.intValue == 6)
    #expect(asset?["file:checksum"]?.stringValue?.hasPrefix("1220") == true)
    #expect(try other.admin("GET", href).text == "pixels")
    #expect(try other.admin("POST", item + "/download").status == 409, "it is here")
    #expect(try other.ask("POST", item + "/download").status == 401)
  }

  @Test("restricted images keep their files from others, and no package with them becomes public")
  func restricted() throws {
    _ = try importItems(["license": "proprietary", "ogive:restricted": true])
    let item = try server.ask("GET", "/api/collections/images/items/image-1").json
    #expect(item["assets"]?.objectValue?.isEmpty == true)
    #expect(try server.ask("GET", "/api/collections/images/items/image-1/assets/data").status == 404)
    let made = try server.admin(
      "POST", "/api/packages", ["title": "Reunion", "items": [["collection": "images", "id": "image-1"]]])
    #expect(made.status == 201, "\(made)")
    let path = "/api/packages/\(made.json["id"]?.stringValue ?? "")"
    let refused = try server.admin("PATCH", path, ["visibility": "public"])
    #expect(refused.status == 409 && refused.json["detail"]?.stringValue?.contains("image-1") == true, "\(refused)")
    #expect(try server.ask("GET", path).status == 404)
  }

  @Test("a package keeps its versions, and the basket its items")
  func packages() throws {
    _ = try importItems()
    let first: JSONValue = ["collection": "images", "id": "image-1"],
      second: JSONValue = ["collection": "images", "id": "image-2"]
    let basket = try server.admin("POST", "/api/basket", ["add": [first, second]]).json
    #expect(basket["items"]?.arrayValue?.count == 2)
    #expect(try server.admin("POST", "/api/basket", ["remove": [first]]).json["items"]?.arrayValue?.count == 1)
    let made = try server.admin("POST", "/api/packages", ["title": "Two", "items": [first, second]]).json
    let path = "/api/packages/\(made["id"]?.stringValue ?? "")"
    let next = try server.admin("POST", path + "/versions", ["items": [first], "note": "only one"]).json
    #expect(next["version"]?.intValue == 2 && next["count"]?.intValue == 1)
    #expect(try server.admin("GET", path + "?version=1").json["items"]?.arrayValue?.count == 2)
    #expect(try server.admin("GET", path).json["versions"]?.arrayValue?.count == 2)
  }

  @Test(
    "imports reach into no folder that is not offered, and no host inside the network",
    arguments: [
      ["kind": "folder", "path": "/etc", "collection": "x"], ["kind": "stac-items", "path": "/etc/passwd"],
      ["kind": "stac-api", "url": "file:///etc/passwd"], ["kind": "folder", "path": "/etc", "collection": "a/\u{3}"],
    ] as [JSONValue])
  func refusedImports(body: JSONValue) throws {
    #expect((400...404).contains(try server.admin("POST", "/api/imports", body).status))
  }

  @Test("an import from a server inside the network fails and says why")
  func inside() throws {
    let begun = try server.admin("POST", "/api/imports", ["kind": "stac-api", "url": .string(server.base + "/api")])
    let id = begun.json["id"]?.stringValue ?? ""
    let deadline = Date().addingTimeInterval(30)
    var state = begun.json
    while state["state"] == "running", Date() < deadline {
      state = try server.admin("GET", "/api/imports/\(id)").json
      usleep(10_000)
    }
    #expect(state["state"] == "failed" && state["message"]?.stringValue?.isEmpty == false, "\(state.text(.line))")
  }
}
